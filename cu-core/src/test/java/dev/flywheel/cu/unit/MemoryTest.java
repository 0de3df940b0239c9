package dev.flywheel.cu.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.unit.ComputeUnitOptions.Settings;
import dev.flywheel.platform.http.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A budget of memory as the unit keeps it. */
class MemoryTest {
    private static final long EACH = UnitLimits.NEW_PROCESS_BYTES;

    @TempDir Path directory;
    private final TestNetwork network = new TestNetwork();

    @SuppressWarnings("NullAway.Init") // each test starts its own
    private UnitUnderTest unit;

    @AfterEach
    void stop() {
        unit.guests.gate.countDown();
        unit.close();
        network.close();
        assertThat(unit.guests.live).hasValue(0);
        assertThat(unit.unit.counters().memory().residentBytes()).isZero();
    }

    /** Room for so many processes of the usual size. */
    private void start(int processes) {
        unit =
                new UnitUnderTest(
                        network,
                        directory,
                        Settings.defaults()
                                .withProcessesWarm(100)
                                .withWorkers(4)
                                .withMemoryBudgetBytes(processes * EACH));
        unit.guests.residentEach = EACH;
    }

    private List<TestLog> spawn(int count) {
        List<TestLog> logs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            logs.add(TestLog.spawn(network, "p" + i));
        }
        return logs;
    }

    private JsonNode status() throws Exception {
        return UnitUnderTest.json(unit.get("/status")).path("memory");
    }

    @Test
    void shouldPutIdleProcessesAwayBeyondTheBudgetAndWakeThem() throws Exception {
        start(3);
        List<TestLog> logs = spawn(12);
        for (TestLog log : logs) {
            assertThat(unit.output(log, log.message("a"))).isEqualTo("2:a");
            assertThat(unit.guests.live.get()).isLessThanOrEqualTo(3);
        }
        unit.guests.evaluations.set(0);
        for (int round = 0; round < 3; round++) {
            for (TestLog log : logs) {
                assertThat(unit.output(log, log.message("b"))).isEqualTo(3 + round + ":b");
                assertThat(unit.guests.live.get()).isLessThanOrEqualTo(3);
            }
        }
        assertThat(unit.guests.evaluations).hasValue(36); // none again
        MemoryCounters memory = unit.unit.counters().memory();
        assertThat(memory.putAway()).isPositive();
        assertThat(memory.refused()).isZero();
        assertThat(memory.woken()).isEqualTo(36);
        assertThat(unit.unit.counters().checkpoints().resumed()).isZero();
        // Each is in memory or asleep, and nothing of one that woke is left.
        UnitUnderTest.until(() -> unit.guests.live.get() + unit.guests.sleeping.get() == 12);
    }

    @Test
    void shouldGoOnFromTheCheckpointWhereOneDoesNotWake() throws Exception {
        start(3);
        List<TestLog> logs = spawn(4);
        for (TestLog log : logs) {
            assertThat(unit.output(log, log.message("a"))).isEqualTo("2:a");
        }
        unit.guests.unwakeable.set(1);
        TestLog first = logs.getFirst();
        assertThat(unit.output(first, first.message("b"))).isEqualTo("3:b");
        assertThat(unit.unit.counters().memory().woken()).isZero();
        assertThat(unit.unit.counters().checkpoints().resumed()).isEqualTo(1);
    }

    @Test
    void shouldAnswerAboutThePastOfOneThatSleeps() throws Exception {
        start(3);
        List<TestLog> logs = spawn(4);
        for (TestLog log : logs) {
            assertThat(unit.output(log, log.message("a"))).isEqualTo("2:a");
        }
        TestLog first = logs.getFirst();
        String before = first.message("c");
        assertThat(unit.output(first, before)).isEqualTo("3:c");
        for (TestLog log : logs.subList(1, 4)) {
            assertThat(unit.output(log, log.message("d"))).isEqualTo("3:d");
        }
        Answer past = unit.dryRun(first, "&to=" + before, Map.of(), "q");
        assertThat(past.status()).as(past.text()).isEqualTo(200);
        assertThat(past.text()).contains("4:q");
        assertThat(unit.output(first, first.message("b"))).isEqualTo("4:b");
    }

    @Test
    void shouldServeMoreProcessesAtOnceThanThereIsRoomFor() throws Exception {
        start(3);
        List<TestLog> logs = spawn(30);
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            for (TestLog log : logs) {
                answers.add(unit.resultAsync(log, log.message("m")));
            }
        }
        for (CompletableFuture<Answer> answer : answers) {
            assertThat(answer.get().status()).as(answer.get().text()).isEqualTo(200);
        }
    }

    @Test
    void shouldPutOthersAwayWhenAProcessGrows() throws Exception {
        start(10);
        List<TestLog> logs = spawn(8);
        for (TestLog log : logs) {
            unit.output(log, log.message("a"));
        }
        TestLog growing = logs.getFirst();
        unit.guests.residentBytes.put(growing.id, 8 * EACH);
        assertThat(unit.output(growing, growing.message("b"))).isEqualTo("3:b");
        UnitUnderTest.until(() -> unit.guests.live.get() == 3);
        assertThat(status().path("processes").get(0).path("process").asString())
                .isEqualTo(growing.id.toString());
        assertThat(unit.output(logs.get(1), logs.get(1).message("b"))).isEqualTo("3:b");
    }

    @Test
    void shouldRefuseWhenNoneIsIdleAndTakeItLater() throws Exception {
        start(4);
        unit.guests.gate = new CountDownLatch(1);
        List<TestLog> logs = spawn(2);
        TestLog busy = logs.getFirst();
        unit.guests.residentBytes.put(busy.id, 5 * EACH);
        CompletableFuture<Answer> waits = unit.resultAsync(busy, busy.message("wait"));
        unit.guests.waiting.await();
        TestLog late = logs.getLast();
        String message = late.message("a");
        Answer refused = unit.result(late, message);
        assertThat(refused.status()).as(refused.text()).isEqualTo(503);
        assertThat(UnitUnderTest.error(refused))
                .contains("no memory for process " + late.id)
                .contains("of the " + 4 * EACH + " bytes")
                .contains("Try again later")
                .contains("memory.budget");
        assertThat(unit.unit.counters().memory().refused()).isEqualTo(1);
        unit.guests.gate.countDown();
        assertThat(waits.get().status()).isEqualTo(200);
        assertThat(unit.output(late, message)).isEqualTo("2:a");
    }

    @Test
    void shouldRefuseAProcessThatCanNeverHaveRoom() throws Exception {
        start(4);
        TestLog log = spawn(1).getFirst();
        unit.guests.residentBytes.put(log.id, 5 * EACH);
        assertThat(unit.output(log, log.message("a"))).isEqualTo("2:a");
        UnitUnderTest.until(() -> unit.guests.live.get() == 0);
        Answer refused = unit.result(log, log.message("b"));
        assertThat(refused.status()).isEqualTo(503);
        assertThat(UnitUnderTest.error(refused))
                .contains("needs about " + 5 * EACH + " bytes")
                .contains("Ask another unit");
    }

    private CompletableFuture<Answer> lookBack(TestLog log, String message) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return unit.dryRun(log, "&to=" + message, Map.of(), "q");
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                Thread::startVirtualThread);
    }

    @Test
    void shouldLookBackAgainAfterLooksThatHadNoRoom() throws Exception {
        start(4);
        List<TestLog> logs = spawn(2);
        List<String> messages = new ArrayList<>();
        TestLog growing = logs.getFirst();
        for (int i = 0; i < UnitLimits.PAST_PROCESSES_MAX + 2; i++) {
            messages.add(growing.message("m"));
        }
        unit.result(growing, messages.getLast());
        unit.guests.gate = new CountDownLatch(1);
        unit.guests.residentBytes.put(growing.id, 5 * EACH);
        CompletableFuture<Answer> slow = unit.resultAsync(growing, growing.message("wait"));
        unit.guests.waiting.await();
        List<CompletableFuture<Answer>> looks = new ArrayList<>();
        for (String message : messages) {
            looks.add(lookBack(growing, message));
        }
        UnitUnderTest.until(() -> unit.unit.counters().requestsInFlight() == looks.size() + 1);
        // Answered while the process is busy: the others wait for it by then.
        assertThat(unit.dryRun(growing, "q").status()).isEqualTo(200);
        unit.guests.gate.countDown();
        for (CompletableFuture<Answer> look : looks) {
            assertThat(look.get().text()).contains("no memory for process");
        }
        assertThat(slow.get().status()).isEqualTo(200);
        TestLog other = logs.getLast();
        String first = other.message("a");
        unit.result(other, other.message("b"));
        Answer back = unit.dryRun(other, "&to=" + first, Map.of(), "q");
        assertThat(UnitUnderTest.json(back).at("/Output/data").asString()).isEqualTo("3:q");
    }

    @Test
    void shouldShowTheMemoryOfTheNodeAndOfEachProcess() throws Exception {
        start(9);
        List<TestLog> logs = spawn(2);
        unit.guests.residentBytes.put(logs.getLast().id, 2 * EACH);
        for (TestLog log : logs) {
            unit.output(log, log.message("a"));
        }
        JsonNode memory = status();
        assertThat(memory.path("budgetBytes").longValue()).isEqualTo(9 * EACH);
        assertThat(memory.path("residentBytes").longValue()).isEqualTo(3 * EACH);
        assertThat(memory.path("reservedBytes").longValue())
                .isEqualTo(2L * CountingEvaluator.MEMORY_BYTES);
        assertThat(memory.path("diskBytes").longValue()).isZero();
        assertThat(memory.path("processesWarm").intValue()).isEqualTo(2);
        JsonNode first = memory.path("processes").get(0);
        assertThat(first.path("process").asString()).isEqualTo(logs.getLast().id.toString());
        assertThat(first.path("residentBytes").longValue()).isEqualTo(2 * EACH);
        assertThat(first.path("reservedBytes").longValue())
                .isEqualTo(CountingEvaluator.MEMORY_BYTES);
        assertThat(first.has("dirtyBytes")).isTrue();
        assertThat(first.has("diskBytes")).isTrue();
    }
}
