package dev.flywheel.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The message that a process is given: the first argument of {@code handle}.
 *
 * @param kind where it comes from; decides {@code Cron}, {@code Read-Only} and how nulls are
 *     written
 * @param id the message's id; null for a cron tick
 * @param signature base64url of the signature
 * @param data the data as text
 * @param owner the signer's address as processes see it
 * @param target the process; the transaction's recipient for an assigned one
 * @param anchor the anchor as text
 * @param from the sender: the first From-Process tag that is not empty, else the owner
 * @param forwardedBy the owner where a From-Process tag exists, else null
 * @param tags all tags; those named From and Owner are left out only in the JSON
 * @param epoch null for a cron tick
 * @param nonce null for a cron tick
 * @param timestamp milliseconds since 1970
 * @param blockHeight height of the base layer
 * @param hashChain null for a cron tick
 */
public record ProcessMessage(
        Kind kind,
        @Nullable String id,
        @Nullable String signature,
        @Nullable String data,
        @Nullable String owner,
        @Nullable String target,
        @Nullable String anchor,
        @Nullable String from,
        @Nullable String forwardedBy,
        Tags tags,
        @Nullable Long epoch,
        @Nullable Long nonce,
        long timestamp,
        long blockHeight,
        @Nullable String hashChain) {

    /** Room for a message of ordinary size: a signature of 683 characters and a few tags. */
    private static final int JSON_BYTES = 2048;

    /** Where a message comes from. */
    public enum Kind {
        /** An item of the log. Its nulls are written. */
        SCHEDULED,
        /** A transaction whose id was assigned. What was not loaded is left out. */
        ASSIGNED,
        /** A tick of a process's cron tags. */
        CRON,
        /** A question that leaves nothing behind. What the asker did not give is left out. */
        DRY_RUN
    }

    /**
     * The message of an entry of the log.
     *
     * @throws IllegalArgumentException if only an id is assigned by the entry: its fields must be
     *     loaded first, see {@link #assigned}
     */
    public static ProcessMessage scheduled(ScheduledEntry entry) {
        ScheduledEntry.MessagePart part = entry.message();
        if (part == null) {
            throw new IllegalArgumentException(
                    "Entry "
                            + entry.nonce()
                            + " of process "
                            + entry.processId()
                            + " assigns "
                            + entry.messageId()
                            + "; load its fields first");
        }
        String owner = part.owner().aoAddress();
        return new ProcessMessage(
                Kind.SCHEDULED,
                part.id(),
                part.signature(),
                part.data(),
                owner,
                entry.processId().toString(),
                part.anchor(),
                sender(part.tags(), owner),
                part.tags().has("From-Process") ? owner : null,
                part.tags(),
                entry.epoch(),
                entry.nonce(),
                entry.timestamp(),
                entry.blockHeight(),
                entry.hashChain());
    }

    /**
     * The message of an entry that assigns an id, with what was loaded of it.
     *
     * @param entry the entry
     * @param loaded the fields; null where excluded. {@link ScheduledEntry.MessagePart#data} is the
     *     raw body as text
     */
    public static ProcessMessage assigned(ScheduledEntry entry, ScheduledEntry.MessagePart loaded) {
        String owner = loaded.owner().aoAddress();
        return new ProcessMessage(
                Kind.ASSIGNED,
                entry.messageId(),
                loaded.signature(),
                loaded.data(),
                owner,
                loaded.target(),
                loaded.anchor(),
                sender(loaded.tags(), owner),
                null, // the reference sets it only for messages that a scheduler holds
                loaded.tags(),
                entry.epoch(),
                entry.nonce(),
                entry.timestamp(),
                entry.blockHeight(),
                entry.hashChain());
    }

    /**
     * A tick of a process's cron tags, which looks like a message of the process's owner.
     *
     * @param tags the tags of this tick's interval
     */
    public static ProcessMessage cron(
            String processOwner, Id process, Tags tags, long timestamp, long blockHeight) {
        return new ProcessMessage(
                Kind.CRON,
                null,
                null,
                null,
                processOwner,
                process.toString(),
                null,
                processOwner,
                null,
                tags,
                null,
                null,
                timestamp,
                blockHeight,
                null);
    }

    /** The first From-Process tag if it is not empty, else the owner. */
    public static String sender(Tags tags, String owner) {
        String fromProcess = tags.first("From-Process");
        return fromProcess == null || fromProcess.isEmpty() ? owner : fromProcess;
    }

    /**
     * The hash by which a forwarded message is recognised when it comes again; null for one that is
     * not forwarded, and for one of which no item can be made (an anchor that is not 32 bytes),
     * which is never a duplicate.
     */
    public @Nullable String deepHash() {
        Id to = Id.parseOrNull(target);
        if (forwardedBy == null || to == null) {
            return null;
        }
        try {
            return DeepHash.forComputeUnit(
                    data == null ? "" : data, tags, to, anchor == null ? "" : anchor);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The text that is given to the process, with the keys in the reference's order. */
    public byte[] toJson() {
        int room = data == null ? 0 : data.length();
        JsonText json = new JsonText(JSON_BYTES + room).beginObject();
        if (id != null) {
            json.name("Id").string(id);
        }
        nullable(json, "Signature", signature);
        nullable(json, "Data", data);
        optional(json, "Owner", owner);
        optional(json, "Target", target);
        nullable(json, "Anchor", anchor);
        optional(json, "From", from);
        optional(json, "Forwarded-By", forwardedBy);
        // A process trusts these two names, so nobody may bring them along.
        json.name("Tags").tags(tags.without("From", "Owner"));
        optional(json, "Epoch", epoch);
        optional(json, "Nonce", nonce);
        json.name("Timestamp").number(timestamp).name("Block-Height").number(blockHeight);
        optional(json, "Hash-Chain", hashChain);
        json.name("Cron").bool(kind == Kind.CRON).name("Read-Only").bool(kind == Kind.DRY_RUN);
        return json.endObject().toByteArray();
    }

    private void nullable(JsonText json, String name, @Nullable String value) {
        if (value != null || kind == Kind.SCHEDULED) {
            json.name(name).string(value);
        }
    }

    private static void optional(JsonText json, String name, @Nullable String value) {
        if (value != null) {
            json.name(name).string(value);
        }
    }

    private static void optional(JsonText json, String name, @Nullable Long value) {
        if (value != null) {
            json.name(name).number(value);
        }
    }
}
