package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same log gives the same state: whatever else runs, after a restart, from a module compiled
 * now or earlier, and on each version of the engine ({@code make native-lts} runs this on the
 * long-term line). The hashes of the states are in {@code states.properties}; NaN bits are those of
 * x86-64.
 */
@EnabledIfSystemProperty(named = "os.arch", matches = "amd64|x86_64")
class DeterminismTest {
    /** Logs: recorded scenarios; sqlite's asks for random bytes and files. */
    private static final List<String> LOGS =
            List.of(
                    "aos2_0_6 core",
                    "aos2_0_6 lua",
                    "aos2_0_6 time",
                    "aos2_0_6 compute",
                    "aos2_0_4_32 core",
                    "aos2_0_4_32 random",
                    "sqlite sql");

    @TempDir Path artefacts;

    private static Map<String, String> expected() throws IOException {
        Properties states = new Properties();
        try (InputStream in =
                requireNonNull(DeterminismTest.class.getResourceAsStream("states.properties"))) {
            states.load(in);
        }
        Map<String, String> byLog = new TreeMap<>();
        states.forEach((log, hash) -> byLog.put(((String) log).replace('.', ' '), (String) hash));
        return byLog;
    }

    private static GoldenScenario log(String name) throws IOException {
        String[] words = name.split(" ", -1);
        return GoldenScenario.of(words[0], GoldenRun.WARM).stream()
                .filter(scenario -> scenario.name().equals(words[1]))
                .findFirst()
                .orElseThrow();
    }

    /** Evaluates the first messages of a log, and gives the hash of the state they led to. */
    private static String state(GoldenModules modules, String name, int count) throws Exception {
        GoldenScenario log = log(name);
        EvaluationLimits limits =
                new EvaluationLimits(log.gasLimit(), GuestLimits.DEFAULT_WALL_CLOCK_MS);
        Id processId = Id.sha256(name.getBytes(UTF_8));
        try (GuestProcess process =
                modules.load(log).newProcess(GuestProcessOptions.of(processId))) {
            for (GoldenStep step : log.steps().subList(0, Math.min(count, log.steps().size()))) {
                Evaluation evaluation =
                        process.evaluate(step.message(), step.environment(), limits);
                assertThat(evaluation.kind()).isNotEqualTo(Evaluation.Kind.HOST_LIMIT);
            }
            return process.stateHash();
        }
    }

    private Map<String, String> allStates(int threads) throws Exception {
        Map<String, String> states = new TreeMap<>();
        try (GuestBench bench = new GuestBench(artefacts);
                GoldenModules modules = new GoldenModules(bench.engine);
                ExecutorService guests =
                        Executors.newFixedThreadPool(threads, bench.engine.threads())) {
            Map<String, Future<String>> running = new TreeMap<>();
            for (String log : LOGS) {
                running.put(log, guests.submit(() -> state(modules, log, Integer.MAX_VALUE)));
            }
            for (Map.Entry<String, Future<String>> log : running.entrySet()) {
                states.put(log.getKey(), log.getValue().get());
            }
        }
        return states;
    }

    @Test
    void shouldEndInTheSameStateOnEveryEngineWithAndWithoutArtefactsAndUnderLoad()
            throws Exception {
        // Compiled now, one after the other.
        assertThat(allStates(1)).isEqualTo(expected());
        Map<Path, byte[]> compiled = artefacts();
        // From the artefacts, each while all the others run.
        int busy = LOGS.size();
        assertThat(allStates(busy)).isEqualTo(expected());
        assertThat(artefacts()).hasSameSizeAs(compiled);
        for (Map.Entry<Path, byte[]> artefact : artefacts().entrySet()) {
            assertThat(artefact.getValue()).isEqualTo(compiled.get(artefact.getKey()));
        }
    }

    private Map<Path, byte[]> artefacts() throws IOException {
        Map<Path, byte[]> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(artefacts)) {
            for (Path file : files.toList()) {
                contents.put(file, Files.readAllBytes(file));
            }
        }
        return contents;
    }

    @Test
    void shouldComeToTheSameStateWhenTheLogIsReplayedAfterARestart() throws Exception {
        String log = "sqlite sql";
        int half = log(log).steps().size() / 2;
        List<String> states = new ArrayList<>();
        for (int start = 0; start < 2; start++) {
            try (GuestBench bench = new GuestBench(artefacts);
                    GoldenModules modules = new GoldenModules(bench.engine)) {
                states.add(bench.call(() -> state(modules, log, half)));
            }
        }
        assertThat(states.get(1)).isEqualTo(states.get(0));
    }

    @Test
    void shouldPrintTheSignOfANaNAsTheReferenceDoesOnX86() throws Exception {
        try (GuestBench bench = new GuestBench(artefacts);
                GoldenModules modules = new GoldenModules(bench.engine)) {
            for (String module : List.of("aos2_0_6", "aos2_0_4_32")) {
                GoldenScenario core = log(module + " core");
                String answer = bench.call(() -> nans(modules.load(core), core.steps()));
                assertThat(answer).as(module).contains("\"data\":\"-nan nan -nan nan\"");
            }
        }
    }

    private static String nans(GuestModule module, List<GoldenStep> steps)
            throws ModuleRefusedException {
        String code =
                "local z = 0 / 0 return tostring(z) .. ' ' .. tostring(-z) .. ' '"
                        + " .. tostring(math.huge - math.huge) .. ' '"
                        + " .. tostring(-(math.huge - math.huge))";
        try (GuestProcess process = module.newProcess(GuestProcessOptions.of(GuestBench.PROCESS))) {
            byte[] environment = steps.getFirst().environment();
            process.evaluate(steps.getFirst().message(), environment, EvaluationLimits.DEFAULTS);
            GoldenStep sum = steps.get(1);
            byte[] message =
                    new String(sum.message(), UTF_8)
                            .replace("\"Data\":\"1+1\"", "\"Data\":\"" + code + "\"")
                            .getBytes(UTF_8);
            assertThat(message).isNotEqualTo(sum.message());
            Evaluation got = process.evaluate(message, environment, EvaluationLimits.DEFAULTS);
            return GuestBench.text(got.result().output());
        }
    }
}
