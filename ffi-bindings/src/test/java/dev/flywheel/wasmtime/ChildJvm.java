package dev.flywheel.wasmtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a main class in a JVM of its own, since what is tested may end it. */
final class ChildJvm {

    /** Ten times what the slowest child takes on a busy machine of two cores. */
    private static final long WAIT_SECONDS = 120;

    /** Names the file that {@link #report} writes to, in the child. */
    private static final String REPORT = "flywheel.report";

    private ChildJvm() {}

    /**
     * In the child: one line for the parent. Written at once, so that it is there even when the JVM
     * ends a moment later. Any thread.
     */
    static void report(String line) {
        try {
            Files.writeString(
                    Path.of(System.getProperty(REPORT)),
                    line + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("report cannot be written: line=" + line, e);
        }
    }

    /**
     * What became of it: exit code, the lines that it reported, what the JVM itself printed (a
     * stack trace, warnings), and whether it left a crash report.
     */
    record Result(int exitCode, List<String> report, String output, boolean crashed) {}

    static Result run(Path folder, Class<?> main, List<String> jvmArguments, String... arguments)
            throws IOException, InterruptedException {
        Path report = folder.resolve("report");
        Files.deleteIfExists(report);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-ea",
                        "-Xmx256m",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + folder.resolve("hs_err_%p.log"),
                        "-D" + REPORT + "=" + report));
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
            List<String> lines =
                    Files.exists(report) ? Files.readAllLines(report) : List.<String>of();
            return new Result(child.exitValue(), lines, text, crashed);
        }
    }
}
