package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Response;
import dev.flywheel.protocol.AssignmentItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.SchedulePage;
import dev.flywheel.protocol.ScheduledEntry;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers that fail or lie, evaluations that hit limits. */
class FailureTest {
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

    private void failing(String part, int times, Response response) {
        network.trouble =
                (request, before) ->
                        before < times
                                        && (request.rawPath() + "?" + request.rawQuery())
                                                .contains(part)
                                ? response
                                : null;
    }

    // ---- peers

    @Test
    void shouldAskAgainWhenThePeerAnswers5xx() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String message = log.message("a");
        failing("/" + message, 2, Response.error(500, "not now"));
        assertThat(unit.output(log, message)).isEqualTo("2:a");
        assertThat(network.askedFor("/" + message)).isEqualTo(3);
        assertThat(unit.unit.counters().peerFailures()).isEqualTo(2);
    }

    @Test
    void shouldSayWhichPeerGaveNoAnswerAndGoOnLater() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String message = log.message("a");
        failing("limit=1000", 100, Response.error(503, "overloaded"));
        Answer answer = unit.result(log, message);
        assertThat(answer.status()).isEqualTo(502);
        assertThat(UnitUnderTest.error(answer))
                .startsWith("Error Encountered when loading messages from Scheduler Unit: 503:")
                .contains("overloaded")
                .contains(network.url().toString());
        network.trouble = (request, times) -> null;
        assertThat(unit.output(log, message)).isEqualTo("2:a");
    }

    @Test
    void shouldSayThatAPeerCannotBeReached() throws Exception {
        unit.close();
        URI nowhere = URI.create("http://127.0.0.1:1");
        unit =
                new UnitUnderTest(
                        nowhere,
                        network.url(),
                        directory,
                        ComputeUnitOptions.Settings.defaults(),
                        new CountingEvaluator());
        TestLog log = TestLog.spawn(network, "p");
        Answer answer = unit.result(log, log.message("a"));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(UnitUnderTest.error(answer)).contains("no answer from GET http://127.0.0.1:1/");
    }

    @Test
    void shouldFollowTheRedirectOfARouter() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String message = log.message("a");
        network.trouble =
                (request, times) ->
                        request.query().has("hop") || !request.rawPath().equals("/" + message)
                                ? null
                                : Response.empty(307)
                                        .withHeader(
                                                "Location",
                                                "/" + message + "?hop=1&" + request.rawQuery());
        assertThat(unit.output(log, message)).isEqualTo("2:a");
        network.trouble =
                (request, times) ->
                        Response.empty(307).withHeader("Location", network.url() + "/again");
        Answer answer = unit.result(log, log.message("b"));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(UnitUnderTest.error(answer)).contains("redirects");
    }

    @Test
    void shouldRefuseAnswersThatAreNoDocuments() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String message = log.message("a");
        for (String garbage :
                List.of("", "{", "[]", "{\"edges\":7}", "{\"edges\":[{}]}", "null", "<html>")) {
            failing("limit=1000", 100, Response.json(200, garbage));
            Answer answer = unit.result(log, message);
            assertThat(answer.status()).as(garbage).isEqualTo(502);
            assertThat(UnitUnderTest.error(answer)).contains("is unusable");
            failing("/" + message, 100, Response.json(200, garbage));
            assertThat(unit.result(log, message).status()).as(garbage).isBetween(404, 502);
        }
        failing("/processes/", 100, Response.json(200, "{}"));
        TestLog other = TestLog.spawn(network, "other");
        assertThat(unit.result(other, other.message("a")).status()).isEqualTo(502);
        failing("/graphql", 100, Response.json(200, "{\"errors\":[]}"));
        assertThat(unit.result(other, other.message("b")).text()).contains("has no data");
        network.trouble = (request, times) -> null;
        assertThat(unit.output(log, message)).isEqualTo("2:a");
        assertThat(unit.output(other, other.message("c"))).isEqualTo("4:c");
    }

    @Test
    void shouldNotLoopOnAPageThatPromisesMoreButGivesNothing() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String message = log.message("a");
        failing("limit=1000", 100, Response.json(200, new SchedulePage(true, List.of()).toJson()));
        Answer answer = unit.result(log, message);
        assertThat(answer.status()).isEqualTo(502);
        assertThat(UnitUnderTest.error(answer)).contains("gives no entry");
    }

    @Test
    void shouldSayWhenTheLogEndsBeforeTheMessage() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        log.message("a");
        String message = log.message("b");
        List<ScheduledEntry> whole = List.copyOf(log.entries());
        failing(
                "limit=1000",
                100,
                Response.json(
                        200,
                        new SchedulePage(
                                        false,
                                        List.of(new SchedulePage.Edge(whole.getFirst(), "0")))
                                .toJson()));
        Answer answer = unit.result(log, message);
        assertThat(answer.status()).isEqualTo(502);
        assertThat(UnitUnderTest.error(answer)).contains("its log ends at 0");
    }

    @Test
    void shouldRefuseAnEntryOfAnotherProcessAndAGap() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        TestLog other = TestLog.spawn(network, "q");
        other.message("x");
        log.message("a");
        String last = log.message("b");
        ScheduledEntry second = log.entries().get(1);
        log.replace(1, other.entries().get(1));
        Answer foreign = unit.result(log, last);
        assertThat(foreign.status()).isEqualTo(422);
        assertThat(UnitUnderTest.error(foreign)).contains("of process " + other.id);
        log.replace(1, renumbered(second));
        Answer gap = unit.result(log, last);
        assertThat(gap.status()).isEqualTo(422);
        assertThat(UnitUnderTest.error(gap))
                .contains("Non-incrementing slot: expected 1 but got 7");
        log.replace(1, second);
        assertThat(unit.output(log, last)).isEqualTo("3:b");
    }

    private static ScheduledEntry renumbered(ScheduledEntry entry) {
        AssignmentItem item =
                new AssignmentItem(
                        entry.processId(),
                        7,
                        Id.parse(Objects.requireNonNull(entry.hashChain())),
                        entry.blockHeight(),
                        entry.timestamp(),
                        Id.parse(entry.messageId()));
        return TestLog.entry(entry.message(), Id.parse(entry.assignment().id()), item);
    }

    @Test
    void shouldNotAskForWhatItHasWhenTheSchedulerStartsOver() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        unit.result(log, log.message("a"));
        log.message("b");
        String last = log.message("c");
        network.trouble =
                (request, times) ->
                        request.query().has("from-nonce")
                                ? Response.json(200, page(log.entries()))
                                : null;
        assertThat(unit.output(log, last)).isEqualTo("4:c");
        assertThat(unit.guests.evaluations).hasValue(4);
    }

    private static byte[] page(List<ScheduledEntry> entries) {
        return new SchedulePage(
                        false,
                        entries.stream().map(entry -> new SchedulePage.Edge(entry, "0")).toList())
                .toJson();
    }

    @Test
    void shouldWaitForAnAssignedItemThatTheGatewayLacks() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        Id item = Id.sha256("item".getBytes(UTF_8));
        String assignment = log.assign(item);
        Answer answer = unit.result(log, assignment);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(UnitUnderTest.error(answer))
                .isEqualTo("Gateway returned no transaction for '" + item + "'");
        network.put(new TestNetwork.Item(item, "far", Tags.EMPTY, "late".getBytes(UTF_8)));
        assertThat(unit.output(log, assignment)).isEqualTo("2:late");
    }

    // ---- schedulers found through the gateway

    private UnitUnderTest withoutScheduler() {
        unit.close();
        unit =
                new UnitUnderTest(
                        null,
                        network.url(),
                        directory,
                        ComputeUnitOptions.Settings.defaults(),
                        new CountingEvaluator());
        return unit;
    }

    private void location(String name, Tag... more) {
        Id id = Id.sha256(name.getBytes(UTF_8));
        List<Tag> tags = new ArrayList<>(List.of(more));
        tags.add(new Tag("Type", "Scheduler-Location"));
        network.put(new TestNetwork.Item(id, "scheduler-wallet", Tags.of(tags), null));
    }

    @Test
    void shouldFindTheSchedulerThroughTheGateway() throws Exception {
        UnitUnderTest found = withoutScheduler();
        TestLog log = TestLog.spawn(network, "p");
        String message = log.message("a");
        Answer unknown = found.result(log, message);
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(UnitUnderTest.error(unknown))
                .isEqualTo("TransactionNotFound: Process " + log.id + " was not found on gateway");
        Tags tags = Objects.requireNonNull(network.processes.get(log.id)).tags();
        network.put(new TestNetwork.Item(log.id, TestLog.OWNER, tags, null));
        assertThat(UnitUnderTest.error(found.result(log, message)))
                .isEqualTo(
                        "TransactionNotFound: Could not find 'Scheduler-Location' owner by wallet scheduler-wallet");
        location("l", new Tag("url", network.url() + "/"));
        assertThat(UnitUnderTest.error(found.result(log, message)))
                .isEqualTo(
                        "InvalidSchedulerLocation: No \"Time-To-Live\" tag found on Scheduler-Location");
        location("l", new Tag("Url", network.url() + "/"), new Tag("Time-To-Live", "3600000"));
        assertThat(found.output(log, message)).isEqualTo("2:a");
        network.items.remove(log.id.toString());
        assertThat(found.output(log, log.message("b"))).isEqualTo("3:b"); // remembered
    }

    // ---- limits of this host

    @Test
    void shouldNotKeepWhatHitALimitOfTheHost() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String before = log.message("a");
        String limited = log.message("host-limit");
        String after = log.message("b");
        unit.guests.hostLimits.set(1);
        Answer answer = unit.result(log, after);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(UnitUnderTest.error(answer))
                .contains("message " + limited)
                .contains("hit a limit of this compute unit");
        assertThat(unit.output(log, before)).isEqualTo("2:a");
        int evaluations = unit.guests.evaluations.get();
        assertThat(unit.result(log, after).status()).isEqualTo(503); // not at once again
        assertThat(unit.guests.evaluations).hasValue(evaluations);
        unit.clock.advance(UnitLimits.HOST_LIMIT_PAUSE_MS);
        assertThat(unit.output(log, after)).isEqualTo("4:b");
        assertThat(unit.output(log, limited)).isEqualTo("3:host-limit");
        assertThat(unit.unit.counters().hostLimits()).isEqualTo(1);
    }

    @Test
    void shouldNotLoseAProcessToABrokenEngine() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        Answer answer = unit.result(log, log.message("throw"));
        assertThat(answer.status()).isEqualTo(500);
        assertThat(UnitUnderTest.error(answer)).contains("engine is broken on purpose");
        assertThat(unit.output(log, log.id.toString())).isEqualTo("1:spawned");
    }

    @Test
    void shouldEndAReadersWaitByTimeWhileTheEvaluationGoesOn() throws Exception {
        unit.close();
        unit =
                new UnitUnderTest(
                        network,
                        directory,
                        ComputeUnitOptions.Settings.defaults().withWaits(50, 0, 0));
        TestLog log = TestLog.spawn(network, "p");
        String message = log.message("wait");
        unit.guests.gate = new CountDownLatch(1);
        Answer answer = unit.result(log, message);
        assertThat(answer.status()).isEqualTo(504);
        unit.guests.waiting.await();
        unit.guests.gate.countDown();
        UnitUnderTest.until(() -> unit.unit.counters().evaluated() == 2);
        assertThat(unit.output(log, message)).isEqualTo("2:wait");
    }

    @Test
    void shouldTellReadersThatTheEvaluationIsInProgressUnlessTheyForbidIt() throws Exception {
        unit.close();
        unit =
                new UnitUnderTest(
                        network,
                        directory,
                        ComputeUnitOptions.Settings.defaults().withWaits(60_000, 1, 0));
        TestLog log = TestLog.spawn(network, "p");
        String message = log.message("wait");
        unit.guests.gate = new CountDownLatch(1);
        String path = UnitUnderTest.resultPath(log, message);
        CompletableFuture<Answer> patient =
                unit.getAsync(path + "&no-busy=1").toCompletableFuture();
        Answer answer = unit.get(path);
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.text())
                .isEqualTo(
                        "{\"message\":\"Evaluation of process \\\""
                                + log.id
                                + "\\\" to \\\""
                                + message
                                + "\\\" is in progress.\"}");
        unit.guests.gate.countDown();
        assertThat(patient.get().text()).contains("2:wait");
    }

    @Test
    void shouldRefuseReadersFarAheadOfAProcessThatCatchesUp() throws Exception {
        unit.close();
        unit =
                new UnitUnderTest(
                        network,
                        directory,
                        ComputeUnitOptions.Settings.defaults().withWaits(60_000, 0, 5));
        TestLog log = TestLog.spawn(network, "p");
        log.message("a");
        String slow = log.message("wait");
        for (int i = 0; i < 10; i++) {
            log.message("m");
        }
        unit.guests.gate = new CountDownLatch(1);
        CompletableFuture<Answer> first = unit.resultAsync(log, slow);
        unit.guests.waiting.await();
        Answer answer = unit.result(log, log.message("far"));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(UnitUnderTest.error(answer))
                .isEqualTo(
                        "Nonce limit exceeded: process "
                                + log.id
                                + " is currently hydrating with >5 nonces remaining (12 remaining). Please try again later.");
        unit.guests.gate.countDown();
        assertThat(first.get().status()).isEqualTo(200);
    }
}
