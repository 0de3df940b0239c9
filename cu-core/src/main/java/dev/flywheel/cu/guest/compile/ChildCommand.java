package dev.flywheel.cu.guest.compile;

import dev.flywheel.wasmtime.WasmtimeLibrary;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a compiling process is started: this JVM's java and class path, a small heap, low priority,
 * and no more of the environment than it needs.
 *
 * @param line program and arguments
 * @param environment its whole environment
 */
public record ChildCommand(List<String> line, Map<String, String> environment) {

    /** Where programs, caches and temporary files are, and nothing else of ours. */
    private static final List<String> INHERITED =
            List.of("PATH", "HOME", "XDG_CACHE_HOME", "TMPDIR", "LD_LIBRARY_PATH");

    /** Below every thread of the node; 19 would starve it on a busy machine. */
    private static final String NICENESS = "10";

    public ChildCommand {
        line = List.copyOf(line);
        environment = Map.copyOf(environment);
    }

    /**
     * A JVM that runs a main class.
     *
     * @param main on this JVM's class path
     * @param crashReport file for the JVM's report if it crashes; overwritten
     */
    public static ChildCommand java(Class<?> main, Path crashReport, String... arguments) {
        List<String> line = new ArrayList<>(niceness());
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.add("--enable-native-access=ALL-UNNAMED");
        line.add("--sun-misc-unsafe-memory-access=allow");
        line.add("-Xmx" + CompileLimits.HEAP_MIB + "m");
        // Grows and shrinks with the modules.
        line.addAll(List.of("-Xms8m", "-XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=30"));
        // Few and short-lived Java objects; one module after the other.
        line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        line.add("-XX:+ExitOnOutOfMemoryError");
        line.addAll(List.of("-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=" + crashReport));
        line.add("-XX:+DisplayVMOutputToStderr"); // stdout is ours
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        line.addAll(List.of(arguments));
        return new ChildCommand(line, ownEnvironment());
    }

    private static Map<String, String> ownEnvironment() {
        Map<String, String> environment = new HashMap<>();
        for (String name : INHERITED) {
            String value = System.getenv(name);
            if (value != null) {
                environment.put(name, value);
            }
        }
        // The very library that this JVM has checked and loaded.
        environment.put("FLYWHEEL_WASMTIME", WasmtimeLibrary.load().path().toString());
        // The engine's own pool: one core stays free for evaluations.
        int cores = Runtime.getRuntime().availableProcessors();
        environment.put("RAYON_NUM_THREADS", Integer.toString(Math.max(1, cores - 1)));
        return environment;
    }

    /** {@code nice} becomes the program that it starts, so process id and exit status are its. */
    private static List<String> niceness() {
        String path = System.getenv("PATH");
        if (path != null) {
            for (String directory : path.split(File.pathSeparator)) {
                Path nice = Path.of(directory, "nice");
                if (nice.isAbsolute() && Files.isExecutable(nice)) {
                    return List.of(nice.toString(), "-n", NICENESS);
                }
            }
        }
        return List.of();
    }
}
