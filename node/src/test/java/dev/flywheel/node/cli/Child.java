package dev.flywheel.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The program in a JVM of its own. Ended when the test closes it. */
public final class Child implements AutoCloseable {
    /** A child that needs longer is stuck: the slowest start makes an RSA key. */
    private static final long PATIENCE_S = 120;

    private static final String END = "\0end";

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();

    private Child(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::read);
    }

    /**
     * Starts {@code flywheel} with arguments and additional environment variables; stdout and
     * stderr come together.
     */
    public static Child start(Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + Path.of("src/main/dist/jvm.options").toAbsolutePath());
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), "dev.flywheel.node.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new Child(builder.start());
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            reader.lines().forEach(lines::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lines.add(END);
        }
    }

    /** Waits for a line. */
    public String await(Predicate<String> wanted) throws InterruptedException {
        while (true) {
            String line = lines.poll(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(line)
                    .as("a line that was waited for, after " + seen)
                    .isNotNull()
                    .isNotEqualTo(END);
            seen.add(line);
            if (wanted.test(line)) {
                return line;
            }
        }
    }

    /** Waits for the end; the exit status. */
    public int exit() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_S, TimeUnit.SECONDS))
                .as("child ends, after " + seen)
                .isTrue();
        String line;
        while ((line = lines.poll(PATIENCE_S, TimeUnit.SECONDS)) != null && !line.equals(END)) {
            seen.add(line);
        }
        return process.exitValue();
    }

    /** What it printed so far. */
    public List<String> output() {
        return seen;
    }

    /** Lines that the program itself meant for people, without those of the JVM. */
    public List<String> complaints() {
        return seen.stream().filter(line -> line.startsWith("flywheel: ")).toList();
    }

    /** SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
