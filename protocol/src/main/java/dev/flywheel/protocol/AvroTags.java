package dev.flywheel.protocol;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The tag block of an item: an Avro array of {@code {name: string, value: string}} without
 * container.
 *
 * <p>A block is a count (zig-zag varint) and as many records; a negative count is followed by the
 * block's size in bytes. A zero count ends the array. What the reference reads but no writer
 * produces (a wrong block size, a missing end, bytes after the end) is refused: two readers would
 * see different tags under one signature.
 */
final class AvroTags {
    private final byte[] bytes;
    private final int end;
    private int position;

    private AvroTags(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.position = offset;
        this.end = offset + length;
    }

    static Tags decode(byte[] bytes, int offset, int length) throws MalformedItemException {
        if (length == 0) {
            return Tags.EMPTY;
        }
        if (length > ProtocolLimits.TAG_BYTES_MAX) {
            throw new MalformedItemException(
                    "invalid tag encoding: tagBytes="
                            + length
                            + " exceeds "
                            + ProtocolLimits.TAG_BYTES_MAX);
        }
        return Tags.of(new AvroTags(bytes, offset, length).readArray());
    }

    private List<Tag> readArray() throws MalformedItemException {
        List<Tag> tags = new ArrayList<>();
        for (long count = readLong(); count != 0; count = readLong()) {
            int blockEnd = -1;
            if (count < 0) {
                long size = readLong();
                if (size < 0 || size > end - position) {
                    throw malformed("block size " + size);
                }
                blockEnd = position + (int) size;
                count = -count;
            }
            // A record takes two bytes at least, so a count that the rest cannot hold is refused
            // before any work.
            if (count < 0 || count > (end - position) / 2) {
                throw malformed("block count " + count);
            }
            for (long i = 0; i < count; i++) {
                tags.add(new Tag(readText(), readText()));
            }
            if (blockEnd >= 0 && blockEnd != position) {
                throw malformed("block size that does not match its records");
            }
        }
        if (position != end) {
            throw malformed((end - position) + " bytes after the end of the array");
        }
        return tags;
    }

    private String readText() throws MalformedItemException {
        long length = readLong();
        if (length < 0 || length > end - position) {
            throw malformed("text length " + length);
        }
        // The one empty text is shared: two bytes of input must not make two objects.
        String text = length == 0 ? "" : Utf8.decodeLossy(bytes, position, (int) length);
        position += (int) length;
        return text;
    }

    private long readLong() throws MalformedItemException {
        long value = 0;
        for (int i = 0; i < ProtocolLimits.VARINT_BYTES_MAX; i++) {
            if (position >= end) {
                throw malformed("end of the tag block inside a number");
            }
            byte b = bytes[position++];
            value |= (long) (b & 0x7F) << (7 * i);
            if (b >= 0) {
                if (i == ProtocolLimits.VARINT_BYTES_MAX - 1 && b > 1) {
                    throw malformed("number beyond 64 bits");
                }
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw malformed("number beyond 64 bits");
    }

    private MalformedItemException malformed(String what) {
        return new MalformedItemException(
                "invalid tag encoding: " + what + " (tag block position=" + position + ")");
    }

    /**
     * Encodes in one block; a limit of zero means none, for hashes over tags that were accepted
     * already.
     */
    static byte[] encode(Tags tags, int bytesMax) {
        if (tags.isEmpty()) {
            return new byte[0];
        }
        ByteArrayOutputStream block = new ByteArrayOutputStream(256);
        writeLong(block, tags.size());
        for (Tag tag : tags) {
            writeText(block, tag.name());
            writeText(block, tag.value());
            if (bytesMax != 0 && block.size() >= bytesMax) {
                throw new IllegalArgumentException(
                        "Too many tag bytes: the encoded tags exceed " + bytesMax + " bytes");
            }
        }
        writeLong(block, 0);
        return block.toByteArray();
    }

    private static void writeLong(ByteArrayOutputStream out, long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        while ((zigzag & ~0x7FL) != 0) {
            out.write((int) ((zigzag & 0x7F) | 0x80));
            zigzag >>>= 7;
        }
        out.write((int) zigzag);
    }

    private static void writeText(ByteArrayOutputStream out, String text) {
        byte[] utf8 = Utf8.encode(text);
        writeLong(out, utf8.length);
        out.writeBytes(utf8);
    }
}
