package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A scheduler's output: assignments, chain values, bundles, pages and records, to be the same in
 * each byte.
 */
class GoldenAssignmentsTest {
    private static final JsonNode ITEMS = Golden.json("assignments/items.json");
    private static final ItemVerifier VERIFIER = new ItemVerifier();

    private record LogEntry(@Nullable DataItem message, DataItem assignment, JsonNode line) {}

    @Test
    void shouldSignAssignmentsWithTheRecordedTagsInOrder() throws Exception {
        ArweaveKey scheduler = Golden.arweaveKey("rsa4096-b");
        assertThat(scheduler.address()).isEqualTo(ITEMS.get("schedulerAddress").stringValue());
        for (LogEntry entry : log()) {
            Tags tags = entry.assignment().tags();
            AssignmentItem item = assignment(tags);
            assertThat(item.tags()).isEqualTo(tags);
            assertThat(item.tags())
                    .isEqualTo(Golden.tags(entry.line().get("assignment").get("tags")));
            byte[] anchor =
                    Base64Url.decode(entry.line().get("assignment").get("anchor").stringValue());
            DataItem signed = item.sign(scheduler, anchor);
            assertThat(VERIFIER.verify(signed)).isTrue();
            // All but the salted signature is the same.
            assertThat(DeepHash.ofItem(signed)).isEqualTo(DeepHash.ofItem(entry.assignment()));
            assertThat(signed.size()).isEqualTo(entry.assignment().size());
        }
    }

    @Test
    void shouldFollowTheRecordedChainValues() throws Exception {
        Id processId = Id.parse(ITEMS.get("processId").stringValue());
        Id value = HashChain.seed(processId);
        for (LogEntry entry : log()) {
            assertThat(entry.assignment().tags().first("Hash-Chain")).isEqualTo(value.toString());
            value = HashChain.next(entry.assignment().id(), value);
        }
    }

    @Test
    void shouldComputeKnownAndLongChains() {
        JsonNode chains = Golden.json("assignments/hashchain.json");
        for (JsonNode known : chains.get("known")) {
            Id previous = Id.parse(known.get("previousOrSeed").stringValue());
            JsonNode assignment = known.get("previousAssignmentId");
            Id value =
                    assignment.isNull()
                            ? HashChain.seed(previous)
                            : HashChain.next(Id.parse(assignment.stringValue()), previous);
            assertThat(value).hasToString(known.get("hashChain").stringValue());
        }
        for (JsonNode chain : chains.get("chains")) {
            List<JsonNode> entries = new ArrayList<>();
            chain.get("entries").forEach(entries::add);
            assertThat(HashChain.seed(Id.parse(chain.get("processId").stringValue())))
                    .hasToString(entries.getFirst().get("hashChain").stringValue());
            for (int i = 1; i < entries.size(); i++) {
                JsonNode before = entries.get(i - 1);
                if (entries.get(i).get("nonce").intValue() != before.get("nonce").intValue() + 1) {
                    continue; // long chains are recorded in part
                }
                assertThat(
                                HashChain.follows(
                                        text(before, "assignmentId"),
                                        text(before, "hashChain"),
                                        text(entries.get(i), "hashChain")))
                        .isTrue();
            }
        }
    }

    @Test
    void shouldAcceptAndRefuseChainsAsTheComputeUnitDoes() {
        for (JsonNode check : Golden.json("assignments/chainchecks.json")) {
            String previousId = null;
            String previousChain = null;
            String refusedAt = null;
            for (JsonNode node : check.get("nodes")) {
                String chain = node.path("hashChain").stringValue(null);
                if (!HashChain.follows(previousId, previousChain, chain)) {
                    refusedAt = text(node, "nonce");
                    break;
                }
                previousId = text(node, "assignmentId");
                previousChain = chain;
            }
            String name = text(check, "name");
            assertThat(refusedAt == null).as(name).isEqualTo(check.get("accepted").booleanValue());
            if (refusedAt != null) {
                int nonce = Integer.parseInt(refusedAt);
                JsonNode message = ITEMS.get("items").get(nonce).get("message");
                assertThat(text(check, "error")).as(name).endsWith(message.get("id").stringValue());
            }
        }
    }

    @Test
    void shouldBuildTheBundlesThatASchedulerUploads() throws Exception {
        for (LogEntry entry : log()) {
            List<DataItem> items = new ArrayList<>(List.of(entry.assignment()));
            if (entry.message() != null) {
                items.add(entry.message());
            }
            assertThat(Base64Url.encode(Bundle.build(items)))
                    .isEqualTo(text(entry.line(), "bundle"));
        }
    }

    @Test
    void shouldWriteEveryPageByteForByte() throws Exception {
        Map<String, ScheduledEntry> byNonce = new HashMap<>();
        for (LogEntry entry : log()) {
            byNonce.put(
                    entry.assignment().tags().firstOr("Nonce", ""),
                    ScheduledEntry.of(entry.message(), entry.assignment()));
        }
        for (JsonNode request : Golden.json("assignments/pages.json").get("requests")) {
            JsonNode answer = request.get("answer");
            byte[] recorded = answer.toString().getBytes(UTF_8);
            List<SchedulePage.Edge> edges = new ArrayList<>();
            List<byte[]> nodes = new ArrayList<>();
            List<String> cursors = new ArrayList<>();
            for (JsonNode edge : answer.get("edges")) {
                ScheduledEntry read = ScheduledEntry.read(edge.get("node"));
                ScheduledEntry made =
                        Objects.requireNonNull(byNonce.get(Long.toString(read.nonce())));
                assertThat(made).isEqualTo(read);
                boolean byTime = text(request, "mode").equals("timestamp");
                assertThat(text(edge, "cursor"))
                        .isEqualTo(Long.toString(byTime ? made.timestamp() : made.nonce()));
                edges.add(new SchedulePage.Edge(made, text(edge, "cursor")));
                nodes.add(made.toJson());
                cursors.add(text(edge, "cursor"));
            }
            boolean more = answer.get("page_info").get("has_next_page").booleanValue();
            SchedulePage page = new SchedulePage(more, edges);
            assertThat(new String(page.toJson(), UTF_8)).isEqualTo(new String(recorded, UTF_8));
            assertThat(SchedulePage.toJson(more, nodes, cursors)).isEqualTo(recorded);
            assertThat(SchedulePage.parse(recorded)).isEqualTo(page);
        }
    }

    @Test
    void shouldWriteTheRecordedAnswers() throws Exception {
        JsonNode answers = Golden.json("assignments/answers.json");
        List<LogEntry> log = log();
        DataItem process = Objects.requireNonNull(log.getFirst().message());
        Tags scheduled = log.getFirst().assignment().tags();
        JsonNode processAnswer = answers.get("process").get("answer");
        ProcessRecord record =
                ProcessRecord.of(
                        process,
                        Long.parseLong(scheduled.firstOr("Block-Height", "")),
                        Long.parseLong(scheduled.firstOr("Timestamp", "")));
        assertThat(new String(record.toJson(), UTF_8)).isEqualTo(processAnswer.toString());
        assertThat(ProcessRecord.parse(record.toJson())).isEqualTo(record);
        assertThat(ScheduledEntry.of(log.get(1).message(), log.get(1).assignment()).toJson())
                .isEqualTo(answers.get("message").get("answer").toString().getBytes(UTF_8));
        assertThat(ScheduledEntry.of(null, log.get(6).assignment()).toJson())
                .isEqualTo(answers.get("assigned").get("answer").toString().getBytes(UTF_8));
    }

    @Test
    void shouldGiveProcessesTheRecordedMessages() throws Exception {
        List<LogEntry> log = log();
        for (JsonNode recorded : Golden.json("assignments/computeunit.json")) {
            LogEntry logEntry = log.get(recorded.get("ordinate").intValue());
            ScheduledEntry entry = ScheduledEntry.of(logEntry.message(), logEntry.assignment());
            assertThat(entry.assignment().id()).isEqualTo(text(recorded, "assignmentId"));
            assertThat(entry.messageId()).isEqualTo(text(recorded.get("message"), "Id"));
            assertThat(entry.message() == null)
                    .isEqualTo(recorded.get("isAssignment").booleanValue());
            assertThat(entry.exclude())
                    .isEqualTo(recorded.has("exclude") ? List.of("Data", "Tags") : List.of());
            if (entry.message() == null) {
                continue;
            }
            Map<String, @Nullable Object> expected = members(recorded.get("message"));
            expected.remove("Message"); // not part of what the process is given
            expected.put("Read-Only", false);
            ProcessMessage message = ProcessMessage.scheduled(entry);
            assertThat(members(Json.MAPPER.readTree(message.toJson()))).isEqualTo(expected);
            assertThat(message.deepHash() == null).isEqualTo(message.forwardedBy() == null);
        }
    }

    @Test
    void shouldShowAnAnchorThatIsNotTextOnlyWhenAsked() throws Exception {
        DataItem assignment = log().get(1).assignment();
        assertThat(ScheduledEntry.of(null, assignment).assignment().anchor()).isNull();
        assertThat(ScheduledEntry.of(null, assignment, true).assignment().anchor())
                .isEqualTo("_3D6eLnUaaG-5f91t_9cF0S57M9LQIia7C8hsEMGw7I");
    }

    private static List<LogEntry> log() throws MalformedItemException {
        List<LogEntry> log = new ArrayList<>();
        for (JsonNode line : ITEMS.get("items")) {
            JsonNode message = line.get("message");
            DataItem item = message.isNull() ? null : DataItem.parse(Golden.raw(message));
            log.add(new LogEntry(item, DataItem.parse(Golden.raw(line.get("assignment"))), line));
        }
        return log;
    }

    private static AssignmentItem assignment(Tags tags) {
        return new AssignmentItem(
                Id.parse(tags.firstOr("Process", "")),
                Long.parseLong(tags.firstOr("Nonce", "")),
                Id.parse(tags.firstOr("Hash-Chain", "")),
                Long.parseLong(tags.firstOr("Block-Height", "")),
                Long.parseLong(tags.firstOr("Timestamp", "")),
                Id.parseOrNull(tags.first("Message")),
                tags.all("Exclude"));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> members(JsonNode object) {
        return Json.MAPPER.treeToValue(object, Map.class);
    }

    private static String text(JsonNode node, String name) {
        return node.get(name).stringValue();
    }
}
