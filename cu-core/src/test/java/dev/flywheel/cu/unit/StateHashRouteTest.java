package dev.flywheel.cu.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.checkpoint.StateTree;
import dev.flywheel.platform.http.Answer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Hashes of states, whole and by nodes. */
class StateHashRouteTest {
    private static final HexFormat HEX = HexFormat.of();

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
        assertThat(unit.guests.forks).hasValue(0);
    }

    private JsonNode hash(TestLog log, String more) throws Exception {
        Answer answer = unit.get("/state-hash/" + log.id + more);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return UnitUnderTest.json(answer);
    }

    /** The tree of a counting process's memory. */
    private static StateTree counted(int count) {
        byte[] memory = new byte[65_536];
        ByteBuffer.wrap(memory).order(ByteOrder.nativeOrder()).putInt(count);
        return StateTree.of(MemorySegment.ofArray(memory));
    }

    @Test
    void shouldAnswerTheHashThatTheMemoryImageHas() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        log.message("a");
        JsonNode hash = hash(log, "");
        StateTree tree = StateTree.of(MemorySegment.ofArray(unit.get("/state/" + log.id).body()));
        SequencedMap<String, Long> globals = new LinkedHashMap<>();
        hash.path("globals")
                .properties()
                .forEach(
                        each ->
                                globals.put(
                                        each.getKey(),
                                        HexFormat.fromHexDigitsToLong(each.getValue().asString())));
        assertThat(globals).hasSize(1);
        assertThat(hash.path("stateHash").asString()).isEqualTo(HEX.formatHex(tree.root(globals)));
        assertThat(hash.path("top").asString()).isEqualTo(HEX.formatHex(tree.top()));
        assertThat(hash.path("process").asString()).isEqualTo(log.id.toString());
        assertThat(hash.path("module").asString()).isEqualTo(TestNetwork.MODULE.toString());
        assertThat(hash.path("nonce").asLong()).isEqualTo(1);
        assertThat(hash.path("timestamp").asLong()).isEqualTo(log.timestamp());
        assertThat(hash.path("memoryBytes").asLong()).isEqualTo(65_536);
        assertThat(hash.path("afterCron").asBoolean()).isFalse();
        assertThat(hash.has("node")).isFalse();
    }

    @Test
    void shouldAnswerTheHashAsOfAnyEntry() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        for (String each : new String[] {"a", "b", "c"}) {
            log.message(each);
        }
        String last = hash(log, "").path("stateHash").asString();
        for (int nonce = 3; nonce >= 0; nonce--) {
            JsonNode then = hash(log, "?to=" + nonce);
            assertThat(then.path("nonce").asInt()).isEqualTo(nonce);
            assertThat(then.path("top").asString())
                    .isEqualTo(HEX.formatHex(counted(nonce + 1).top()));
            assertThat(then.path("stateHash").asString().equals(last)).isEqualTo(nonce == 3);
        }
    }

    @Test
    void shouldLetAPeerFindTheFirstPageThatDiffersWithoutAReplayForEachNode() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        log.message("a");
        log.message("b");
        JsonNode then = hash(log, "?to=1");
        unit.guests.evaluations.set(0);
        StateTree other = counted(9);
        OptionalLong page =
                other.firstDifference(
                        HEX.parseHex(then.path("top").asString()),
                        (level, index) -> node(log, level, index));
        assertThat(page).hasValue(0);
        assertThat(unit.guests.evaluations).hasValue(0);
        assertThat(
                        counted(2)
                                .firstDifference(
                                        HEX.parseHex(then.path("top").asString()), other::node))
                .isEmpty();
    }

    private byte[] node(TestLog log, int level, long index) throws IOException {
        try {
            JsonNode node = hash(log, "?to=1&level=" + level + "&index=" + index).path("node");
            assertThat(node.path("level").asInt()).isEqualTo(level);
            return HEX.parseHex(node.path("hashes").asString());
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "to=x, 'to'",
        "to=-1, 'to'",
        "to=1.5, 'to'",
        "to=99999999999999999999, 'to'",
        "level=0, give both",
        "index=0, give both",
        "level=6&index=0, 'level'",
        "level=-1&index=0, 'level'",
        "level=5&index=1, a node of level 5",
        "level=4&index=16, a node of level 4",
        "level=0&index=1048576, a node of level 0"
    })
    void shouldSayWhichParameterIsWrong(String query, String why) throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        Answer answer = unit.get("/state-hash/" + log.id + "?" + query);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(UnitUnderTest.error(answer)).contains(why);
    }

    @Test
    void shouldSayWhereTheLogEndsAndThatThereIsNoProcess() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        Answer beyond = unit.get("/state-hash/" + log.id + "?to=7");
        assertThat(beyond.status()).isEqualTo(502);
        assertThat(beyond.text()).contains("its log ends at 0");
        assertThat(unit.get("/state-hash/nobody").status()).isEqualTo(404);
    }
}
