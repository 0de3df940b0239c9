package dev.flywheel.cu.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.unit.store.ResultStore;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.EthereumKey;
import dev.flywheel.protocol.Signer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a unit believes of its node, and what it does when the node contradicts itself. */
class HyperBeamTrustTest {
    private static final Signer CLIENT = EthereumKey.ofSecret(secret());

    @TempDir Path directory;
    private final TestNetwork gateway = new TestNetwork();
    private final TestNode node = new TestNode();
    private UnitUnderTest unit;
    private NodeLog log;

    private static byte[] secret() {
        byte[] secret = new byte[32];
        secret[31] = 7;
        return secret;
    }

    @BeforeEach
    void start() throws Exception {
        unit = behind();
        log = new NodeLog("p", node);
        output(0);
    }

    private UnitUnderTest behind() {
        return UnitUnderTest.behind(
                node, gateway, directory, ComputeUnitOptions.Settings.defaults());
    }

    @AfterEach
    void close() {
        unit.close();
        node.close();
        gateway.close();
    }

    private String output(int slot) throws Exception {
        Answer answer = unit.post(log.path(slot), log.body(slot));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return UnitUnderTest.json(answer).path("Output").path("data").asString("none");
    }

    private JsonNode status() throws Exception {
        return UnitUnderTest.json(unit.get("/status"));
    }

    /** The schedule has another message at this slot now, and all that follows follows it. */
    private NodeLog rewriteFrom(int slot, String... data) {
        NodeLog other = new NodeLog("p", null);
        for (int same = 1; same < slot; same++) {
            other.message("a");
        }
        for (String each : data) {
            other.message(each);
        }
        node.edges.put(log.id.toString(), other.edges);
        return other;
    }

    @Test
    void shouldEvaluateWhatItsOwnerSigned() throws Exception {
        assertThat(output(log.signed(CLIENT, "a"))).isEqualTo("2:a");
        assertThat(unit.unit.counters().signatures().content()).isEqualTo(1);
    }

    @Test
    void shouldRefuseAPostedMessageThatItsOwnerDidNotSign() throws Exception {
        int slot = log.signed(CLIENT, "a");
        String forged = log.body(slot).replace("\"Data\":\"a\"", "\"Data\":\"steal\"");
        Answer refused = unit.post(log.path(slot), forged);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(UnitUnderTest.error(refused))
                .contains("entry 1 of process " + log.id)
                .contains("its signature is not over this data")
                .contains("--check-signatures=false");
        assertThat(unit.guests.evaluations).hasValue(1);
        assertThat(unit.unit.counters().signatures().forged()).isEqualTo(1);
        assertThat(output(slot)).isEqualTo("2:a");
    }

    @Test
    void shouldRefuseAScheduleWithAMessageThatItsOwnerDidNotSign() throws Exception {
        int slot = log.signed(CLIENT, "a");
        log.message("b");
        String honest = log.edges.get(slot);
        log.edges.set(slot, honest.replace("\"Data\":\"a\"", "\"Data\":\"steal\""));
        Answer refused = unit.post(log.path(2), log.body(2));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(UnitUnderTest.error(refused)).contains("entry 1 of process " + log.id);
        assertThat(unit.guests.evaluations).hasValue(1);
        log.edges.set(slot, honest);
        assertThat(output(2)).isEqualTo("3:b");
    }

    @Test
    void shouldBelieveATrustedNode() throws Exception {
        unit.close();
        unit = UnitUnderTest.trustingly(node, gateway, directory);
        int slot = log.signed(CLIENT, "a");
        log.edges.set(slot, log.edges.get(slot).replace("\"Data\":\"a\"", "\"Data\":\"other\""));
        assertThat(output(slot)).isEqualTo("2:other");
    }

    @Test
    void shouldQuarantineAProcessWhoseSchedulerGivesAnotherEntryThanBefore() throws Exception {
        output(log.message("a"));
        String before = id(log.edges.get(1), "message");
        NodeLog other = rewriteFrom(1, "x", "y");
        String there = id(other.edges.get(1), "message");
        Answer conflict = unit.post(other.path(1), other.body(1));
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(UnitUnderTest.error(conflict))
                .contains("process " + log.id + " is quarantined")
                .contains("slot 1")
                .contains(before)
                .contains(there)
                .contains("flywheel quarantine " + log.id);
        assertThat(unit.post(other.path(2), other.body(2)).status()).isEqualTo(409);
        assertThat(unit.get("/state/" + log.id).status()).isEqualTo(409);
        assertThat(output(0)).isEqualTo("1:1984"); // what was answered stays
        assertThat(unit.guests.evaluations).hasValue(2);
        JsonNode listed = status().path("quarantined").path(0);
        assertThat(listed.path("process").asString()).isEqualTo(log.id.toString());
        assertThat(listed.path("evaluatedMessage").asString()).isEqualTo(before);
        assertThat(listed.path("otherMessage").asString()).isEqualTo(there);
        assertThat(listed.path("otherAssignment").asString())
                .isEqualTo(id(other.edges.get(1), "assignment"));
        assertThat(unit.unit.counters().quarantined()).isEqualTo(1);
    }

    @Test
    void shouldQuarantineAProcessWhoseScheduleWasWrittenAnew() throws Exception {
        output(log.message("a"));
        NodeLog other = rewriteFrom(1, "x", "y");
        // Nobody brings an entry: the unit itself finds that slot 2 does not follow its slot 1.
        Answer conflict = unit.get(other.path(2));
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(UnitUnderTest.error(conflict)).contains("quarantined");
    }

    @Test
    void shouldQuarantineWhenThePlaceIsTheSameAndTheHistoryIsNot() throws Exception {
        output(log.message("a"));
        output(log.message("b"));
        NodeLog other = new NodeLog("p", null);
        other.message("x");
        // The same message, after another history.
        String same = id(log.edges.get(2), "message");
        other.again(same, "b");
        other.message("c");
        node.edges.put(log.id.toString(), other.edges);
        Answer conflict = unit.get(other.path(3));
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(UnitUnderTest.error(conflict)).contains("quarantined").contains("slot 2");
    }

    @Test
    void shouldNotQuarantineBecauseAReaderBringsAnotherEntry() throws Exception {
        output(log.message("a"));
        NodeLog liar = new NodeLog("p", null);
        liar.message("x");
        Answer refused = unit.post(liar.path(1), liar.body(1));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(UnitUnderTest.error(refused)).doesNotContain("quarantined");
        assertThat(status().path("quarantined").size()).isZero();
        assertThat(output(log.message("b"))).isEqualTo("3:b");
    }

    @Test
    void shouldAskTheSchedulerAboutConflictsOfAProcessOnlyOnceInAWhile() throws Exception {
        output(log.message("a"));
        NodeLog liar = new NodeLog("p", null);
        liar.message("x");
        for (int i = 0; i < 20; i++) {
            assertThat(unit.post(liar.path(1), liar.body(1)).status()).isEqualTo(409);
        }
        assertThat(node.asked).hasSize(1);
    }

    @Test
    void shouldStayInQuarantineOverARestartUntilItIsReleased() throws Exception {
        output(log.message("a"));
        NodeLog other = rewriteFrom(1, "x", "y");
        assertThat(unit.post(other.path(1), other.body(1)).status()).isEqualTo(409);
        unit.close();
        unit = behind();
        assertThat(unit.post(other.path(2), other.body(2)).status()).isEqualTo(409);
        unit.close();
        try (ResultStore store = ResultStore.open(directory.resolve("results"))) {
            assertThat(store.forget(log.id)).isEqualTo(2);
            assertThat(store.release(log.id)).isTrue();
            assertThat(store.release(log.id)).isFalse();
        }
        unit = behind();
        Answer answer = unit.send("POST", other.path(2), Map.of(), other.body(2));
        assertThat(UnitUnderTest.json(answer).path("Output").path("data").asString())
                .isEqualTo("3:y");
    }

    private static String id(String edge, String part) {
        return edge.replaceFirst("(?s).*\"" + part + "\":\\{.*?\"Id\":\"([^\"]+)\".*", "$1");
    }
}
