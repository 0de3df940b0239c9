package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.HashChain;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.JsonText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The forms in which a HyperBEAM node asks and is answered; each trap by its name. */
class HyperBeamRoutesTest {
    private static final String NO_TAGS = "[{\"name\":\"A\",\"value\":\"b\"}]";

    @TempDir Path directory;
    private final TestNetwork gateway = new TestNetwork();
    private final TestNode node = new TestNode();
    private @Nullable UnitUnderTest unit;

    private UnitUnderTest unit() {
        UnitUnderTest started = unit;
        if (started == null) {
            started =
                    UnitUnderTest.behind(
                            node, gateway, directory, ComputeUnitOptions.Settings.defaults());
            unit = started;
        }
        return started;
    }

    @AfterEach
    void stop() {
        if (unit != null) {
            unit.close();
        }
        node.close();
        gateway.close();
    }

    private Answer result(NodeLog log, int slot) throws Exception {
        return unit().post(log.path(slot), log.body(slot));
    }

    private JsonNode given(NodeLog log, int index) {
        return Json.MAPPER.readTree(unit().guests.given(log.id).get(index));
    }

    @Test
    void shouldAnswerAliveWhileEvaluating() throws Exception {
        NodeLog log = new NodeLog("p", node);
        result(log, 0);
        unit().guests.gate = new CountDownLatch(1);
        var slow = unit().postAsync(log.path(log.message("wait")), log.body(1));
        unit().guests.waiting.await();
        Answer alive = unit().get("/");
        assertThat(alive.status()).isEqualTo(200);
        assertThat(alive.text()).startsWith("{\"address\":");
        assertThat(slow).isNotDone();
        unit().guests.gate.countDown();
        assertThat(slow.get().status()).isEqualTo(200);
    }

    @Test
    void shouldHaveNoErrorKeyWhenThereIsNone() throws Exception {
        NodeLog log = new NodeLog("p", node);
        result(log, 0);
        JsonNode fine = UnitUnderTest.json(result(log, log.message("fine")));
        assertThat(fine.has("Error")).isFalse();
        Answer nullError = result(log, log.message("null-error"));
        assertThat(UnitUnderTest.json(nullError).has("Error")).isFalse();
        assertThat(UnitUnderTest.json(nullError).path("Messages")).hasSize(1);
        Answer stored = result(log, 2);
        assertThat(stored.text()).isEqualTo(nullError.text());
        JsonNode failed = UnitUnderTest.json(result(log, log.message("fail")));
        assertThat(failed.path("Error").asString()).isEqualTo("failed on purpose");
    }

    @Test
    void shouldNeverAnswer202() throws Exception {
        var settings = ComputeUnitOptions.Settings.defaults();
        unit =
                UnitUnderTest.behind(
                        node,
                        gateway,
                        directory,
                        settings.withWaits(settings.readerWaitMs(), 1, 1));
        NodeLog log = new NodeLog("p", node);
        result(log, 0);
        unit().guests.gate = new CountDownLatch(1);
        int slow = log.message("wait");
        var post = unit.postAsync(log.path(slow), log.body(slow));
        var get = unit.getAsync(log.path(slow)).toCompletableFuture();
        unit().guests.waiting.await();
        // Whoever may be told "busy" is told after 1 ms.
        UnitUnderTest.until(() -> unit().unit.counters().requestsInFlight() == 2);
        unit().guests.gate.countDown();
        assertThat(post.get().status()).isEqualTo(200);
        assertThat(get.get().status()).isEqualTo(200);
    }

    @Test
    void shouldTakeTheOneEdgeOfTheSlotAndFetchWhereThereIsNone() throws Exception {
        NodeLog log = new NodeLog("p", node);
        int slot = log.message("a");
        result(log, 0);
        // Exactly one is what nodes post; more are no harm, and none is no empty result.
        Answer both = unit().post(log.path(slot), TestNode.page(log.id.toString(), log.edges));
        assertThat(UnitUnderTest.json(both).at("/Output/data").asString()).isEqualTo("2:a");
        int next = log.message("b");
        Answer none = unit().post(log.path(next), TestNode.page(log.id.toString(), List.of()));
        assertThat(UnitUnderTest.json(none).at("/Output/data").asString()).isEqualTo("3:b");
        Answer empty = unit().post(log.path(log.message("c")), "");
        assertThat(UnitUnderTest.json(empty).at("/Output/data").asString()).isEqualTo("4:c");
        Answer get = unit().get(log.path(1));
        assertThat(get.text()).isEqualTo(both.text());
    }

    @Test
    void shouldAnswerAPlainJsonObject() throws Exception {
        NodeLog log = new NodeLog("p", node);
        Answer answer = result(log, 0);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        JsonNode json = UnitUnderTest.json(answer);
        assertThat(json.isObject()).isTrue();
        assertThat(json.path("Messages").isArray()).isTrue();
        assertThat(json.path("Spawns").isArray()).isTrue();
        assertThat(json.path("Assignments").isArray()).isTrue();
        assertThat(json.at("/Output/data").asString()).isEqualTo("1:1984");
    }

    @Test
    void shouldAdvanceOverWhatIsSkippedWithoutEvaluatingIt() throws Exception {
        NodeLog log = new NodeLog("p", node);
        result(log, 0);
        Answer skipped = result(log, log.skipped("again"));
        assertThat(skipped.status()).isEqualTo(200);
        assertThat(skipped.text())
                .isEqualTo("{\"Messages\":[],\"Assignments\":[],\"Spawns\":[],\"Output\":\"\"}");
        assertThat(UnitUnderTest.json(result(log, log.message("b"))).at("/Output/data").asString())
                .isEqualTo("2:b");
        assertThat(unit().guests.given(log.id)).hasSize(2);
        assertThat(node.asked).isEmpty(); // slot 2 followed slot 1
    }

    @Test
    void shouldReadJsonThatIsGivenAsString() throws Exception {
        NodeLog log = new NodeLog("p", node);
        String quoted = new JsonText().string(log.body(0)).toString();
        assertThat(unit().post(log.path(0), quoted).status()).isEqualTo(200);
        node.asString = true;
        log.message("a");
        int last = log.message("b");
        assertThat(UnitUnderTest.json(result(log, last)).at("/Output/data").asString())
                .isEqualTo("3:b");
    }

    @Test
    void shouldTakeEmptyStringsForAbsentFields() throws Exception {
        NodeLog log = new NodeLog("p", node);
        result(log, 0);
        result(log, log.message("", NO_TAGS, ""));
        JsonNode message = given(log, 1);
        assertThat(message.path("Data").asString("none")).isEmpty();
        assertThat(message.path("Anchor").isNull()).isTrue();
        assertThat(message.path("Owner").asString()).isEqualTo(NodeLog.OWNER);
        assertThat(message.path("From").asString()).isEqualTo(NodeLog.OWNER);
        assertThat(message.path("Target").asString()).isEqualTo(log.id.toString());
        assertThat(message.path("Nonce").asInt()).isEqualTo(1);
        assertThat(message.has("Forwarded-By")).isFalse();
    }

    @Test
    void shouldLoadFromTheGatewayWhatIsAssignedByItsIdOnly() throws Exception {
        Id far = Id.sha256("far".getBytes(UTF_8));
        gateway.put(
                new TestNetwork.Item(
                        far,
                        "far-owner",
                        dev.flywheel.protocol.Tags.ofPairs("A", "1"),
                        "far data".getBytes(UTF_8)));
        NodeLog log = new NodeLog("p", node);
        result(log, 0);
        String chain =
                HashChain.nextOfNode(HashChain.nextOfNode(null, log.id.toString()), far.toString())
                        .toString();
        String edge =
                log.edge(1, far.toString(), "", "[]", chain, "")
                        .replace("\"Owner\":\"" + NodeLog.OWNER + "\"", "\"Owner\":\"\"")
                        .replace("\"Signature\":\"c2ln\"", "\"Signature\":\"\"");
        Answer answer = unit().post(log.path(1), TestNode.page(log.id.toString(), List.of(edge)));
        assertThat(UnitUnderTest.json(answer).at("/Output/data").asString())
                .isEqualTo("2:far data");
    }

    @Test
    void shouldKeepNameAndValueOfTagsOnlyAndTurnObjectsToText() throws Exception {
        NodeLog log = new NodeLog("p", node);
        result(log, 0);
        result(
                log,
                log.message(
                        "x",
                        "[{\"commitments\":{\"k\":{\"type\":\"hmac-sha256\"}},\"name\":\"Type\",\"value\":\"Message\"},"
                                + "{\"name\":\"Balances\",\"value\":{\"a\":\"7\"}},{\"name\":\"N\",\"value\":7},"
                                + "{\"name\":\"Dup\",\"value\":\"\"},{\"name\":\"Dup\",\"value\":\"2\"}]",
                        ""));
        assertThat(given(log, 1).path("Tags").toString())
                .isEqualTo(
                        "[{\"name\":\"Type\",\"value\":\"Message\"},{\"name\":\"Balances\",\"value\":\"{\\\"a\\\":\\\"7\\\"}\"},"
                                + "{\"name\":\"N\",\"value\":\"7\"},{\"name\":\"Dup\",\"value\":\"\"},{\"name\":\"Dup\",\"value\":\"2\"}]");
    }

    @Test
    void shouldPassObjectValuedTagsOfAResultThroughUnchanged() throws Exception {
        NodeLog log = new NodeLog("p", node);
        result(log, 0);
        assertThat(result(log, log.message("objects")).text())
                .contains("{\"name\":\"balances\",\"value\":{\"alice\":\"7\", \"b\":[1,2.50]}}");
    }

    @Test
    void shouldReadKeysInPaddedBase64() throws Exception {
        unit = UnitUnderTest.trustingly(node, gateway, directory); // nobody has this key
        NodeLog log = new NodeLog("p", node);
        result(log, 0);
        byte[] key = new byte[65]; // an Ethereum key: its owner has another address
        java.util.Arrays.fill(key, (byte) 0xfb);
        String padded = java.util.Base64.getEncoder().encodeToString(key);
        assertThat(padded).contains("+").endsWith("=");
        int slot = log.message("x");
        String body =
                log.body(slot)
                        .replace(
                                "\"PublicKey\":\"\",\"Signature\":\"c2ln\"",
                                "\"PublicKey\":\"" + padded + "\",\"Signature\":\"c2ln\"");
        assertThat(unit().post(log.path(slot), body).status()).isEqualTo(200);
        assertThat(given(log, 1).path("Owner").asString()).startsWith("0x");
    }

    @Test
    void shouldNameTheSendingProcessAndWhoForwarded() throws Exception {
        NodeLog log = new NodeLog("p", node);
        result(log, 0);
        result(
                log,
                log.message("x", "[{\"name\":\"From-Process\",\"value\":\"other-process\"}]", ""));
        assertThat(given(log, 1).path("From").asString()).isEqualTo("other-process");
        assertThat(given(log, 1).path("Forwarded-By").asString()).isEqualTo(NodeLog.OWNER);
    }

    @Test
    void shouldRefuseWhatIsNoBodyOfANode() throws Exception {
        NodeLog log = new NodeLog("p", node);
        Answer noJson = unit().post(log.path(0), "{");
        assertThat(noJson.status()).isEqualTo(400);
        assertThat(UnitUnderTest.error(noJson)).contains(log.id.toString()).contains("slot 0");
        log.message("a");
        Answer other = unit().post(log.path(0), log.body(1));
        assertThat(other.status()).isEqualTo(422);
        assertThat(UnitUnderTest.error(other)).contains("slot 1").contains("slot 0");
        assertThat(unit().post("/result/" + log.id + "?process-id=" + log.id, "").status())
                .isEqualTo(400);
    }

    // ---- dry runs

    private static String dryRun(String more) {
        return "{\"Anchor\":\"\",\"Data\":\"x\",\"From\":\"\",\"Id\":\"tgZKhTJFOTBdiQRMWMsFmR0MNoKtIEbmXaj8kYb2bzQ\","
                + "\"Owner\":\"\",\"PublicKey\":\"\",\"Signature\":\"\",\"Tags\":[{\"name\":\"Action\",\"value\":\"Info\"},"
                + "{\"name\":\"Path\",\"value\":\"compute\"}]"
                + more
                + "}";
    }

    @Test
    void shouldAnswerDryRunsInTheNodesForm() throws Exception {
        NodeLog log = new NodeLog("p", node);
        log.message("a");
        result(log, 1);
        Answer answer = unit().post("/dry-run?process-id=" + log.id, dryRun(",\"Target\":\"\""));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(UnitUnderTest.json(answer).has("Error")).isFalse();
        assertThat(UnitUnderTest.json(answer).at("/Output/data").asString()).isEqualTo("3:x");
        assertThat(result(log, log.message("b")).text()).contains("3:b");
        Answer old =
                unit().send(
                                "POST",
                                "/dry-run?process-id=" + log.id,
                                Map.of(),
                                "{\"Owner\":\"asker\",\"Tags\":[],\"Data\":\"y\"}");
        assertThat(old.text()).contains("4:y");
    }

    // ---- snapshots

    private Answer snapshot(Id process) throws Exception {
        return unit().post("/snapshot/" + process, "{}");
    }

    @Test
    void shouldAnswerSnapshotsAtOnceAndBeginACheckpoint() throws Exception {
        NodeLog log = new NodeLog("p", node);
        log.message("a");
        result(log, 1);
        Answer answer = snapshot(log.id);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        JsonNode json = UnitUnderTest.json(answer);
        assertThat(json.path("success").booleanValue()).isTrue();
        assertThat(json.path("processId").asString()).isEqualTo(log.id.toString());
        assertThat(json.at("/snapshot/nonce").asInt()).isEqualTo(1);
        assertThat(json.at("/snapshot/moduleId").asString())
                .isEqualTo(TestNetwork.MODULE.toString());
        assertThat(answer.header("snapshot-nonce")).isEqualTo("1");
        assertThat(answer.header("snapshot-hash-chain"))
                .isEqualTo(json.at("/snapshot/hashChain").asString());
        UnitUnderTest.until(() -> unit().unit.counters().checkpoints().written() == 1);
        // Asked after every slot, it is not written after every slot.
        result(log, log.message("b"));
        assertThat(snapshot(log.id).header("snapshot-nonce")).isEqualTo("2");
        assertThat(snapshot(log.id).status()).isEqualTo(200);
        assertThat(unit().unit.counters().checkpoints().written()).isEqualTo(1);
    }

    @Test
    void shouldAnswerSnapshotsDuringAnEvaluation() throws Exception {
        NodeLog log = new NodeLog("p", node);
        result(log, 0);
        unit().guests.gate = new CountDownLatch(1);
        var slow = unit().postAsync(log.path(log.message("wait")), log.body(1));
        unit().guests.waiting.await();
        assertThat(snapshot(log.id).header("snapshot-nonce")).isEqualTo("0");
        assertThat(slow).isNotDone();
        unit().guests.gate.countDown();
        assertThat(slow.get().status()).isEqualTo(200);
        UnitUnderTest.until(() -> unit().unit.counters().checkpoints().written() == 1);
    }

    @Test
    void shouldSayThatThereIsNothingToKeep() throws Exception {
        Answer answer = snapshot(Id.sha256("unknown".getBytes(UTF_8)));
        assertThat(answer.status()).isEqualTo(404);
        assertThat(UnitUnderTest.json(answer).path("success").booleanValue(true)).isFalse();
    }

    @Test
    void shouldAnswerSnapshotsOfProcessesThatAreNotInMemory() throws Exception {
        NodeLog log = new NodeLog("p", node);
        result(log, 0);
        assertThat(unit().unit.drain(Duration.ofSeconds(5))).isTrue();
        unit().close();
        unit = null;
        result(log, 0); // from the store
        Answer answer = snapshot(log.id);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("snapshot-nonce")).isEqualTo("0");
        assertThat(unit().guests.evaluations).hasValue(0);
    }

    // ---- status

    @Test
    void shouldTellForWhomItWorksAndHowFarAProcessIs() throws Exception {
        NodeLog log = new NodeLog("p", node);
        JsonNode before = UnitUnderTest.json(unit().get("/status?process-id=" + log.id));
        assertThat(before.path("unit").asString()).isEqualTo("flywheel");
        assertThat(before.path("behindHyperBeam").asString()).isEqualTo(node.url().toString());
        assertThat(before.path("gateway").asString()).isEqualTo(gateway.url().toString());
        assertThat(before.path("process").has("nonce")).isFalse();
        result(log, log.message("a"));
        JsonNode after = UnitUnderTest.json(unit().get("/status?process-id=" + log.id));
        assertThat(after.at("/process/nonce").asInt()).isEqualTo(1);
        assertThat(UnitUnderTest.json(unit().get("/status")).has("process")).isFalse();
    }

    // ---- memories

    @Test
    void shouldRefuseMemoriesThatAreNotDescribed() throws Exception {
        Answer answer = unit().post("/state", Map.of(), new byte[10]);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(UnitUnderTest.error(answer)).contains("header process");
    }

    @Test
    void shouldBelieveNothingThatIsPostedWhenItIsBehindNoNode() throws Exception {
        TestLog log = TestLog.spawn(gateway, "p");
        log.message("true");
        NodeLog forged = new NodeLog("p", null);
        forged.message("forged");
        try (UnitUnderTest alone = new UnitUnderTest(gateway, directory.resolve("alone"))) {
            assertThat(UnitUnderTest.json(alone.get(forged.path(1))).at("/Output/data").asString())
                    .isEqualTo("2:true");
            assertThat(alone.post(forged.path(1), forged.body(1)).status()).isEqualTo(409);
            Answer state = alone.post("/state", Map.of(), new byte[10]);
            assertThat(state.status()).isEqualTo(403);
            assertThat(UnitUnderTest.error(state)).contains("--behind-hyperbeam");
        }
    }
}
