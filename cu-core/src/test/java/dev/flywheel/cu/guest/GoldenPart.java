package dev.flywheel.cu.guest;

import java.util.Map;
import java.util.Set;

/**
 * Which scenarios are played how: all of them in all runs takes a quarter of an hour, so each build
 * plays a part, and {@code -Dsurefire.extra.args=-Dgolden.long=true} the whole, with every memory
 * hash. {@code -Dgolden.modules=NAME,NAME} narrows it to some modules.
 */
final class GoldenPart {
    /** All scenarios, and all hashes. */
    static final boolean LONG = Boolean.getBoolean("golden.long");

    private static final String MODULES = System.getProperty("golden.modules", "");

    /** Seconds each: in each build on one module only. */
    private static final Map<String, String> HEAVY =
            Map.of(
                    "oom", "aos",
                    "bigio", "sqlite",
                    "state", "aos2_0_6",
                    "lua", "aos2_0_6",
                    "recursion", "aos2_0_4_32",
                    "pcalls", "aos2_0_4_32",
                    "compute", "aos2_0_4_32");

    /** Versions between the ones that are played in full, and of these only so much. */
    private static final Set<String> BETWEEN = Set.of("aos2_0_1", "aos2_0_3");

    private static final Set<String> OF_THOSE_BETWEEN =
            Set.of("core", "errors", "receive", "unicode", "time", "files");

    /** What meets clock, files, random bytes, dry runs, errors and coroutines. */
    private static final Set<String> IN_NEW_INSTANCES =
            Set.of(
                    "aos2_0_6 time",
                    "aos2_0_6 random",
                    "aos2_0_6 readonly",
                    "aos2_0_4_32 receive",
                    "aos2_0_4_32 unicode",
                    "sqlite sql",
                    "process core");

    private static final Set<String> METERED =
            Set.of("aos2_0_6 core", "aos2_0_6 errors", "aos2_0_4_32 send", "process core");

    private GoldenPart() {}

    /** Whether this build plays the scenario. */
    static boolean includes(GoldenScenario scenario) {
        if (!includes(scenario.module())) {
            return false;
        }
        String name = scenario.module() + " " + scenario.name();
        return LONG
                || switch (scenario.run()) {
                    case WARM -> inEachBuild(scenario);
                    case NEW_INSTANCES -> IN_NEW_INSTANCES.contains(name);
                    case METERED -> METERED.contains(name);
                };
    }

    private static boolean inEachBuild(GoldenScenario scenario) {
        if (BETWEEN.contains(scenario.module())) {
            return OF_THOSE_BETWEEN.contains(scenario.name());
        }
        return HEAVY.getOrDefault(scenario.name(), scenario.module()).equals(scenario.module());
    }

    /** Whether this build plays any of the module. */
    static boolean includes(String module) {
        return MODULES.isEmpty() || Set.of(MODULES.split(",", -1)).contains(module);
    }
}
