package dev.flywheel.protocol;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One entry of a process's log as schedulers serve it: the assignment, and the message unless only
 * its id was assigned. Immutable.
 *
 * <p>Numbers are read from the assignment's tags by name: stored assignments differ in their order.
 * Data and anchors are text, so binary data has lost bytes here.
 */
public final class ScheduledEntry {
    private final @Nullable MessagePart message;
    private final AssignmentPart assignment;
    private final Id processId;
    private final long epoch;
    private final long nonce;
    private final long timestamp;
    private final long blockHeight;

    /**
     * The message of an entry.
     *
     * @param id the item's id
     * @param owner the item's signer
     * @param data the data as text; null where a scheduler does not show it
     * @param tags the item's tags
     * @param signature base64url of the signature; null where a scheduler does not give it
     * @param anchor the anchor as text; null when it is absent or not UTF-8
     * @param target the target's id, or the empty string
     */
    public record MessagePart(
            String id,
            Owner owner,
            @Nullable String data,
            Tags tags,
            @Nullable String signature,
            @Nullable String anchor,
            String target) {}

    /**
     * The assignment of an entry.
     *
     * @param id the assignment item's id
     * @param owner the scheduler
     * @param tags the assignment's tags
     * @param signature base64url of the signature; null where a scheduler does not give it
     * @param anchor the anchor as text; null when it is absent or not UTF-8
     */
    public record AssignmentPart(
            String id,
            Owner owner,
            Tags tags,
            @Nullable String signature,
            @Nullable String anchor) {}

    /**
     * An entry of these parts.
     *
     * @throws MalformedJsonException if a tag that every assignment has is missing or no number
     */
    public ScheduledEntry(@Nullable MessagePart message, AssignmentPart assignment)
            throws MalformedJsonException {
        this.message = message;
        this.assignment = assignment;
        Tags tags = assignment.tags();
        Id process = Id.parseOrNull(tags.first("Process"));
        if (process == null) {
            throw new MalformedJsonException(
                    "assignment " + assignment.id() + " has no Process tag with an id");
        }
        this.processId = process;
        String epochText = tags.first("Epoch");
        this.epoch = epochText == null ? 0 : JsonFields.decimal(epochText, "Epoch");
        this.nonce = JsonFields.decimal(tags.first("Nonce"), "Nonce");
        this.timestamp = JsonFields.decimal(tags.first("Timestamp"), "Timestamp");
        this.blockHeight = JsonFields.decimal(tags.first("Block-Height"), "Block-Height");
    }

    /**
     * The entry of a scheduled message, or of an assigned id.
     *
     * @param message the message; null when only its id is assigned
     * @throws MalformedJsonException if the assignment lacks a tag
     */
    public static ScheduledEntry of(@Nullable DataItem message, DataItem assignment)
            throws MalformedJsonException {
        return of(message, assignment, false);
    }

    /**
     * As {@link #of(DataItem, DataItem)}; optionally with an assignment anchor that is not UTF-8 as
     * base64url, which a scheduler gives when asked to ({@code show-anchor}).
     *
     * @throws MalformedJsonException if the assignment lacks a tag
     */
    public static ScheduledEntry of(
            @Nullable DataItem message, DataItem assignment, boolean showAnchor)
            throws MalformedJsonException {
        String anchor = assignment.anchorText();
        byte[] anchorBytes = assignment.anchor();
        if (anchor == null && showAnchor && anchorBytes != null) {
            anchor = Base64Url.encode(anchorBytes);
        }
        AssignmentPart assignmentPart =
                new AssignmentPart(
                        assignment.id().toString(),
                        Owner.of(assignment),
                        assignment.tags(),
                        Base64Url.encode(assignment.signature()),
                        anchor);
        // Only a process's own assignment names no message.
        boolean ofProcess = !assignment.tags().has("Message");
        return new ScheduledEntry(
                message == null ? null : messagePart(message, ofProcess), assignmentPart);
    }

    private static MessagePart messagePart(DataItem message, boolean isProcess) {
        // A process's data is shown only when it is text; a message's data always is, with
        // replacement characters.
        String data = isProcess ? message.dataTextOrNull() : message.dataText();
        Id target = message.target();
        return new MessagePart(
                message.id().toString(),
                Owner.of(message),
                data,
                message.tags(),
                Base64Url.encode(message.signature()),
                message.anchorText(),
                target == null ? "" : target.toString());
    }

    /**
     * Reads a message document of a scheduler.
     *
     * @throws MalformedJsonException if it is none
     */
    public static ScheduledEntry parse(byte[] json) throws MalformedJsonException {
        return read(JsonFields.parse(json, "The scheduler's message"));
    }

    /**
     * Reads a message document that was parsed.
     *
     * @throws MalformedJsonException if it is none
     */
    public static ScheduledEntry read(JsonNode node) throws MalformedJsonException {
        JsonNode assignment = node.path("assignment");
        if (!assignment.isObject()) {
            throw new MalformedJsonException(
                    "the scheduler's message has no member \"assignment\"");
        }
        JsonNode message = node.path("message");
        return new ScheduledEntry(
                message.isObject() ? readMessage(message) : null, readAssignment(assignment));
    }

    private static MessagePart readMessage(JsonNode node) throws MalformedJsonException {
        String target = JsonFields.textOrNull(node, "target");
        return new MessagePart(
                JsonFields.text(node, "id"),
                Owner.read(node.path("owner")),
                JsonFields.textOrNull(node, "data"),
                JsonFields.tags(node, "tags"),
                JsonFields.textOrNull(node, "signature"),
                JsonFields.textOrNull(node, "anchor"),
                target == null ? "" : target);
    }

    private static AssignmentPart readAssignment(JsonNode node) throws MalformedJsonException {
        return new AssignmentPart(
                JsonFields.text(node, "id"),
                Owner.read(node.path("owner")),
                JsonFields.tags(node, "tags"),
                JsonFields.textOrNull(node, "signature"),
                JsonFields.textOrNull(node, "anchor"));
    }

    /** The message, or null when only its id was assigned. */
    public @Nullable MessagePart message() {
        return message;
    }

    /** The assignment. */
    public AssignmentPart assignment() {
        return assignment;
    }

    /** The process whose log this is, from the assignment. */
    public Id processId() {
        return processId;
    }

    /**
     * The id of the message: the item's, else the assignment's Message tag, else the process itself
     * (its own assignment names no message).
     */
    public String messageId() {
        return message != null
                ? message.id()
                : assignment.tags().firstOr("Message", processId.toString());
    }

    /** The epoch, always 0 so far. */
    public long epoch() {
        return epoch;
    }

    /** Position in the log. */
    public long nonce() {
        return nonce;
    }

    /** Time of scheduling in milliseconds since 1970. */
    public long timestamp() {
        return timestamp;
    }

    /** Height of the base layer at scheduling. */
    public long blockHeight() {
        return blockHeight;
    }

    /** The chain value, or null when the assignment has none. */
    public @Nullable String hashChain() {
        return assignment.tags().first("Hash-Chain");
    }

    /** Names of the fields that an assigned transaction is loaded without; usually empty. */
    public List<String> exclude() {
        return assignment.tags().all("Exclude");
    }

    /** The document. */
    public byte[] toJson() {
        JsonText json = new JsonText(4096);
        write(json);
        return json.toByteArray();
    }

    /** Writes the document as one value. */
    public void write(JsonText json) {
        json.beginObject().name("message");
        if (message == null) {
            json.nullValue();
        } else {
            json.beginObject().name("id").string(message.id()).name("owner");
            message.owner().write(json);
            json.name("data").string(message.data()).name("tags").tags(message.tags());
            json.name("signature")
                    .string(message.signature())
                    .name("anchor")
                    .string(message.anchor());
            json.name("target").string(message.target()).endObject();
        }
        json.name("assignment").beginObject().name("id").string(assignment.id()).name("owner");
        assignment.owner().write(json);
        json.name("tags").tags(assignment.tags()).name("signature").string(assignment.signature());
        json.name("anchor")
                .string(assignment.anchor())
                .name("target")
                .string("")
                .endObject()
                .endObject();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ScheduledEntry entry
                && Objects.equals(message, entry.message)
                && assignment.equals(entry.assignment);
    }

    @Override
    public int hashCode() {
        return assignment.hashCode();
    }

    @Override
    public String toString() {
        return "ScheduledEntry[process="
                + processId
                + ", nonce="
                + nonce
                + ", message="
                + messageId()
                + "]";
    }
}
