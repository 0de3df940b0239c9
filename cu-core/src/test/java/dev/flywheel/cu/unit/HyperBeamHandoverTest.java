package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.Aos;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Id;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A memory that a node hands over at a late slot, with real aos. */
class HyperBeamHandoverTest {
    private static final Id MODULE = Id.sha256("aos".getBytes(UTF_8));
    private static final int SLOTS = 40;

    @TempDir Path directory;
    private final TestNetwork gateway = new TestNetwork();
    private final TestNode node = new TestNode();
    private final NodeLog log = new NodeLog("p", node, MODULE);
    private UnitUnderTest unit;

    @BeforeEach
    void takeOver() throws Exception {
        gateway.put(
                new TestNetwork.Item(
                        MODULE, "module-owner", TestNetwork.MODULE_TAGS, Aos.module("aos2_0_6")));
        for (int i = 0; i < SLOTS + 5; i++) {
            log.message("x = (x or 0) + 1; return x");
        }
        byte[] memory;
        Map<String, String> headers;
        try (UnitUnderTest before =
                UnitUnderTest.onEngineBehind(node, gateway, directory.resolve("before"))) {
            assertThat(before.post(log.path(SLOTS), log.body(SLOTS)).status()).isEqualTo(200);
            Answer state = before.get("/state/" + log.id + "?to=" + timestamp(SLOTS));
            memory = state.body();
            headers =
                    Map.of(
                            "process", log.id.toString(),
                            "module", MODULE.toString(),
                            "assignment", part(SLOTS, "Id"),
                            "hash-chain", part(SLOTS, "Hash-Chain"),
                            "timestamp", Long.toString(timestamp(SLOTS)),
                            "nonce", Integer.toString(SLOTS),
                            "block-height", "0");
        }
        unit = UnitUnderTest.onEngineBehind(node, gateway, directory.resolve("after"));
        Answer taken = unit.post("/state", headers, memory);
        assertThat(taken.status()).as(taken.text()).isEqualTo(200);
    }

    @AfterEach
    void close() {
        unit.close();
        node.close();
        gateway.close();
    }

    private long timestamp(int slot) {
        return Long.parseLong(part(slot, "Timestamp"));
    }

    /** The assignment's id, or a tag of it. */
    private String part(int slot, String name) {
        String edge = log.edges.get(slot);
        return name.equals("Id")
                ? edge.replaceFirst("(?s).*?\"Id\":\"([^\"]+)\".*", "$1")
                : edge.replaceFirst("(?s).*\"" + name + "\",\"value\":\"([^\"]+)\".*", "$1");
    }

    private String output(int slot) throws Exception {
        Answer answer = unit.post(log.path(slot), log.body(slot));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return UnitUnderTest.json(answer).at("/Output/data").asString();
    }

    @Test
    void shouldGoOnFromIt() throws Exception {
        assertThat(output(SLOTS + 1)).isEqualTo(Integer.toString(SLOTS + 1));
        assertThat(unit.unit.counters().evaluated()).isEqualTo(1);
    }

    @Test
    void shouldNotEvaluateEverythingAfterItWentBackForAnEarlySlot() throws Exception {
        assertThat(output(SLOTS + 1)).isEqualTo(Integer.toString(SLOTS + 1));
        assertThat(output(2)).isEqualTo("2"); // from the log: nobody kept the result
        assertThat(output(SLOTS + 2)).isEqualTo(Integer.toString(SLOTS + 2));
        assertThat(output(SLOTS + 3)).isEqualTo(Integer.toString(SLOTS + 3));
        // What was asked for, the slots before the early one, and few again: not all forty.
        assertThat(unit.unit.counters().evaluated()).isLessThan(SLOTS / 2);
    }
}
