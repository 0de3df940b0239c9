package dev.flywheel.cu.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Id;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In which order a HyperBEAM node may ask for slots, and what comes of it. */
class HyperBeamSlotsTest {
    @TempDir Path directory;
    private final TestNetwork gateway = new TestNetwork();
    private final TestNode node = new TestNode();
    private UnitUnderTest unit;
    private NodeLog log;

    @BeforeEach
    void start() {
        unit =
                UnitUnderTest.behind(
                        node, gateway, directory, ComputeUnitOptions.Settings.defaults());
        log = new NodeLog("p", node);
    }

    @AfterEach
    void stop() {
        unit.close();
        node.close();
        gateway.close();
    }

    private void restart() {
        unit.close();
        unit =
                UnitUnderTest.behind(
                        node, gateway, directory, ComputeUnitOptions.Settings.defaults());
    }

    private Answer result(int slot) throws Exception {
        return unit.post(log.path(slot), log.body(slot));
    }

    private String output(int slot) throws Exception {
        Answer answer = result(slot);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return UnitUnderTest.json(answer).at("/Output/data").asString("none");
    }

    @Test
    void shouldEvaluateSlotsThatFollowFromTheirBodies() throws Exception {
        node.down = true;
        assertThat(output(0)).isEqualTo("1:1984");
        assertThat(output(log.message("a"))).isEqualTo("2:a");
        assertThat(output(log.message("b"))).isEqualTo("3:b");
        assertThat(node.asked).isEmpty();
    }

    @Test
    void shouldAnswerAnOldSlotFromItsStoredResult() throws Exception {
        output(0);
        String first = result(log.message("a")).text();
        output(log.message("b"));
        assertThat(result(1).text()).isEqualTo(first);
        restart();
        node.down = true;
        assertThat(result(1).text()).isEqualTo(first);
        assertThat(unit.guests.evaluations).hasValue(0);
    }

    @Test
    void shouldGoOnAfterARestartWithWhatTheNodeHas() throws Exception {
        output(0);
        output(log.message("a"));
        restart();
        assertThat(output(log.message("b"))).isEqualTo("3:b");
    }

    @Test
    void shouldShareOneEvaluationAmongAllWhoAskForASlot() throws Exception {
        output(0);
        int slow = log.message("wait");
        unit.guests.gate = new CountDownLatch(1);
        List<CompletableFuture<Answer>> readers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            readers.add(unit.postAsync(log.path(slow), log.body(slow)));
        }
        unit.guests.waiting.await();
        UnitUnderTest.until(() -> unit.unit.counters().requestsInFlight() == 8);
        unit.guests.gate.countDown();
        for (CompletableFuture<Answer> reader : readers) {
            assertThat(reader.get().text()).contains("2:wait");
        }
        assertThat(unit.guests.evaluations).hasValue(2);
        assertThat(node.asked).isEmpty();
    }

    @Test
    void shouldFetchWhatIsMissingBeforeASlotThatDoesNotFollow() throws Exception {
        output(0);
        for (int i = 1; i < 20; i++) {
            log.message("m" + i);
        }
        assertThat(output(19)).isEqualTo("20:m19");
        assertThat(node.asked).hasSize(1).first().asString().contains("from=1&to=1000");
        assertThat(output(7)).isEqualTo("8:m7");
    }

    @Test
    void shouldBeginInTheMiddleOfALog() throws Exception {
        for (int i = 1; i < 5; i++) {
            log.message("m" + i);
        }
        assertThat(output(4)).isEqualTo("5:m4");
    }

    @Test
    void shouldAnswerSlotsThatComeOutOfOrder() throws Exception {
        for (int i = 1; i < 10; i++) {
            log.message("m" + i);
        }
        List<CompletableFuture<Answer>> readers = new ArrayList<>();
        for (int slot = 9; slot >= 0; slot--) {
            readers.add(unit.postAsync(log.path(slot), log.body(slot)));
        }
        for (int i = 0; i < 10; i++) {
            assertThat(readers.get(i).get().text()).contains((10 - i) + ":");
        }
        assertThat(unit.guests.given(log.id)).hasSize(10);
    }

    @Test
    void shouldWaitForANodeThatIsDownForAMomentAndSaySoOfOneThatStaysDown() throws Exception {
        output(0);
        log.message("a");
        int last = log.message("b");
        node.down = true;
        Answer failed = result(last);
        assertThat(failed.status()).isEqualTo(502);
        assertThat(UnitUnderTest.error(failed)).contains("HyperBEAM").contains("node is down");
        node.down = false;
        assertThat(output(last)).isEqualTo("3:b");
    }

    @Test
    void shouldSayWhichSlotTheScheduleDoesNotHave() throws Exception {
        output(0);
        Answer missing = unit.get(log.path(5));
        assertThat(missing.status()).isEqualTo(502);
        assertThat(UnitUnderTest.error(missing))
                .contains("entry 5 of process " + log.id)
                .contains("try again");
    }

    @Test
    void shouldServeTwoNodesOfTheSameLog() throws Exception {
        output(0);
        int slot = log.message("wait");
        unit.guests.gate = new CountDownLatch(1);
        var one = unit.postAsync(log.path(slot), log.body(slot));
        // The other one has signed the assignment too, so that it has another id.
        String other =
                log.body(slot).replaceFirst("\"Id\":\"[^\"]{43}\"", "\"Id\":\"" + OTHER + '"');
        var two = unit.postAsync(log.path(slot), other);
        unit.guests.waiting.await();
        UnitUnderTest.until(() -> unit.unit.counters().requestsInFlight() == 2);
        unit.guests.gate.countDown();
        assertThat(one.get().text()).isEqualTo(two.get().text()).contains("2:wait");
        assertThat(unit.guests.evaluations).hasValue(2);
    }

    private static final String OTHER = Id.sha256(new byte[1]).toString();

    @Test
    void shouldTellTwoNodesApartWhoHaveDifferentLogs() throws Exception {
        NodeLog fork = new NodeLog("p", null);
        output(0);
        output(log.message("a"));
        fork.message("other");
        Answer conflict = unit.post(fork.path(1), fork.body(1));
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(UnitUnderTest.error(conflict)).contains("slot 1 of process " + log.id);
        // What follows theirs does not follow ours, and harms no one.
        fork.message("next");
        Answer refused = unit.post(fork.path(2), fork.body(2));
        assertThat(refused.status()).isGreaterThanOrEqualTo(400);
        assertThat(output(log.message("b"))).isEqualTo("3:b");
    }

    @Test
    void shouldAnswerTheRightOneOfTwoWhoAskAtOnceWithDifferentEntries() throws Exception {
        NodeLog fork = new NodeLog("p", null);
        output(0);
        output(log.message("a"));
        fork.message("a2");
        log.message("b");
        fork.message("b2");
        var wrong = unit.postAsync(fork.path(2), fork.body(2));
        var right = unit.postAsync(log.path(2), log.body(2));
        assertThat(right.get().text()).contains("3:b");
        assertThat(wrong.get().status()).isGreaterThanOrEqualTo(400);
    }

    @Test
    void shouldRefuseAWrongHashChainAndGoOnWithTheRightOne() throws Exception {
        output(0);
        int slot = log.message("a");
        String good = log.body(slot);
        String chain = good.replaceFirst("(?s).*\"Hash-Chain\",\"value\":\"([^\"]+)\".*", "$1");
        Answer wrong = unit.post(log.path(slot), good.replace(chain, OTHER));
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(UnitUnderTest.error(wrong))
                .contains("Hash-Chain of slot 1 of process " + log.id)
                .contains("data directory");
        assertThat(unit.guests.evaluations).hasValue(1);
        assertThat(output(slot)).isEqualTo("2:a");
    }

    @Test
    void shouldAcceptBothKindsOfHashChain() throws Exception {
        // A log that a scheduler unit began: its chain is over assignments.
        TestLog legacy = TestLog.spawn(gateway, "p");
        legacy.message("a");
        try (UnitUnderTest both = new UnitUnderTest(gateway, directory.resolve("both"))) {
            assertThat(both.output(legacy, legacy.message("b"))).isEqualTo("3:b");
        }
        output(0);
        output(log.message("c"));
        String first = assignment(1);
        String before = chain(1);
        String next =
                dev.flywheel.protocol.HashChain.next(Id.parse(first), Id.parse(before)).toString();
        String edge = log.edge(2, OTHER, "d", "[{\"name\":\"A\",\"value\":\"b\"}]", next, "");
        Answer answer = unit.post(log.path(2), TestNode.page(log.id.toString(), List.of(edge)));
        assertThat(answer.text()).contains("3:d");
    }

    private String assignment(int slot) {
        return log.edges.get(slot).replaceFirst("(?s).*?\"Id\":\"([^\"]+)\".*", "$1");
    }

    private String chain(int slot) {
        return log.edges
                .get(slot)
                .replaceFirst("(?s).*\"Hash-Chain\",\"value\":\"([^\"]+)\".*", "$1");
    }

    @Test
    void shouldTryAgainAtTheSlotThatALimitOfThisHostEnded() throws Exception {
        output(0);
        int slot = log.message("host-limit");
        unit.guests.hostLimits.set(1);
        assertThat(result(slot).status()).isEqualTo(503);
        unit.clock.advance(UnitLimits.HOST_LIMIT_PAUSE_MS);
        assertThat(output(slot)).isEqualTo("2:host-limit");
    }

    @Test
    void shouldDryRunWhileTheNextSlotIsPosted() throws Exception {
        output(0);
        int slot = log.message("wait");
        unit.guests.gate = new CountDownLatch(1);
        var slow = unit.postAsync(log.path(slot), log.body(slot));
        unit.guests.waiting.await();
        Answer dry =
                unit.post(
                        "/dry-run?process-id=" + log.id,
                        "{\"Owner\":\"\",\"Tags\":[],\"Data\":\"x\",\"Target\":\"\"}");
        assertThat(dry.text()).contains("2:x");
        unit.guests.gate.countDown();
        assertThat(slow.get().text()).contains("2:wait");
    }
}
