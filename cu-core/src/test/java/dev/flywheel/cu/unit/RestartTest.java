package dev.flywheel.cu.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left after a unit or a process's instance ended, and how it comes back. */
class RestartTest {
    @TempDir Path directory;
    @TempDir Path otherDirectory;
    private final TestNetwork network = new TestNetwork();
    private UnitUnderTest unit;

    @BeforeEach
    void start() {
        unit = new UnitUnderTest(network, directory);
    }

    @AfterEach
    void stop() {
        unit.close();
        network.close();
        assertThat(unit.guests.live).hasValue(0);
    }

    private void deleteCheckpoints() throws IOException {
        try (var all = Files.walk(directory.resolve("checkpoints"))) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private void restart() {
        unit.close();
        unit = new UnitUnderTest(network, directory);
    }

    @Test
    void shouldServeStoredResultsWithoutEvaluatingOrAsking() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String message = log.message("a");
        String assigned = log.assign(TestNetwork.MODULE);
        Answer first = unit.result(log, assigned);
        String list = unit.get("/results/" + log.id).text();
        restart();
        network.asked.clear();
        assertThat(unit.output(log, message)).isEqualTo("2:a");
        assertThat(unit.result(log, assigned).text()).isEqualTo(first.text());
        assertThat(unit.get("/results/" + log.id).text()).isEqualTo(list);
        assertThat(network.asked).isEmpty();
        assertThat(unit.guests.evaluations).hasValue(0);
    }

    @Test
    void shouldReplayTheLogForWhatIsNewAndDoubleNothing() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        log.message("a");
        log.message("fail");
        unit.result(log, log.message("b"));
        restart();
        assertThat(unit.output(log, log.message("c"))).isEqualTo("4:c");
        assertThat(UnitUnderTest.json(unit.get("/results/" + log.id)).path("edges")).hasSize(4);
        assertThat(unit.unit.counters().replayDifferences()).isZero();
    }

    @Test
    void shouldKeepTheServedResultWhenAReplayDiffers() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String message = log.message("a");
        unit.result(log, message);
        unit.close();
        deleteCheckpoints();
        unit = new UnitUnderTest(network, directory);
        unit.guests.salt = " salted";
        assertThat(unit.output(log, log.message("b"))).isEqualTo("3:b salted");
        assertThat(unit.unit.counters().replayDifferences()).isEqualTo(2);
        assertThat(unit.output(log, message)).isEqualTo("2:a");
    }

    @Test
    void shouldGiveTheSameResultsOnASecondUnit() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            messages.add(log.message(i % 7 == 3 ? "fail" : "m" + i));
            unit.result(log, messages.getLast());
        }
        try (UnitUnderTest second = new UnitUnderTest(network, otherDirectory)) {
            second.result(log, messages.getLast());
            for (String message : messages) {
                assertThat(second.result(log, message).text())
                        .isEqualTo(unit.result(log, message).text());
            }
            assertThat(second.get("/state/" + log.id).text())
                    .isEqualTo(unit.get("/state/" + log.id).text());
            assertThat(second.get("/results/" + log.id + "?limit=1000").text())
                    .isEqualTo(unit.get("/results/" + log.id + "?limit=1000").text());
        }
    }

    @Test
    void shouldCloseIdleProcessesBeyondTheLimitAndReplayThemWhenNeeded() throws Exception {
        restart(2);
        List<TestLog> logs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            TestLog log = TestLog.spawn(network, "p" + i);
            logs.add(log);
            assertThat(unit.output(log, log.message("a"))).isEqualTo("2:a");
            assertThat(unit.unit.counters().processesWarm()).isLessThanOrEqualTo(2);
        }
        UnitUnderTest.until(() -> unit.guests.live.get() == 2);
        for (TestLog log : logs) {
            assertThat(unit.output(log, log.message("b"))).isEqualTo("3:b");
        }
        assertThat(unit.unit.counters().replayDifferences()).isZero();
        assertThat(unit.guests.loaded).hasValue(1);
    }

    @Test
    void shouldWaitForRoomWhenAllProcessesAreBusy() throws Exception {
        restart(1);
        TestLog busy = TestLog.spawn(network, "busy");
        TestLog other = TestLog.spawn(network, "other");
        unit.guests.gate = new CountDownLatch(1);
        CompletableFuture<Answer> slow = unit.resultAsync(busy, busy.message("wait"));
        unit.guests.waiting.await();
        CompletableFuture<Answer> waiting = unit.resultAsync(other, other.message("a"));
        UnitUnderTest.until(() -> unit.unit.counters().processesKnown() == 2);
        assertThat(waiting).isNotDone();
        unit.guests.gate.countDown();
        assertThat(slow.get().text()).contains("2:wait");
        assertThat(waiting.get().text()).contains("2:a");
    }

    @Test
    void shouldEndLongEvaluationsWhenItClosesAndEvaluateThemAfterwards() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String message = log.message("wait");
        unit.guests.gate = new CountDownLatch(1);
        CompletableFuture<Answer> reader = unit.resultAsync(log, message);
        unit.guests.waiting.await();
        CountingEvaluator first = unit.guests;
        restart();
        assertThat(first.live).hasValue(0);
        assertThat(first.loaded).hasValue(0);
        assertThat(reader).failsWithin(Duration.ofSeconds(20));
        assertThat(unit.output(log, message)).isEqualTo("2:wait");
    }

    @RepeatedTest(5)
    void shouldAnswerRightWhateverTheOrderOfThings() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        restart(3);
        network.pageEntries = 1 + random.nextInt(5);
        List<TestLog> logs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            logs.add(TestLog.spawn(network, "p" + i));
        }
        int[] counts = new int[logs.size()];
        List<Map.Entry<CompletableFuture<Answer>, String>> expected = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int which = random.nextInt(logs.size());
            TestLog log = logs.get(which);
            switch (random.nextInt(6)) {
                case 0 ->
                        expected.add(
                                Map.entry(
                                        unit.resultAsync(log, log.message("fail")),
                                        "\"Error\":\"failed on purpose\""));
                case 1 ->
                        expected.add(
                                Map.entry(
                                        unit.getAsync("/state/" + log.id).toCompletableFuture(),
                                        ""));
                case 2 ->
                        expected.add(
                                Map.entry(
                                        unit.getAsync("/results/" + log.id).toCompletableFuture(),
                                        "{\"pageInfo\""));
                case 3 -> log.message("m" + counts[which]++);
                default -> {
                    String message = log.message("m" + counts[which]++);
                    expected.add(
                            Map.entry(
                                    unit.resultAsync(log, message),
                                    "\""
                                            + (counts[which] + 1)
                                            + ":m"
                                            + (counts[which] - 1)
                                            + "\""));
                }
            }
            if (random.nextInt(40) == 0) {
                check(expected, seed);
                restart(3);
            }
        }
        check(expected, seed);
        assertThat(unit.unit.counters().replayDifferences()).as("seed=" + seed).isZero();
        for (int i = 0; i < logs.size(); i++) {
            TestLog log = logs.get(i);
            assertThat(unit.output(log, log.message("end")))
                    .as("seed=" + seed)
                    .isEqualTo((counts[i] + 2) + ":end");
        }
    }

    /** Waits for all answers. */
    private static void check(
            List<Map.Entry<CompletableFuture<Answer>, String>> expected, long seed)
            throws Exception {
        for (var entry : expected) {
            Answer answer = entry.getKey().get();
            if (answer.status() != 503 || !entry.getValue().isEmpty()) { // images are rationed
                assertThat(answer.text()).as("seed=" + seed).contains(entry.getValue());
            }
        }
        expected.clear();
    }

    private void restart(int processesWarm) {
        unit.close();
        unit =
                new UnitUnderTest(
                        network,
                        directory,
                        ComputeUnitOptions.Settings.defaults().withProcessesWarm(processesWarm));
    }
}
