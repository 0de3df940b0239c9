package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The parent's side of a {@link StagedUnit}. One thread. */
final class KilledUnit implements AutoCloseable {
    /** A child that needs longer is stuck. */
    private static final long PATIENCE_S = 120;

    private static final int LINES_KEPT = 60;

    /** 128 and the number of the signal. */
    private static final int KILLED = 137;

    private final Process process;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Deque<String> lines = new ArrayDeque<>(); // this guards

    /** Completed when it stands still, exceptionally when it ended. */
    private final CompletableFuture<KillStage> reached = new CompletableFuture<>();

    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final HttpCalls calls =
            new HttpCalls(new HttpCallLimits(5_000, 120_000, 64L * 1024 * 1024));

    /**
     * @param armed stage and number, where it is to stand still from the start on
     */
    KilledUnit(Path directory, URI network, int chains, @Nullable String armed) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--"))
                .forEach(command::add);
        // It lives for seconds: what starts fast.
        command.addAll(
                List.of(
                        "-ea",
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StagedUnit.class.getName(),
                        directory.toString(),
                        network.toString(),
                        Integer.toString(chains)));
        if (armed != null) {
            command.add(armed);
        }
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread.ofVirtual().start(this::listen);
    }

    private void listen() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                onLine(line);
            }
            ended(new IOException("the unit ended: " + lines()));
        } catch (IOException e) {
            ended(e);
        }
    }

    private void ended(IOException cause) {
        port.completeExceptionally(cause);
        reached.completeExceptionally(cause);
    }

    private void onLine(String line) {
        if (!line.startsWith(StagedUnit.SAYS)) {
            synchronized (lines) {
                lines.add(line);
                if (lines.size() > LINES_KEPT) {
                    lines.remove();
                }
            }
            return;
        }
        String said = line.substring(StagedUnit.SAYS.length());
        String[] words = said.split(" ");
        switch (words[0]) {
            case "port" -> port.complete(Integer.parseInt(words[1]));
            case "reached" -> reached.complete(KillStage.valueOf(words[1]));
            default -> answers.add(said);
        }
    }

    /** What it wrote last. */
    String lines() {
        synchronized (lines) {
            return String.join("\n", lines);
        }
    }

    /** Whether it stands still at its stage. */
    boolean isReached() {
        return reached.isDone() && !reached.isCompletedExceptionally();
    }

    /** Waits for something, or for the stage; whether it was not the stage. */
    boolean await(CompletableFuture<?> wanted) throws Exception {
        try {
            CompletableFuture.anyOf(wanted, reached).get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            if (!isReached()) {
                throw new AssertionError("the unit does not go on: " + lines(), e);
            }
        }
        return !isReached();
    }

    /** Waits until it listens; false when it stands still before. */
    boolean awaitStart() throws Exception {
        return await(port);
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + port.join() + path);
    }

    CompletableFuture<Answer> getAsync(String path) {
        return calls.sendAsync(Call.get(url(path).toString())).toCompletableFuture();
    }

    Answer get(String path) throws IOException, InterruptedException {
        return calls.send(Call.get(url(path).toString()));
    }

    private void command(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(US_ASCII));
        process.getOutputStream().flush();
    }

    private String ask(String line) throws IOException, InterruptedException {
        command(line);
        String answer = answers.poll(PATIENCE_S, TimeUnit.SECONDS);
        assertThat(answer).as("answer to %s, after %s", line, lines()).isNotNull();
        return String.valueOf(answer);
    }

    /** Stands still there when it comes there for the n-th time from now on. */
    void arm(String stageAndTimes) throws IOException, InterruptedException {
        assertThat(ask("arm " + stageAndTimes)).isEqualTo("armed");
    }

    /** Replay differences, resumed, written. */
    long[] counters() throws IOException, InterruptedException {
        String[] words = ask("counters").split(" ");
        return new long[] {
            Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3])
        };
    }

    /** Has it closed its unit; false when it stands still before the end of that. */
    boolean closeUnit() throws Exception {
        command("close");
        CompletableFuture<String> closed = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                closed.complete(answers.take());
                            } catch (InterruptedException e) {
                                closed.completeExceptionally(e);
                            }
                        });
        return await(closed);
    }

    /** {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(lines()).isEqualTo(KILLED);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        calls.close();
    }
}
