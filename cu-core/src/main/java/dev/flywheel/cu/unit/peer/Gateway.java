package dev.flywheel.cu.unit.peer;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.Owner;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What a gateway is asked, with the queries that the reference sends. Blocks. Thread-safe. */
public final class Gateway {
    private static final String ITEM_QUERY =
            """
            query GetProcesses ($processIds: [ID!]! $skipTags: Boolean! $skipSignature: Boolean! $skipAnchor: Boolean!) {
              transactions(ids: $processIds) { edges { node {
                id signature @skip (if: $skipSignature) anchor @skip (if: $skipAnchor)
                owner { address key } tags @skip (if: $skipTags) { name value } recipient } } } }""";

    private static final String LOCATION_QUERY =
            """
            query GetSchedulerLocation ($owner: String!) {
              transactions (owners: [$owner], tags: [
                { name: "Data-Protocol", values: ["ao"] }, { name: "Type", values: ["Scheduler-Location"] } ],
                sort: HEIGHT_DESC, first: 1) { edges { node { tags { name value } } } } }""";

    private static final String BLOCKS_QUERY =
            """
            query GetBlocks($min: Int!, $limit: Int!) {
              blocks(height: { min: $min }, first: $limit, sort: HEIGHT_ASC) {
                pageInfo { hasNextPage } edges { node { timestamp height } } } }""";

    private static final String ERROR = "Error Encountered when loading from gateway";

    private final String base;
    private final Peers peers;

    /**
     * An item as a gateway describes it; what was not asked for is null or empty.
     *
     * @param recipient the target, or the empty string
     */
    public record Item(
            String id,
            @Nullable String signature,
            @Nullable String anchor,
            Owner owner,
            Tags tags,
            String recipient) {}

    /** A block: its time in milliseconds, which on the chain has whole seconds. */
    public record Block(long height, long timestamp) {}

    /** A part of the chain in order. */
    public record Blocks(List<Block> blocks, boolean hasNextPage) {
        public Blocks {
            blocks = List.copyOf(blocks);
        }
    }

    public Gateway(URI base, Peers peers) {
        this.base = base.toString().replaceAll("/+$", "");
        this.peers = peers;
    }

    /** An item with all its fields. */
    public Item item(Id id) {
        return item(id.toString(), List.of());
    }

    /**
     * An item.
     *
     * @param exclude fields that are not asked for: Tags, Signature, Anchor; others are ignored
     * @throws StatusException 500 in the reference's words when there is none
     */
    public Item item(String id, List<String> exclude) {
        Map<String, Object> variables = new LinkedHashMap<>();
        variables.put("processIds", List.of(id));
        variables.put("skipTags", exclude.contains("Tags"));
        variables.put("skipSignature", exclude.contains("Signature"));
        variables.put("skipAnchor", exclude.contains("Anchor"));
        JsonNode node = query(ITEM_QUERY, variables).at("/transactions/edges/0/node");
        if (!node.isObject()) {
            throw new StatusException(500, "Gateway returned no transaction for '" + id + "'");
        }
        JsonNode owner = node.path("owner");
        return new Item(
                id,
                node.path("signature").stringValue(null),
                node.path("anchor").stringValue(null),
                new Owner(
                        owner.path("address").stringValue(""), owner.path("key").stringValue(null)),
                tags(node.path("tags")),
                node.path("recipient").stringValue(""));
    }

    /** The newest Scheduler-Location tags of a wallet, or null. */
    public @Nullable Tags schedulerLocation(String owner) {
        JsonNode node =
                query(LOCATION_QUERY, Map.of("owner", owner)).at("/transactions/edges/0/node");
        return node.isObject() ? tags(node.path("tags")) : null;
    }

    /** Blocks from a height on. */
    public Blocks blocks(long minHeight) {
        JsonNode blocks =
                query(BLOCKS_QUERY, Map.of("min", minHeight, "limit", UnitLimits.BLOCKS_A_QUERY))
                        .path("blocks");
        List<Block> read = new ArrayList<>();
        for (JsonNode edge : blocks.path("edges")) {
            JsonNode node = edge.path("node");
            read.add(
                    new Block(
                            node.path("height").asLong(0),
                            node.path("timestamp").asLong(0) * 1_000));
        }
        return new Blocks(read, blocks.at("/pageInfo/hasNextPage").booleanValue(false));
    }

    /**
     * The data of an item, or null when the gateway has none.
     *
     * @throws StatusException 413 when it is longer than {@code bytesMax}
     */
    public byte @Nullable [] data(String id, long bytesMax) {
        byte[] data =
                peers.loadOrNull(
                        ERROR,
                        new Call("GET", URI.create(base + "/raw/" + id), Map.of(), new byte[0]));
        if (data != null && data.length > bytesMax) {
            throw new StatusException(
                    413,
                    "data of %s has %d bytes, this unit takes at most %d"
                            .formatted(id, data.length, bytesMax));
        }
        return data;
    }

    private JsonNode query(String query, Map<String, Object> variables) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("query", query);
        request.put("variables", variables);
        byte[] body =
                peers.load(
                        ERROR,
                        Call.post(
                                base + "/graphql",
                                "application/json",
                                Json.MAPPER.writeValueAsBytes(request)));
        try {
            JsonNode data = Json.MAPPER.readTree(body).path("data");
            if (data.isObject()) {
                return data;
            }
        } catch (JacksonException e) {
            throw unusable("is not JSON: " + e.getOriginalMessage());
        }
        throw unusable(
                "has no data: "
                        + Peers.brief(new String(body, java.nio.charset.StandardCharsets.UTF_8)));
    }

    private StatusException unusable(String why) {
        return new StatusException(502, ERROR + ": answer of " + base + "/graphql " + why);
    }

    private static Tags tags(JsonNode array) {
        List<Tag> tags = new ArrayList<>();
        for (JsonNode tag : array) {
            tags.add(new Tag(tag.path("name").stringValue(""), tag.path("value").stringValue("")));
        }
        return Tags.of(tags);
    }
}
