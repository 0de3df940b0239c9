package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.protocol.ScheduledEntry;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The recorded log of a process, served to a unit: what its process is given, what is refused. */
class GoldenLogTest {
    private static final Path GOLDEN =
            Path.of("..", "protocol", "src", "test", "resources", "golden", "assignments");

    @TempDir Path directory;
    private final TestNetwork network = new TestNetwork();
    private final List<ScheduledEntry> log = new ArrayList<>();
    private Id process;
    private UnitUnderTest unit;

    private static JsonNode golden(String name) throws Exception {
        return Json.MAPPER.readTree(Files.readAllBytes(GOLDEN.resolve(name)));
    }

    @BeforeEach
    void serveTheLog() throws Exception {
        JsonNode items = golden("items.json");
        process = Id.parse(items.path("processId").asString());
        for (JsonNode line : items.path("items")) {
            JsonNode message = line.path("message");
            DataItem item =
                    message.isNull()
                            ? null
                            : DataItem.parse(Base64Url.decode(message.path("raw").asString()));
            DataItem assignment =
                    DataItem.parse(
                            Base64Url.decode(line.path("assignment").path("raw").asString()));
            log.add(ScheduledEntry.of(item, assignment));
            if (log.size() == 1) {
                DataItem spawned = Objects.requireNonNull(item);
                ScheduledEntry first = log.getFirst();
                network.processes.put(
                        process, ProcessRecord.of(spawned, first.blockHeight(), first.timestamp()));
                network.put(
                        new TestNetwork.Item(
                                Id.parse(spawned.tags().firstOr("Module", "")),
                                "module-owner",
                                TestNetwork.MODULE_TAGS,
                                "counting".getBytes(UTF_8)));
            }
            if (item == null) {
                network.put(
                        new TestNetwork.Item(
                                Id.parse(log.getLast().messageId()),
                                "far",
                                Tags.ofPairs("A", "1"),
                                "assigned".getBytes(UTF_8)));
            }
        }
        network.logs.put(process, log);
        unit = new UnitUnderTest(network, directory);
    }

    @AfterEach
    void stop() {
        unit.close();
        network.close();
    }

    @Test
    @SuppressWarnings("unchecked")
    void shouldGiveTheProcessTheRecordedMessages() throws Exception {
        String last = log.getLast().assignment().id();
        assertThat(unit.get("/result/" + last + "?process-id=" + process).status()).isEqualTo(200);
        List<String> given = unit.guests.given(process);
        JsonNode recorded = golden("computeunit.json");
        assertThat(given).hasSize(recorded.size());
        for (JsonNode line : recorded) {
            int nonce = line.path("ordinate").intValue();
            Map<String, Object> expected = Json.MAPPER.treeToValue(line.path("message"), Map.class);
            expected.remove("Message"); // not part of what the process is given
            expected.put("Read-Only", false);
            Map<String, Object> message = Json.MAPPER.readValue(given.get(nonce), Map.class);
            if (line.path("isAssignment").booleanValue()) {
                assertThat(message).containsAllEntriesOf(expected);
                assertThat(message.containsKey("Data")).isEqualTo(!line.has("exclude"));
            } else {
                assertThat(message).isEqualTo(expected);
            }
        }
    }

    @Test
    void shouldAcceptAndRefuseTheRecordedChains() throws Exception {
        for (JsonNode check : golden("chainchecks.json")) {
            String name = check.path("name").asString();
            JsonNode nodes = check.path("nodes");
            if (!nodes.path(0).path("nonce").asString().equals("0")) {
                continue; // begins at a checkpoint; a unit without any begins at the log's start
            }
            List<ScheduledEntry> served = new ArrayList<>();
            for (JsonNode node : nodes) {
                ScheduledEntry entry = log.get(Integer.parseInt(node.path("nonce").asString()));
                served.add(changed(entry, node));
            }
            network.logs.put(process, served);
            String last = log.getLast().assignment().id();
            unit.close();
            // What is changed here is no longer what the scheduler signed.
            unit = UnitUnderTest.trustingly(network, directory.resolve(name.replace(' ', '-')));
            Answer answer = unit.get("/result/" + last + "?process-id=" + process);
            if (check.path("accepted").booleanValue()) {
                assertThat(answer.status()).as(name).isEqualTo(200);
            } else {
                assertThat(answer.status())
                        .as(name)
                        .isEqualTo(check.path("status").intValue())
                        .isEqualTo(422);
                assertThat(UnitUnderTest.error(answer))
                        .as(name)
                        .isEqualTo(check.path("error").asString());
            }
        }
    }

    private static ScheduledEntry changed(ScheduledEntry entry, JsonNode node) throws Exception {
        List<Tag> tags = new ArrayList<>();
        String chain = node.path("hashChain").stringValue(null);
        for (Tag tag : entry.assignment().tags()) {
            if (!tag.name().equals("Hash-Chain")) {
                tags.add(tag);
            } else if (chain != null) {
                tags.add(new Tag("Hash-Chain", chain));
            }
        }
        return new ScheduledEntry(
                entry.message(),
                new ScheduledEntry.AssignmentPart(
                        node.path("assignmentId").asString(),
                        entry.assignment().owner(),
                        Tags.of(tags),
                        entry.assignment().signature(),
                        entry.assignment().anchor()));
    }
}
