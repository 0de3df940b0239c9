package dev.flywheel.scheduler.log;

import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.MalformedItemException;
import dev.flywheel.protocol.MalformedJsonException;
import dev.flywheel.protocol.ScheduledEntry;
import dev.flywheel.protocol.Tags;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a process's log, as the journal keeps it: the signed assignment and the item, byte
 * for byte. Immutable.
 *
 * <pre>
 * | version 1 | deep hash 0/48, its length 1 | deep hash | assignment length 4 | assignment | item ... |
 * </pre>
 *
 * No item means that only its id was assigned. Numbers are little-endian.
 */
public final class LogEntry {
    private static final byte VERSION = 1;
    private static final int DEEP_HASH_BYTES = 48;
    private static final int HEADER_BYTES = 2;

    private final DataItem assignment;
    private final @Nullable DataItem item;
    private final byte @Nullable [] deepHash;
    private final Id processId;
    private final @Nullable Id messageTag;
    private final long nonce;
    private final long timestamp;
    private final long blockHeight;
    private final Id hashChain;

    /** What an entry is. */
    public enum Kind {
        /** A process's own first entry. */
        PROCESS(0),
        /** A message, with its item. */
        MESSAGE(1),
        /** An id that was assigned, without the item. */
        ASSIGNED(2);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        static Kind of(int code) {
            return values()[code];
        }
    }

    /**
     * An entry of these parts.
     *
     * @param deepHash 48 bytes by which a pushed message is known again, or null
     * @throws IllegalArgumentException if the assignment lacks a tag
     */
    public LogEntry(DataItem assignment, @Nullable DataItem item, byte @Nullable [] deepHash) {
        this.assignment = assignment;
        this.item = item;
        this.deepHash = deepHash;
        Tags tags = assignment.tags();
        this.processId = Id.parse(tags.firstOr("Process", ""));
        this.messageTag = Id.parseOrNull(tags.first("Message"));
        this.nonce = Long.parseLong(tags.firstOr("Nonce", ""));
        this.timestamp = Long.parseLong(tags.firstOr("Timestamp", ""));
        this.blockHeight = Long.parseLong(tags.firstOr("Block-Height", ""));
        this.hashChain = Id.parse(tags.firstOr("Hash-Chain", ""));
    }

    /** The journal's record. */
    public byte[] encode() {
        int hashBytes = deepHash == null ? 0 : DEEP_HASH_BYTES;
        int itemBytes = item == null ? 0 : item.size();
        ByteBuffer record =
                ByteBuffer.allocate(HEADER_BYTES + hashBytes + 4 + assignment.size() + itemBytes)
                        .order(ByteOrder.LITTLE_ENDIAN);
        record.put(VERSION).put((byte) hashBytes);
        if (deepHash != null) {
            record.put(deepHash);
        }
        record.putInt(assignment.size()).put(assignment.view());
        if (item != null) {
            record.put(item.view());
        }
        return record.array();
    }

    /**
     * Reads a record, without copying the items.
     *
     * @throws IllegalArgumentException if it is none; its checksum was right, so it was written by
     *     another version
     */
    public static LogEntry decode(byte[] record) {
        ByteBuffer buffer = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        byte version = buffer.get();
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "a record of the journal has version %d, this program reads %d; use the program that wrote it"
                            .formatted(version, VERSION));
        }
        byte[] deepHash = null;
        int hashBytes = buffer.get();
        if (hashBytes != 0) {
            deepHash = new byte[hashBytes];
            buffer.get(deepHash);
        }
        int length = buffer.getInt();
        int at = buffer.position();
        try {
            DataItem assignment = DataItem.parse(record, at, length);
            int itemAt = at + length;
            DataItem item =
                    itemAt == record.length
                            ? null
                            : DataItem.parse(record, itemAt, record.length - itemAt);
            return new LogEntry(assignment, item, deepHash);
        } catch (MalformedItemException e) {
            throw new IllegalArgumentException("a record of the journal holds no item", e);
        }
    }

    public Kind kind() {
        if (messageTag == null) {
            return Kind.PROCESS;
        }
        return item == null ? Kind.ASSIGNED : Kind.MESSAGE;
    }

    public DataItem assignment() {
        return assignment;
    }

    /** The message or process; null when only its id was assigned. */
    public @Nullable DataItem item() {
        return item;
    }

    public byte @Nullable [] deepHash() {
        return deepHash == null ? null : deepHash.clone();
    }

    public Id processId() {
        return processId;
    }

    /** The message's id; for a process's own entry the process. */
    public Id messageId() {
        return messageTag == null ? processId : messageTag;
    }

    public long nonce() {
        return nonce;
    }

    /** Time of scheduling in milliseconds since 1970. */
    public long timestamp() {
        return timestamp;
    }

    public long blockHeight() {
        return blockHeight;
    }

    public Id hashChain() {
        return hashChain;
    }

    /** The entry as it is served. */
    public ScheduledEntry served(boolean showAnchor) {
        try {
            return ScheduledEntry.of(item, assignment, showAnchor);
        } catch (MalformedJsonException e) {
            throw new IllegalStateException("the assignment was checked when it was read", e);
        }
    }
}
