package dev.flywheel.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An ANS-104 data item, read in place: the item keeps the array it was parsed from, and only tags
 * are decoded.
 *
 * <pre>
 * | type 2 | signature | owner | 0/1 target 32? | 0/1 anchor 32? | tag count 8 | tag bytes 8 | tags | data … |
 * </pre>
 *
 * <p>The array must not be changed afterwards. The signature is not checked here, see {@link
 * ItemVerifier}. Immutable, any thread. Stricter than the JavaScript readers where bytes outside
 * the signature could change the meaning: presence bytes are 0 or 1, and the tag count field counts
 * the tags.
 */
public final class DataItem {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int SIGNATURE_OFFSET = 2;

    private final byte[] buffer;
    private final int start;
    private final int end;
    private final SignatureType type;
    private final int ownerOffset;
    private final int targetOffset;
    private final int targetLength;
    private final int anchorOffset;
    private final int anchorLength;
    private final int tagsOffset;
    private final int tagsLength;
    private final Tags tags;
    private final @Nullable Id target;
    private @Nullable Id id; // computed on first use; a race computes the same value twice

    private DataItem(FieldReader reader, byte[] buffer, int start, int end)
            throws MalformedItemException {
        this.buffer = buffer;
        this.start = start;
        this.end = end;
        reader.require(SIGNATURE_OFFSET, "signature type");
        int code = (buffer[start] & 0xFF) | ((buffer[start + 1] & 0xFF) << 8);
        SignatureType known = SignatureType.ofCode(code);
        if (known == null) {
            throw new MalformedItemException("Unknown signature type: " + code);
        }
        this.type = known;
        reader.skip(SIGNATURE_OFFSET, "signature type");
        reader.skip(known.signatureBytes(), "signature");
        this.ownerOffset = reader.skip(known.ownerBytes(), "owner");
        this.targetLength = reader.presence("target") * ProtocolLimits.ID_BYTES;
        this.targetOffset = reader.skip(targetLength, "target");
        this.anchorLength = reader.presence("anchor") * ProtocolLimits.ID_BYTES;
        this.anchorOffset = reader.skip(anchorLength, "anchor");
        long tagCount = (long) LONG.get(buffer, reader.skip(8, "number of tags"));
        long tagBytes = (long) LONG.get(buffer, reader.skip(8, "number of tag bytes"));
        if (tagBytes < 0 || tagBytes > ProtocolLimits.TAG_BYTES_MAX) {
            throw new MalformedItemException(
                    "invalid tag encoding: the item says "
                            + Long.toUnsignedString(tagBytes)
                            + " tag bytes, at most "
                            + ProtocolLimits.TAG_BYTES_MAX
                            + " are allowed");
        }
        this.tagsLength = (int) tagBytes;
        this.tagsOffset = reader.skip(tagsLength, "tags");
        this.tags = AvroTags.decode(buffer, tagsOffset, tagsLength);
        if (tags.size() != tagCount) {
            throw new MalformedItemException(
                    "invalid tag encoding: the item says "
                            + Long.toUnsignedString(tagCount)
                            + " tags, its tag bytes hold "
                            + tags.size());
        }
        this.target = targetLength == 0 ? null : Id.of(buffer, targetOffset);
    }

    /**
     * Reads an item that fills the array, without copying it.
     *
     * @throws MalformedItemException if the bytes are no data item
     */
    public static DataItem parse(byte[] bytes) throws MalformedItemException {
        return parse(bytes, 0, bytes.length);
    }

    /**
     * Reads an item that fills this part of the array, without copying it.
     *
     * @throws MalformedItemException if the bytes are no data item
     */
    public static DataItem parse(byte[] bytes, int offset, int length)
            throws MalformedItemException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return new DataItem(
                new FieldReader(bytes, offset, offset + length), bytes, offset, offset + length);
    }

    /**
     * Reads an item that fills the buffer's remaining bytes. A buffer on the heap is not copied,
     * another is, once.
     *
     * @throws MalformedItemException if the bytes are no data item
     */
    public static DataItem parse(ByteBuffer bytes) throws MalformedItemException {
        if (bytes.hasArray()) {
            return parse(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        return parse(copy);
    }

    /** SHA-256 of the signature. */
    public Id id() {
        Id known = id;
        if (known == null) {
            known = Id.sha256(buffer, start + SIGNATURE_OFFSET, type.signatureBytes());
            id = known;
        }
        return known;
    }

    /** The scheme of the signature. */
    public SignatureType signatureType() {
        return type;
    }

    /** A copy of the signature. */
    public byte[] signature() {
        return Arrays.copyOfRange(buffer, start + SIGNATURE_OFFSET, ownerOffset);
    }

    /** A copy of the owner, the public key. */
    public byte[] owner() {
        return Arrays.copyOfRange(buffer, ownerOffset, ownerOffset + type.ownerBytes());
    }

    /** Base64url of SHA-256 of the owner, for every type: the address in a scheduler's JSON. */
    public String ownerAddress() {
        return Id.sha256(buffer, ownerOffset, type.ownerBytes()).toString();
    }

    /**
     * The address that processes see: EIP-55 for 65-byte Ethereum keys, else {@link
     * #ownerAddress()}.
     */
    public String ownerAoAddress() {
        return type == SignatureType.ETHEREUM
                ? EthereumAddress.ofPublicKey(owner())
                : ownerAddress();
    }

    /** The target, or null. */
    public @Nullable Id target() {
        return target;
    }

    /** A copy of the 32 anchor bytes, or null. */
    public byte @Nullable [] anchor() {
        return anchorLength == 0
                ? null
                : Arrays.copyOfRange(buffer, anchorOffset, anchorOffset + anchorLength);
    }

    /**
     * The anchor as text, or null when it is absent or not UTF-8: what a scheduler's JSON shows.
     */
    public @Nullable String anchorText() {
        return anchorLength == 0 ? null : Utf8.decodeOrNull(buffer, anchorOffset, anchorLength);
    }

    /** The decoded tags. */
    public Tags tags() {
        return tags;
    }

    /** A copy of the encoded tags as they were signed; empty without tags. */
    public byte[] rawTags() {
        return Arrays.copyOfRange(buffer, tagsOffset, tagsOffset + tagsLength);
    }

    /** The data, as a read-only view. */
    public ByteBuffer data() {
        return ByteBuffer.wrap(buffer, dataOffset(), dataLength()).slice().asReadOnlyBuffer();
    }

    /** A copy of the data. */
    public byte[] dataBytes() {
        return Arrays.copyOfRange(buffer, dataOffset(), end);
    }

    /** The data as text, with replacement characters where it is not UTF-8. */
    public String dataText() {
        return Utf8.decodeLossy(buffer, dataOffset(), dataLength());
    }

    /** The data as text, or null when it is not UTF-8. */
    public @Nullable String dataTextOrNull() {
        return Utf8.decodeOrNull(buffer, dataOffset(), dataLength());
    }

    /**
     * The whole item: the array it was parsed from if the item fills it (not to be changed), else a
     * copy.
     */
    public byte[] bytes() {
        return start == 0 && end == buffer.length ? buffer : Arrays.copyOfRange(buffer, start, end);
    }

    /** The whole item, as a read-only view. */
    public ByteBuffer view() {
        return ByteBuffer.wrap(buffer, start, size()).slice().asReadOnlyBuffer();
    }

    /** Length of the whole item in bytes. */
    public int size() {
        return end - start;
    }

    /** Length of the data in bytes. */
    public int dataLength() {
        return end - dataOffset();
    }

    /** The array that the item lies in; for hashing in place. */
    byte[] buffer() {
        return buffer;
    }

    int ownerOffset() {
        return ownerOffset;
    }

    int targetOffset() {
        return targetOffset;
    }

    int targetLength() {
        return targetLength;
    }

    int anchorOffset() {
        return anchorOffset;
    }

    int anchorLength() {
        return anchorLength;
    }

    int tagsOffset() {
        return tagsOffset;
    }

    int tagsLength() {
        return tagsLength;
    }

    int dataOffset() {
        return tagsOffset + tagsLength;
    }

    @Override
    public String toString() {
        return "DataItem[id="
                + id()
                + ", type="
                + type
                + ", size="
                + size()
                + ", tags="
                + tags.size()
                + "]";
    }

    /** Walks over the fields and refuses to pass the end. */
    private static final class FieldReader {
        private final byte[] bytes;
        private final int end;
        private int position;

        FieldReader(byte[] bytes, int position, int end) {
            this.bytes = bytes;
            this.position = position;
            this.end = end;
        }

        void require(int count, String field) throws MalformedItemException {
            if (count > end - position) {
                throw new MalformedItemException(
                        "Buffer too short for "
                                + field
                                + ": it needs "
                                + count
                                + " bytes, "
                                + (end - position)
                                + " are left");
            }
        }

        /** Passes over a field and returns where it began. */
        int skip(int count, String field) throws MalformedItemException {
            require(count, field);
            int at = position;
            position += count;
            return at;
        }

        int presence(String field) throws MalformedItemException {
            byte flag = bytes[skip(1, field + " presence")];
            if (flag != 0 && flag != 1) {
                throw new MalformedItemException(
                        "Presence byte of the " + field + " must be 0 or 1, got " + (flag & 0xFF));
            }
            return flag;
        }
    }
}
