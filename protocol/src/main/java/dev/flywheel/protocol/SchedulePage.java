package dev.flywheel.protocol;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * One page of a process's log.
 *
 * @param hasNextPage whether more entries follow; never true without edges, a reader would start
 *     over for ever
 * @param edges the entries in order
 */
public record SchedulePage(boolean hasNextPage, List<Edge> edges) {
    /**
     * Room for an entry with a small message: two owners and two signatures of 683 characters each,
     * and tags.
     */
    private static final int ENTRY_JSON_BYTES = 5000;

    /**
     * An entry and where it stands.
     *
     * @param node the entry
     * @param cursor its timestamp, or its nonce when the page was asked for by nonce
     */
    public record Edge(ScheduledEntry node, String cursor) {}

    /** Copies the list. */
    public SchedulePage {
        edges = List.copyOf(edges);
    }

    /**
     * Reads a page.
     *
     * @throws MalformedJsonException if it is none, or holds more than {@link
     *     ProtocolLimits#PAGE_ENTRIES_MAX} entries
     */
    public static SchedulePage parse(byte[] json) throws MalformedJsonException {
        JsonNode page = JsonFields.parse(json, "The scheduler's page");
        JsonNode edges = page.path("edges");
        if (!edges.isArray() || edges.size() > ProtocolLimits.PAGE_ENTRIES_MAX) {
            throw new MalformedJsonException(
                    "the scheduler's page has no array \"edges\" of at most "
                            + ProtocolLimits.PAGE_ENTRIES_MAX
                            + " entries");
        }
        List<Edge> read = new ArrayList<>(edges.size());
        for (JsonNode edge : edges) {
            read.add(
                    new Edge(
                            ScheduledEntry.read(edge.path("node")),
                            JsonFields.text(edge, "cursor")));
        }
        return new SchedulePage(
                page.path("page_info").path("has_next_page").booleanValue(false), read);
    }

    /** The document. */
    public byte[] toJson() {
        JsonText json = begin(hasNextPage, edges.size());
        for (Edge edge : edges) {
            json.beginObject().name("node");
            edge.node().write(json);
            json.name("cursor").string(edge.cursor()).endObject();
        }
        return json.endArray().endObject().toByteArray();
    }

    /**
     * The document from entries whose JSON is at hand.
     *
     * @param nodes the documents of {@link ScheduledEntry#toJson}
     * @param cursors as many cursors
     */
    public static byte[] toJson(boolean hasNextPage, List<byte[]> nodes, List<String> cursors) {
        JsonText json = begin(hasNextPage, nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            json.beginObject().name("node").raw(nodes.get(i));
            json.name("cursor").string(cursors.get(i)).endObject();
        }
        return json.endArray().endObject().toByteArray();
    }

    private static JsonText begin(boolean hasNextPage, int edges) {
        JsonText json = new JsonText(64 + Math.min(edges, 1000) * ENTRY_JSON_BYTES);
        json.beginObject().name("page_info").beginObject();
        json.name("has_next_page").bool(hasNextPage).endObject();
        return json.name("edges").beginArray();
    }
}
