package dev.flywheel.wasmtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a main class in a JVM of its own, since what is tested may end it. */
final class ChildJvm {

    /** Ten times what the slowest child takes on a busy machine of two cores. */
    private static final long WAIT_SECONDS = 120;

    private ChildJvm() {}

    /** What became of it: exit code, all it printed, and whether the JVM left a crash report. */
    record Result(int exitCode, String output, boolean crashed) {}

    static Result run(Path folder, Class<?> main, List<String> jvmArguments, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-ea",
                        "-Xmx256m",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + folder.resolve("hs_err_%p.log")));
        command.addAll(jvmArguments);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output");
        Process child =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        if (!child.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
            child.destroyForcibly();
            throw new AssertionError("child did not end: output=" + Files.readString(output));
        }
        try (Stream<Path> files = Files.list(folder)) {
            boolean crashed =
                    files.anyMatch(file -> file.getFileName().toString().startsWith("hs_err"));
            String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            return new Result(child.exitValue(), text, crashed);
        }
    }
}
