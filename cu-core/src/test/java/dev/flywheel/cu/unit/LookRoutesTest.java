package dev.flywheel.cu.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dry runs and memory images. */
class LookRoutesTest {
    @TempDir Path directory;
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

    private static String data(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return UnitUnderTest.json(answer).at("/Output/data").asString("");
    }

    @Test
    void shouldAnswerADryRunRightAfterTheSpawn() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        assertThat(data(unit.dryRun(log, "question"))).isEqualTo("2:question");
        assertThat(network.askedFor("latest")).isZero();
    }

    @Test
    void shouldLeaveNothingOfADryRun() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        assertThat(data(unit.dryRun(log, "question"))).isEqualTo("2:question");
        assertThat(data(unit.dryRun(log, "question"))).isEqualTo("2:question");
        assertThat(unit.output(log, log.message("a"))).isEqualTo("2:a");
        assertThat(unit.get("/results/" + log.id).text()).doesNotContain("question");
        assertThat(unit.unit.counters().looks()).isEqualTo(2);
    }

    @Test
    void shouldEvaluateWhatIsNewBeforeADryRun() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        network.pageEntries = 2;
        log.message("a");
        log.message("b");
        log.message("c");
        assertThat(data(unit.dryRun(log, "q"))).isEqualTo("5:q");
        log.message("d");
        assertThat(data(unit.dryRun(log, "q"))).isEqualTo("6:q");
    }

    @Test
    void shouldTakeAProcessAsFreshWithinTheAgeThatIsAskedFor() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        unit.dryRun(log, "q");
        log.message("a");
        assertThat(data(unit.dryRun(log, "", Map.of("x-max-age", "3600000"), "q")))
                .isEqualTo("2:q");
        assertThat(data(unit.dryRun(log, "q"))).isEqualTo("3:q");
    }

    @Test
    void shouldDryRunAsOfAnyMessage() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String first = log.message("a");
        String second = log.message("b");
        String third = log.message("c");
        assertThat(data(unit.dryRun(log, "&to=" + second, Map.of(), "q"))).isEqualTo("4:q");
        unit.result(log, third);
        assertThat(data(unit.dryRun(log, "&to=" + first, Map.of(), "q"))).isEqualTo("3:q");
        assertThat(data(unit.dryRun(log, "&to=" + log.id, Map.of(), "q"))).isEqualTo("2:q");
        assertThat(data(unit.dryRun(log, "&to=" + third, Map.of(), "q"))).isEqualTo("5:q");
        assertThat(unit.dryRun(log, "&to=" + TestNetwork.MODULE, Map.of(), "q").status())
                .isEqualTo(404);
    }

    @Test
    void shouldNameTheFieldsThatADryRunLacks() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String path = "/dry-run?process-id=" + log.id;
        assertThat(unit.send("POST", path, Map.of(), "{}").text())
                .isEqualTo("{\"error\":\"'Owner': Required. | 'Tags': Required.\"}");
        assertThat(unit.send("POST", path, Map.of(), "{\"Owner\":\"o\",\"Tags\":[1]}").status())
                .isEqualTo(500);
        assertThat(unit.send("POST", path, Map.of(), "not json").status()).isEqualTo(400);
        assertThat(unit.send("POST", "/dry-run", Map.of(), "{}").text())
                .contains("'processId': Required.");
    }

    @Test
    void shouldRefuseALargeBody() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        assertThat(unit.dryRun(log, "x".repeat(2 << 20)).status()).isEqualTo(413);
    }

    @Test
    void shouldPassOnAnErrorOfADryRun() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        Answer answer = unit.dryRun(log, "fail");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(UnitUnderTest.json(answer).path("Error").asString())
                .isEqualTo("failed on purpose");
        unit.guests.hostLimits.set(1);
        assertThat(unit.dryRun(log, "host-limit").status()).isEqualTo(503);
        assertThat(data(unit.dryRun(log, "q"))).isEqualTo("2:q");
    }

    @Test
    void shouldAnswerTheMemoryAndItsPlace() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        log.message("a");
        Answer answer = unit.get("/state/" + log.id);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(count(answer)).isEqualTo(2);
        assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(answer.header("Last-Timestamp")).isEqualTo(Long.toString(log.timestamp()));
        assertThat(answer.header("Last-Ordinate")).isEqualTo("1");
        assertThat(answer.header("Last-Block-Height"))
                .isEqualTo(Long.toString(TestLog.START_HEIGHT + 1));
        try (var left = Files.list(directory.resolve("state"))) {
            assertThat(left).isEmpty();
        }
        Answer head = unit.send("HEAD", "/state/" + log.id, Map.of(), "");
        assertThat(head.header("Content-Length")).isEqualTo("65536");
    }

    @Test
    void shouldAnswerTheMemoryAsOfAnyTime() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        log.message("a");
        long then = log.timestamp();
        log.message("b");
        assertThat(count(unit.get("/state/" + log.id + "?to=" + then))).isEqualTo(2);
        assertThat(count(unit.get("/state/" + log.id))).isEqualTo(3);
        assertThat(count(unit.get("/state/" + log.id + "?to=" + then))).isEqualTo(2);
        assertThat(count(unit.get("/state/" + log.id))).isEqualTo(3);
    }

    /** What is in the memory of a counting process. */
    private static int count(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return ByteBuffer.wrap(answer.body()).order(ByteOrder.nativeOrder()).getInt();
    }

    @Test
    void shouldAnswerFromTheStateBeforeWhileAnEvaluationTakesLong() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        unit.result(log, log.message("a"));
        unit.guests.gate = new CountDownLatch(1);
        CompletableFuture<Answer> slow = unit.resultAsync(log, log.message("wait"));
        unit.guests.waiting.await();
        assertThat(data(unit.dryRun(log, "q"))).isEqualTo("3:q");
        assertThat(count(unit.get("/state/" + log.id))).isEqualTo(2);
        assertThat(slow).isNotDone();
        unit.guests.gate.countDown();
        assertThat(data(slow.get())).isEqualTo("3:wait");
        assertThat(data(unit.dryRun(log, "q"))).isEqualTo("4:q");
    }

    @Test
    void shouldEvaluateWhileADryRunTakesLong() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        unit.result(log, log.message("a"));
        unit.guests.gate = new CountDownLatch(1);
        CompletableFuture<Answer> slow =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return unit.dryRun(log, "wait");
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        unit.guests.waiting.await();
        assertThat(unit.output(log, log.message("b"))).isEqualTo("3:b");
        assertThat(slow).isNotDone();
        unit.guests.gate.countDown();
        assertThat(data(slow.get())).isEqualTo("3:wait");
        UnitUnderTest.until(() -> unit.guests.forks.get() == 0);
    }

    @Test
    void shouldLookAgainAtAForkWhileTheProcessIsAsItWas() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        unit.result(log, log.message("a"));
        for (int i = 0; i < 3; i++) {
            assertThat(data(unit.dryRun(log, "q"))).isEqualTo("3:q");
        }
        assertThat(unit.guests.forksMade).hasValue(1);
        assertThat(unit.output(log, log.message("b"))).isEqualTo("3:b");
        UnitUnderTest.until(() -> unit.guests.forks.get() == 0); // nothing is kept for it
        assertThat(data(unit.dryRun(log, "q"))).isEqualTo("4:q");
        assertThat(unit.guests.forksMade).hasValue(2);
        unit.guests.gate = new CountDownLatch(1);
        CompletableFuture<Answer> slow = unit.resultAsync(log, log.message("wait"));
        unit.guests.waiting.await();
        for (int i = 0; i < 3; i++) {
            assertThat(data(unit.dryRun(log, "q"))).isEqualTo("4:q");
        }
        assertThat(unit.guests.forksMade).hasValue(3);
        unit.guests.gate.countDown();
        assertThat(data(slow.get())).isEqualTo("4:wait");
        assertThat(data(unit.dryRun(log, "q"))).isEqualTo("5:q");
        assertThat(unit.guests.forksMade).hasValue(4);
        unit.close();
        assertThat(unit.guests.forks).hasValue(0);
    }

    @Test
    void shouldKeepForksOfFewProcessesForTheNextLook() throws Exception {
        for (int i = 0; i < UnitLimits.SPARE_VIEWS_MAX + 5; i++) {
            TestLog log = TestLog.spawn(network, "p" + i);
            assertThat(data(unit.dryRun(log, "q"))).isEqualTo("2:q");
        }
        UnitUnderTest.until(() -> unit.guests.forks.get() == UnitLimits.SPARE_VIEWS_MAX);
    }
}
