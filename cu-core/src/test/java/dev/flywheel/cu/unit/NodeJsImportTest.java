package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.Aos;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A unit goes on from what a NodeJS unit kept of a process whose slots a real HyperBEAM node had
 * recorded (aos 2.0.6): the results are those that the reference answered, the memory is one that a
 * real evaluation gave.
 */
class NodeJsImportTest {
    private static final Id MODULE = Id.parse("aos2-0-6-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaA");
    private static final int LAST_THERE = 3;

    @TempDir Path directory;
    private final TestNetwork gateway = new TestNetwork();
    private final TestNode node = new TestNode();
    private final List<Slot> slots = new ArrayList<>();
    private NodeJsData data;
    private Path target;

    /** A slot as it was recorded. */
    private record Slot(String url, String body, JsonNode edge, String answer) {
        String message() {
            return edge.at("/node/message/Id").asString("");
        }

        String assignment() {
            return edge.at("/node/assignment/Id").asString("");
        }

        String fact(String name) {
            for (JsonNode tag : edge.at("/node/assignment/Tags")) {
                if (tag.path("name").asString("").equals(name)) {
                    return tag.path("value").asString("");
                }
            }
            throw new AssertionError("no tag " + name);
        }

        long timestamp() {
            return Long.parseLong(fact("Timestamp"));
        }

        JsonNode expected() {
            ObjectNode expected = (ObjectNode) Json.MAPPER.readTree(answer);
            expected.remove("Patches");
            return expected;
        }
    }

    @BeforeEach
    void prepare() throws Exception {
        gateway.put(
                new TestNetwork.Item(
                        MODULE, "module-owner", TestNetwork.MODULE_TAGS, Aos.module("aos2_0_6")));
        readSlots();
        node.edges.put(
                process(), new ArrayList<>(slots.stream().map(s -> s.edge().toString()).toList()));
        data = new NodeJsData(directory);
        data.module(
                MODULE.toString(), String.valueOf(TestNetwork.MODULE_TAGS.first("Module-Format")));
        for (Slot slot : slots.subList(0, LAST_THERE + 1)) {
            data.evaluation(
                    process(),
                    slots.indexOf(slot),
                    slot.message(),
                    slot.timestamp(),
                    slot.answer());
        }
        target = directory.resolve("target");
    }

    private void readSlots() throws IOException {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(
                                        Objects.requireNonNull(
                                                getClass()
                                                        .getResourceAsStream(
                                                                "/golden/hyperbeam/reference-unit.jsonl.gz"))),
                                UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode each = Json.MAPPER.readTree(line);
                String url = each.path("url").asString("");
                if (url.startsWith("/result/")) {
                    String body = each.path("body").asString("");
                    slots.add(
                            new Slot(
                                    url,
                                    body,
                                    Json.MAPPER.readTree(body).path("edges").get(0),
                                    each.path("answer").asString("")));
                }
            }
        }
    }

    @AfterEach
    void stop() throws Exception {
        data.close();
        node.close();
        gateway.close();
    }

    private String process() {
        String url = slots.getFirst().url();
        return url.substring(url.indexOf('=') + 1);
    }

    /** The memory after the last slot that the other unit had. */
    private byte[] memory() throws Exception {
        try (UnitUnderTest first =
                UnitUnderTest.onEngineBehind(node, gateway, directory.resolve("first"))) {
            Slot last = slots.get(LAST_THERE);
            assertThat(first.post(last.url(), last.body()).status()).isEqualTo(200);
            return first.get("/state/" + process() + "?to=" + last.timestamp()).body();
        }
    }

    private void checkpoint(boolean packed) throws Exception {
        data.memory(process(), memory(), packed);
        Slot last = slots.get(LAST_THERE);
        data.checkpoint(
                process(),
                LAST_THERE,
                last.timestamp(),
                NodeJsData.fileOf(process()),
                NodeJsData.evaluation(
                        process(),
                        MODULE.toString(),
                        LAST_THERE,
                        last.timestamp(),
                        ",\"assignmentId\":\""
                                + last.assignment()
                                + "\",\"hashChain\":\""
                                + last.fact("Hash-Chain")
                                + "\""
                                + (packed ? ",\"encoding\":\"gzip\"" : "")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGoOnFromWhatTheOtherUnitKept(boolean packed) throws Exception {
        checkpoint(packed);
        // Its connection is open: what it wrote is in the write-ahead log only.
        ImportLines taken = ImportLines.of(data, target);
        assertThat(taken.lines)
                .singleElement()
                .asString()
                .matches(
                        "process "
                                + process()
                                + ": goes on after slot 3, memory \\d+ MiB; 4 results");
        assertThat(taken.totals.isComplete()).isTrue();
        assertThat(target.resolve("import")).doesNotExist();

        try (UnitUnderTest unit = UnitUnderTest.onEngineBehind(node, gateway, target)) {
            for (Slot slot : slots.subList(LAST_THERE + 1, slots.size())) {
                assertThat(UnitUnderTest.json(unit.post(slot.url(), slot.body())))
                        .as(slot.url())
                        .isEqualTo(slot.expected());
            }
            int fresh = slots.size() - LAST_THERE - 1;
            assertThat(unit.unit.counters().evaluated()).isEqualTo(fresh);
            assertThat(unit.unit.counters().checkpoints().resumed()).isEqualTo(1);
            for (Slot slot : slots) {
                JsonNode bySlot = UnitUnderTest.json(unit.get(slot.url()));
                assertThat(bySlot).as(slot.url()).isEqualTo(slot.expected());
                assertThat(
                                UnitUnderTest.json(
                                        unit.get(
                                                "/result/"
                                                        + slot.message()
                                                        + "?process-id="
                                                        + process())))
                        .isEqualTo(slot.expected());
            }
            JsonNode edges = UnitUnderTest.json(unit.get("/results/" + process())).path("edges");
            long withoutError = slots.stream().filter(s -> !s.expected().has("Error")).count();
            assertThat(edges).hasSize((int) withoutError);
            assertThat(edges.get(0).at("/node/Output"))
                    .isEqualTo(slots.getFirst().expected().path("Output"));
            assertThat(unit.unit.counters().evaluated()).isEqualTo(fresh);
        }
    }

    /** Results beyond the checkpoint are answered, and evaluated when it goes on. */
    @Test
    void shouldEvaluateWhatIsBetweenTheCheckpointAndTheLastResult() throws Exception {
        checkpoint(true);
        Slot beyond = slots.get(LAST_THERE + 1);
        data.evaluation(
                process(), LAST_THERE + 1, beyond.message(), beyond.timestamp(), beyond.answer());
        assertThat(ImportLines.of(data, target).totals.isComplete()).isTrue();
        try (UnitUnderTest unit = UnitUnderTest.onEngineBehind(node, gateway, target)) {
            assertThat(UnitUnderTest.json(unit.get(beyond.url()))).isEqualTo(beyond.expected());
            assertThat(unit.unit.counters().evaluated()).isZero();
            Slot last = slots.getLast();
            assertThat(UnitUnderTest.json(unit.post(last.url(), last.body())))
                    .isEqualTo(last.expected());
            assertThat(unit.unit.counters().evaluated()).isEqualTo(slots.size() - LAST_THERE - 1);
            // What it evaluated again is, member by member, what the other unit had answered.
            assertThat(unit.unit.counters().replayDifferences()).isZero();
        }
    }

    @Test
    void shouldChangeNothingInADryRunAndTakeNothingTwice() throws Exception {
        checkpoint(true);
        Set<Id> all = Set.of();
        ImportLines dry = ImportLines.of(data, target, all, true);
        assertThat(dry.lines).singleElement().asString().contains("goes on after slot 3");
        assertThat(target).doesNotExist();
        assertThat(ImportLines.of(data, target).lines).isEqualTo(dry.lines);
        List<String> again = ImportLines.of(data, target).lines;
        assertThat(again).singleElement().asString().contains("is at slot 3 here already");
        assertThat(ImportLines.of(data, target, all, true).lines).isEqualTo(again);
        try (var files = Files.walk(target.resolve("checkpoints"))) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(1);
        }
    }
}
