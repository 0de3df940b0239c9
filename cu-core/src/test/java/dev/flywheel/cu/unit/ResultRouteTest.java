package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultRouteTest {
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
        assertThat(unit.guests.loaded).hasValue(0);
        assertThat(unit.guests.closed).isTrue();
    }

    @Test
    void shouldAnswerTheResultOfAMessageInTheReferencesShape() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String message = log.message("hello");
        Answer answer = unit.result(log, message);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(answer.text())
                .isEqualTo(
                        "{\"Messages\":[],\"Assignments\":[],\"Spawns\":[],\"Output\":{\"data\":\"2:hello\"},\"GasUsed\":2}");
    }

    @Test
    void shouldAnswerTheResultOfTheSpawnByTheProcessId() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        assertThat(unit.output(log, log.id.toString())).isEqualTo("1:spawned");
        assertThat(unit.output(log, log.id.toString())).isEqualTo("1:spawned");
        assertThat(unit.guests.evaluations).hasValue(1);
    }

    @Test
    void shouldAskTheSchedulerOnceForANewMessageAndNeverAgain() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        unit.result(log, log.message("first"));
        network.asked.clear();
        String message = log.message("second");
        assertThat(unit.output(log, message)).isEqualTo("3:second");
        assertThat(network.asked).hasSize(1).first().asString().contains("/" + message);
        assertThat(unit.output(log, message)).isEqualTo("3:second");
        assertThat(network.asked).hasSize(1);
        assertThat(unit.unit.counters().answersFromMemory()).isEqualTo(1);
    }

    @Test
    void shouldEvaluateAllThatIsBeforeTheMessageInOrder() throws Exception {
        network.pageEntries = 3;
        TestLog log = TestLog.spawn(network, "p");
        String third = log.message("a");
        for (int i = 0; i < 10; i++) {
            log.message("m" + i);
        }
        assertThat(unit.output(log, log.message("last"))).isEqualTo("13:last");
        assertThat(unit.output(log, third)).isEqualTo("2:a");
        assertThat(unit.guests.evaluations).hasValue(13);
    }

    @Test
    void shouldRequireTheProcess() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        Answer answer = unit.get("/result/" + log.message("a"));
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.text()).isEqualTo("{\"error\":\"'processId': Required.\"}");
    }

    @Test
    void shouldPassOnThatAMessageIsUnknownWithoutTryingAgain() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        Answer answer = unit.result(log, TestNetwork.MODULE.toString());
        assertThat(answer.status()).isEqualTo(404);
        assertThat(UnitUnderTest.error(answer))
                .isEqualTo(
                        "Error Encountered when loading message from Scheduler Unit: 400: {\"error\":\"Message or Process not found\"}");
        assertThat(network.asked).hasSize(1);
        assertThat(unit.result(log, "no-id").status()).isEqualTo(404);
        assertThat(unit.get("/result/no-id?process-id=neither").text())
                .contains("loading process from Scheduler Unit")
                .contains("Message or Process not found");
    }

    @Test
    void shouldPassOnThatAProcessIsUnknown() throws Exception {
        String id = TestNetwork.MODULE.toString();
        Answer answer = unit.get("/result/" + id + "?process-id=" + id);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(UnitUnderTest.error(answer))
                .startsWith("Error Encountered when loading process from Scheduler Unit: 400:")
                .contains("Message or Process not found");
    }

    @Test
    void shouldNotServeAResultForAnotherProcess() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        TestLog other = TestLog.spawn(network, "q");
        String message = log.message("a");
        unit.result(log, message);
        assertThat(unit.result(other, message).status()).isEqualTo(404);
    }

    @Test
    void shouldAnswerAnErrorWith200AndGoOnFromTheStateBefore() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        Answer failed = unit.result(log, log.message("fail"));
        assertThat(failed.status()).isEqualTo(200);
        assertThat(failed.text())
                .isEqualTo(
                        "{\"Messages\":[],\"Assignments\":[],\"Spawns\":[],\"Output\":\"\",\"Error\":\"failed on purpose\"}");
        assertThat(unit.output(log, log.message("after"))).isEqualTo("2:after");
        assertThat(unit.unit.counters().failed()).isEqualTo(1);
    }

    @Test
    void shouldGiveTheProcessItsOwnMessageFirstWhereTheLogBeginsWithoutIt() throws Exception {
        TestLog log = TestLog.register(network, "old");
        network.put(new TestNetwork.Item(log.id, "o", Tags.EMPTY, "its data".getBytes(UTF_8)));
        assertThat(unit.output(log, log.message("first"))).isEqualTo("2:first");
        assertThat(unit.output(log, log.id.toString())).isEqualTo("1:its data");
        List<String> given = unit.guests.given(log.id);
        assertThat(given).hasSize(2);
        assertThat(given.getFirst())
                .startsWith("{\"Id\":\"" + log.id + "\"")
                .contains("\"Target\":\"" + log.id + "\"")
                .contains("\"Owner\":\"" + TestLog.OWNER + "\"");
        assertThat(unit.get("/results/" + log.id).text()).doesNotContain("its data");
    }

    @Test
    void shouldGiveAProcessWithoutEntriesOnlyItsOwnMessage() throws Exception {
        TestLog log = TestLog.register(network, "old");
        assertThat(unit.output(log, log.id.toString())).isEqualTo("1:");
    }

    @Test
    void shouldGiveTheEnvironmentOfTheReference() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        unit.result(log, log.message("a"));
        assertThat(unit.guests.environments.get(log.id))
                .startsWith(
                        "{\"Process\":{\"Id\":\""
                                + log.id
                                + "\",\"Owner\":\"owner-of-the-process\",\"Tags\":[{\"name\":\"Data-Protocol\",\"value\":\"ao\"},")
                .contains(
                        "]},\"Module\":{\"Id\":\""
                                + TestNetwork.MODULE
                                + "\",\"Owner\":\"module-owner\",\"Tags\":[{\"name\":\"Type\",\"value\":\"Module\"},");
    }

    @Test
    void shouldSkipAForwardedMessageThatComesAgain() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        Tag from = new Tag("From-Process", "sender-process");
        String anchor = "0".repeat(31) + "1";
        String first = Id.sha256("first".getBytes(UTF_8)).toString();
        String again = Id.sha256("again".getBytes(UTF_8)).toString();
        String other = Id.sha256("other".getBytes(UTF_8)).toString();
        String bad = Id.sha256("bad".getBytes(UTF_8)).toString();
        String badAgain = Id.sha256("bad again".getBytes(UTF_8)).toString();
        log.message(first, "pushed", anchor, from);
        log.message(again, "pushed", anchor, from);
        log.message(other, "pushed", anchor, from, new Tag("Pushed-For", "x"));
        log.message(bad, "pushed", "7", from); // no item has this anchor: never a duplicate
        log.message(badAgain, "pushed", "7", from);
        assertThat(unit.output(log, badAgain)).isEqualTo("5:pushed");
        assertThat(unit.output(log, first)).isEqualTo("2:pushed");
        assertThat(unit.result(log, again).text())
                .isEqualTo("{\"Messages\":[],\"Assignments\":[],\"Spawns\":[],\"Output\":\"\"}");
        assertThat(unit.output(log, other)).isEqualTo("3:pushed");
        assertThat(UnitUnderTest.json(unit.get("/results/" + log.id)).path("edges")).hasSize(5);
        assertThat(unit.unit.counters().skipped()).isEqualTo(1);
    }

    @Test
    void shouldLoadAssignedItemsWithoutTheirExcludedFields() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        Id whole = Id.sha256("whole".getBytes(UTF_8));
        Id part = Id.sha256("part".getBytes(UTF_8));
        Tags tags = Tags.ofPairs("A", "1", "From", "forged");
        network.put(new TestNetwork.Item(whole, "far", tags, "far data".getBytes(UTF_8)));
        network.put(new TestNetwork.Item(part, "far", tags, "part data".getBytes(UTF_8)));
        String first = log.assign(whole);
        String second = log.assign(part, "Data");
        String third = log.assign(whole, "Tags", "Anchor", "Signature");
        assertThat(unit.output(log, first)).isEqualTo("2:far data");
        assertThat(unit.output(log, second)).isEqualTo("3:");
        assertThat(unit.result(log, third).text()).contains("\"Output\":\"\""); // seen before
        assertThat(unit.output(log, whole.toString())).isEqualTo("2:far data");
        List<String> given = unit.guests.given(log.id);
        assertThat(given.get(1))
                .startsWith("{\"Id\":\"" + whole + "\",\"Signature\":\"signature-of-it\"")
                .contains("\"Owner\":\"far\"")
                .contains("\"Target\":\"\"")
                .contains("\"Anchor\":\"anchor-of-it\"")
                .contains("\"Tags\":[{\"name\":\"A\",\"value\":\"1\"}]");
        assertThat(given.get(2)).doesNotContain("\"Data\"").contains("\"Tags\":[{");
        assertThat(network.askedFor("/raw/" + part)).isZero();
    }

    @Test
    void shouldEvaluateOnceForManyReaders() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String slow = log.message("wait");
        unit.guests.gate = new CountDownLatch(1);
        List<CompletableFuture<Answer>> readers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            readers.add(unit.resultAsync(log, slow));
        }
        unit.guests.waiting.await();
        UnitUnderTest.until(() -> unit.unit.counters().requestsInFlight() == 20);
        assertThat(readers).noneMatch(CompletableFuture::isDone);
        unit.guests.gate.countDown();
        for (CompletableFuture<Answer> reader : readers) {
            assertThat(reader.get().text()).contains("2:wait");
        }
        assertThat(unit.guests.evaluations).hasValue(2);
    }

    @Test
    void shouldNotHoldUpOtherProcessesWhileOneIsLong() throws Exception {
        unit.guests.gate = new CountDownLatch(1);
        List<CompletableFuture<Answer>> slow = new ArrayList<>();
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors() + 1; i++) {
            TestLog log = TestLog.spawn(network, "slow" + i);
            slow.add(unit.resultAsync(log, log.message("wait")));
        }
        unit.guests.waiting.await();
        TestLog quick = TestLog.spawn(network, "quick");
        assertThat(unit.output(quick, quick.message("x"))).isEqualTo("2:x");
        assertThat(slow).noneMatch(CompletableFuture::isDone);
        unit.guests.gate.countDown();
        for (CompletableFuture<Answer> reader : slow) {
            assertThat(reader.get().status()).isEqualTo(200);
        }
    }

    @Test
    void shouldTellWhoItIs() throws Exception {
        assertThat(unit.get("/").text())
                .isEqualTo(
                        "{\"address\":\"address-of-the-unit\",\"timestamp\":"
                                + UnitUnderTest.CLOCK_MS
                                + "}");
        assertThat(unit.get("/status").status()).isEqualTo(200);
        Answer unknown = unit.get("/nothing");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.text())
                .isEqualTo(
                        "{\"message\":\"Route GET:/nothing not found\",\"error\":\"Not Found\",\"statusCode\":404}");
    }

    @Test
    void shouldAnswerHeadAsGetWithoutBody() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        Answer head =
                unit.send("HEAD", UnitUnderTest.resultPath(log, log.message("a")), Map.of(), "");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }
}
