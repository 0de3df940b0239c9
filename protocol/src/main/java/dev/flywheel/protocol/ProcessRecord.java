package dev.flywheel.protocol;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a scheduler tells about a process.
 *
 * @param processId the process
 * @param blockHeight height of the base layer when it was scheduled
 * @param owner the signer of its item
 * @param tags the item's tags
 * @param timestamp time of scheduling in milliseconds since 1970
 * @param data the item's data; null when it is not text
 * @param anchor the item's anchor; null when it is absent or not text
 * @param signature base64url of the item's signature; null where a scheduler does not give it
 * @param target the item's target, or null
 */
public record ProcessRecord(
        Id processId,
        long blockHeight,
        Owner owner,
        Tags tags,
        long timestamp,
        @Nullable String data,
        @Nullable String anchor,
        @Nullable String signature,
        @Nullable String target) {

    /** The record of a process item that was scheduled at this time. */
    public static ProcessRecord of(DataItem process, long blockHeight, long timestamp) {
        Id target = process.target();
        return new ProcessRecord(
                process.id(),
                blockHeight,
                Owner.of(process),
                process.tags(),
                timestamp,
                process.dataTextOrNull(),
                process.anchorText(),
                Base64Url.encode(process.signature()),
                target == null ? null : target.toString());
    }

    /** The record of a process from its own entry; null when the entry is not the process's. */
    public static @Nullable ProcessRecord of(ScheduledEntry entry) {
        ScheduledEntry.MessagePart item = entry.message();
        if (item == null || !item.id().equals(entry.processId().toString())) {
            return null;
        }
        return new ProcessRecord(
                entry.processId(),
                entry.blockHeight(),
                item.owner(),
                item.tags(),
                entry.timestamp(),
                item.data(),
                item.anchor(),
                item.signature(),
                item.target().isEmpty() ? null : item.target());
    }

    /**
     * Reads a process document of a scheduler.
     *
     * @throws MalformedJsonException if it is none
     */
    public static ProcessRecord parse(byte[] json) throws MalformedJsonException {
        JsonNode node = JsonFields.parse(json, "The scheduler's process record");
        String id = JsonFields.text(node, "process_id");
        Id processId = Id.parseOrNull(id);
        if (processId == null) {
            throw new MalformedJsonException("member \"process_id\" is no id: " + id);
        }
        return new ProcessRecord(
                processId,
                JsonFields.integer(node, "block"),
                Owner.read(node.path("owner")),
                JsonFields.tags(node, "tags"),
                JsonFields.integer(node, "timestamp"),
                JsonFields.textOrNull(node, "data"),
                JsonFields.textOrNull(node, "anchor"),
                JsonFields.textOrNull(node, "signature"),
                JsonFields.textOrNull(node, "target"));
    }

    /** The document. */
    public byte[] toJson() {
        JsonText json = new JsonText(4096).beginObject();
        json.name("process_id").string(processId.toString());
        json.name("block").string(AssignmentItem.blockHeightText(blockHeight));
        json.name("owner");
        owner.write(json);
        json.name("tags").tags(tags).name("timestamp").number(timestamp);
        json.name("data").string(data).name("anchor").string(anchor);
        json.name("signature").string(signature).name("target").string(target);
        return json.endObject().toByteArray();
    }
}
