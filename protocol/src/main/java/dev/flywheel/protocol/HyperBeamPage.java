package dev.flywheel.protocol;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A page of a process's log in the form of HyperBEAM nodes ({@code application/aos-2}): what they
 * answer for a schedule, and what they post to a compute unit with exactly one edge. Immutable.
 *
 * <p>The form differs from that of scheduler units: members begin with capitals, what is absent is
 * the empty string, an owner is an address with its key beside it, an assignment has {@code Slot}
 * for {@code Nonce}, and cursors are numbers. Entries come out of here in the form of scheduler
 * units.
 *
 * @param entries in order
 * @param hasNextPage whether more follow
 * @param timestamp the node's clock in milliseconds; 0 where it has none
 * @param blockHeight height of the base layer as the node knows it; 0 where it does not
 */
public record HyperBeamPage(
        List<ScheduledEntry> entries, boolean hasNextPage, long timestamp, long blockHeight) {
    /** An RSA key or signature of 4096 bits has 683, 684 with padding. */
    private static final int KEY_CHARS_MAX = 1024;

    public HyperBeamPage {
        entries = List.copyOf(entries);
    }

    /**
     * Reads a page. One that is a JSON string holding JSON is read as what it holds: some versions
     * answer so.
     *
     * @throws MalformedJsonException if it is none, or holds more than {@link
     *     ProtocolLimits#PAGE_ENTRIES_MAX} entries
     */
    public static HyperBeamPage parse(byte[] json) throws MalformedJsonException {
        JsonNode page = JsonFields.parse(json, "HyperBEAM's page");
        if (page.isString()) {
            try {
                page = Json.DOCUMENTS.readTree(page.stringValue());
            } catch (JacksonException e) {
                throw new MalformedJsonException(
                        "HyperBEAM's page is a string without JSON: " + e.getOriginalMessage(), e);
            }
        }
        JsonNode edges = page.path("edges");
        if (!edges.isArray() || edges.size() > ProtocolLimits.PAGE_ENTRIES_MAX) {
            throw new MalformedJsonException(
                    "HyperBEAM's page has no array \"edges\" of at most "
                            + ProtocolLimits.PAGE_ENTRIES_MAX
                            + " entries");
        }
        List<ScheduledEntry> entries = new ArrayList<>(edges.size());
        for (JsonNode edge : edges) {
            entries.add(entry(edge.path("node")));
        }
        JsonNode info = page.path("page_info");
        return new HyperBeamPage(
                entries,
                info.path("has_next_page").asString("false").equals("true"),
                numberOrZero(info.path("timestamp")),
                numberOrZero(info.path("block-height")));
    }

    /** Whether an entry came from a HyperBEAM scheduler, which gives slots. */
    public static boolean isOfNode(ScheduledEntry entry) {
        return entry.assignment().tags().has("Slot");
    }

    /**
     * Whether the node says that this entry was removed as a duplicate: it counts in the log and is
     * not evaluated.
     */
    public static boolean isSkipped(ScheduledEntry entry) {
        return "true".equalsIgnoreCase(entry.assignment().tags().first("Skip"));
    }

    /** The tags in an array of names and values; what else stands beside these is dropped. */
    public static Tags tags(JsonNode array) {
        List<Tag> tags = new ArrayList<>(array.size());
        for (JsonNode tag : array) {
            if (tag.path("name").isString()) {
                tags.add(new Tag(tag.path("name").stringValue(), text(tag.path("value"))));
            }
        }
        return Tags.of(tags);
    }

    /** A process's tags are text: of an object or a list that is its JSON. */
    private static String text(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        return value.isContainer() ? value.toString() : value.asString("");
    }

    private static ScheduledEntry entry(JsonNode node) throws MalformedJsonException {
        JsonNode assignment = node.path("assignment");
        if (!assignment.isObject()) {
            throw new MalformedJsonException("HyperBEAM's edge has no member \"assignment\"");
        }
        JsonNode message = node.path("message");
        Tags facts = tags(assignment.path("Tags"));
        String slot = facts.first("Slot");
        if (!facts.has("Nonce") && slot != null) {
            facts = facts.with("Nonce", slot);
        }
        if (!facts.has("Block-Height")) {
            facts = facts.with("Block-Height", "0");
        }
        String id = textOrNull(message, "Id");
        boolean onlyId = isOnlyId(message);
        if (onlyId && id != null && !facts.has("Message")) {
            facts = facts.with("Message", id);
        }
        return new ScheduledEntry(
                onlyId ? null : message(message),
                new ScheduledEntry.AssignmentPart(
                        // What a duplicate is in the log as; its own id is of the node's making.
                        facts.firstOr("Original-Assignment-Id", JsonFields.text(assignment, "Id")),
                        owner(assignment),
                        facts,
                        textOrNull(assignment, "Signature"),
                        textOrNull(assignment, "Anchor")));
    }

    /** An assignment of an item that is on chain: whoever evaluates it fetches the rest. */
    private static boolean isOnlyId(JsonNode message) throws MalformedJsonException {
        return message.path("Tags").isEmpty()
                && textOrNull(message, "Owner") == null
                && textOrNull(message, "Signature") == null
                && textOrNull(message, "Data") == null;
    }

    private static ScheduledEntry.MessagePart message(JsonNode node) throws MalformedJsonException {
        String target = textOrNull(node, "Target");
        JsonNode data = node.path("Data");
        return new ScheduledEntry.MessagePart(
                JsonFields.text(node, "Id"),
                owner(node),
                data.isMissingNode() || data.isNull() ? null : text(data),
                tags(node.path("Tags")),
                textOrNull(node, "Signature"),
                textOrNull(node, "Anchor"),
                target == null ? "" : target);
    }

    /** Keys come in base64url, or, from messages that a node signed, in base64 with padding. */
    private static Owner owner(JsonNode node) throws MalformedJsonException {
        String address = textOrNull(node, "Owner");
        String key = textOrNull(node, "PublicKey");
        if (key != null && key.length() <= KEY_CHARS_MAX) {
            key = key.replace('+', '-').replace('/', '_').replaceAll("=+$", "");
        }
        return new Owner(address == null ? "" : address, key);
    }

    /** Nodes write the empty string for what is not there. */
    private static @Nullable String textOrNull(JsonNode object, String name)
            throws MalformedJsonException {
        String text = JsonFields.textOrNull(object, name);
        return text == null || text.isEmpty() ? null : text;
    }

    private static long numberOrZero(JsonNode value) {
        try {
            return Long.parseLong(value.asString("0"));
        } catch (NumberFormatException e) {
            return 0; // a node without a chain has texts there; its entries carry their own
        }
    }
}
