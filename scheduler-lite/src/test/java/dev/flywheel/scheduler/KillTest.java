package dev.flywheel.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ScheduledEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler that is killed while messages stream in, again and again on the same directory. */
class KillTest {
    private static final int KILLS = 4;
    private static final int POSTERS = 4;

    /** A child that needs longer is stuck. */
    private static final long PATIENCE_S = 120;

    @TempDir private Path directory;
    private final HttpCalls calls = new HttpCalls(HttpCallLimits.betweenUnits());
    private final Queue<Id> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<DataItem> unanswered = new ConcurrentLinkedQueue<>();
    private final List<DataItem> processes = new ArrayList<>();
    private final AtomicInteger sent = new AtomicInteger();
    private StubGateway gateway;

    @BeforeEach
    void start() {
        gateway = StubGateway.start();
        for (int i = 0; i < 3; i++) {
            processes.add(Unit.process(Keys.WALLET));
        }
    }

    @AfterEach
    void stop() {
        calls.close();
        gateway.close();
    }

    private Process child(String durability) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--"))
                .forEach(command::add);
        command.addAll(
                List.of(
                        "-ea",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChildScheduler.class.getName(),
                        directory.toString(),
                        gateway.uri().toString(),
                        durability));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static String url(Process child) throws IOException {
        BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
        String line = reader.readLine();
        while (line != null && !line.startsWith("port ")) {
            line = reader.readLine(); // what the log says
        }
        assertThat(line).as("the line with the port").isNotNull();
        Thread.ofVirtual().start(() -> reader.lines().forEach(rest -> {}));
        return "http://127.0.0.1:" + String.valueOf(line).substring(5) + "/";
    }

    /**
     * Posts; false when the scheduler is gone. What it refuses other than as repeated is a failure.
     */
    private boolean post(String url, DataItem item) throws InterruptedException {
        try {
            Answer answer = calls.send(Call.post(url, "application/octet-stream", item.bytes()));
            boolean there =
                    answer.status() == 200 || answer.text().contains("Message already exists");
            assertThat(there).as(answer.text()).isTrue();
            acknowledged.add(item.id());
            return true;
        } catch (IOException e) {
            unanswered.add(item);
            return false;
        }
    }

    private void stream(String url, CountDownLatch enough) throws InterruptedException {
        DataItem again = unanswered.poll();
        while (again != null && post(url, again)) {
            again = unanswered.poll();
        }
        boolean alive = true;
        while (alive) {
            int number = sent.incrementAndGet();
            Id process = processes.get(number % processes.size()).id();
            alive = post(url, Unit.message(Keys.WALLET, process, "message " + number));
            enough.countDown();
        }
    }

    private void round(String durability, int messages) throws Exception {
        Process child = child(durability);
        try (ExecutorService posters = Executors.newVirtualThreadPerTaskExecutor()) {
            String url = url(child);
            for (DataItem process : processes) {
                assertThat(post(url, process)).isTrue();
            }
            CountDownLatch enough = new CountDownLatch(messages);
            for (int i = 0; i < POSTERS; i++) {
                posters.submit(
                        () -> {
                            stream(url, enough);
                            return true;
                        });
            }
            assertThat(enough.await(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
            child.destroyForcibly();
            assertThat(child.waitFor(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void shouldHaveEveryAcknowledgedMessageExactlyOnce() throws Exception {
        Random random = new Random(20_261_127);
        for (int kill = 0; kill < KILLS; kill++) {
            round(kill % 2 == 0 ? "KILL" : "POWER_LOSS", 20 + random.nextInt(60));
        }
        try (Unit unit = Unit.start(Unit.options(directory, gateway.uri()))) {
            Set<String> found = new HashSet<>();
            int entries = 0;
            for (DataItem process : processes) {
                List<ScheduledEntry> log = unit.log(process.id());
                LogChecks.assertWhole(process.id(), log);
                entries += log.size();
                log.forEach(entry -> found.add(entry.messageId()));
                unit.take(Unit.message(Keys.USER, process.id(), "after all"));
            }
            assertThat(found).hasSize(entries);
            assertThat(found).containsAll(acknowledged.stream().map(Id::toString).toList());
            assertThat(acknowledged.size()).isGreaterThan(KILLS * 20);
            // At most the ones that were on their way when the last kill came are there besides.
            assertThat(entries - new HashSet<>(acknowledged).size())
                    .isBetween(0, unanswered.size());
        }
    }
}
