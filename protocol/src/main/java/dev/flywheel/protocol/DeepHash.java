package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;

/**
 * The SHA-384 hash over nested byte strings that Arweave signs.
 *
 * <p>{@code blob(d) = H(H("blob" ‖ len) ‖ H(d))}; a list starts with {@code H("list" ‖ n)} and
 * takes in each element by {@code H(acc ‖ hash(element))}. Stateless, any thread. Input is hashed
 * in place.
 */
public final class DeepHash {
    /** Length of a deep hash in bytes. */
    public static final int BYTES = 48;

    private static final byte[] DATAITEM = "dataitem".getBytes(US_ASCII);
    private static final byte[] ONE = "1".getBytes(US_ASCII);
    private static final byte[] NOTHING = {};

    /**
     * Order of the UTF-8 bytes, as Rust compares strings; Java's own order differs beyond U+FFFF.
     */
    private static final Comparator<String> UTF8_ORDER =
            (a, b) -> Arrays.compareUnsigned(Utf8.encode(a), Utf8.encode(b));

    private static final Comparator<Tag> BY_NAME_THEN_VALUE =
            Comparator.comparing(Tag::name, UTF8_ORDER).thenComparing(Tag::value, UTF8_ORDER);

    private DeepHash() {}

    /** What is hashed: bytes, or a list of such parts. */
    public sealed interface Part {}

    /** Bytes; not copied. */
    @SuppressWarnings(
            "ArrayRecordComponent") // carries the array to the hash function, is never compared
    public record Blob(byte[] bytes) implements Part {}

    /** A list of parts. */
    public record Parts(List<Part> parts) implements Part {}

    /** The hash of a nested structure. Recurses over its depth. */
    public static byte[] of(Part part) {
        return switch (part) {
            case Blob blob -> {
                MessageDigest digest = Digests.sha384();
                yield blob(digest, blob.bytes(), 0, blob.bytes().length);
            }
            case Parts list -> {
                MessageDigest digest = Digests.sha384();
                byte[] hash = listStart(digest, list.parts().size());
                for (Part element : list.parts()) {
                    byte[] elementHash = of(element);
                    digest.update(hash);
                    hash = digest.digest(elementHash);
                }
                yield hash;
            }
        };
    }

    /** The hash of a list of byte strings. */
    public static byte[] ofBlobs(byte[]... blobs) {
        MessageDigest digest = Digests.sha384();
        byte[] hash = listStart(digest, blobs.length);
        for (byte[] blob : blobs) {
            hash = accumulate(digest, hash, blob, 0, blob.length);
        }
        return hash;
    }

    /** The 48 bytes that the signature of an item covers. */
    public static byte[] ofItem(DataItem item) {
        MessageDigest digest = Digests.sha384();
        byte[] hash = listStart(digest, 8);
        hash = accumulate(digest, hash, DATAITEM, 0, DATAITEM.length);
        hash = accumulate(digest, hash, ONE, 0, ONE.length);
        byte[] type = Integer.toString(item.signatureType().code()).getBytes(US_ASCII);
        hash = accumulate(digest, hash, type, 0, type.length);
        byte[] buffer = item.buffer();
        hash =
                accumulate(
                        digest,
                        hash,
                        buffer,
                        item.ownerOffset(),
                        item.signatureType().ownerBytes());
        hash = accumulate(digest, hash, buffer, item.targetOffset(), item.targetLength());
        hash = accumulate(digest, hash, buffer, item.anchorOffset(), item.anchorLength());
        hash = accumulate(digest, hash, buffer, item.tagsOffset(), item.tagsLength());
        return accumulate(digest, hash, buffer, item.dataOffset(), item.dataLength());
    }

    /** The signing input of an item that is being built; null parts are empty. */
    static byte[] ofItemParts(
            int type, byte[] owner, byte[] target, byte[] anchor, byte[] tags, byte[] data) {
        byte[] typeText = Integer.toString(type).getBytes(US_ASCII);
        return ofBlobs(DATAITEM, ONE, typeText, owner, target, anchor, tags, data);
    }

    /**
     * The hash by which a scheduler recognises a message that is pushed twice: type 1, no owner,
     * tags without {@code Pushed-For} and sorted by name, then value (order of their UTF-8 bytes).
     * Owner and signature take no part. Base64url.
     */
    public static String forScheduler(DataItem item) {
        Id target = item.target();
        byte[] anchor = item.anchor();
        return forScheduler(
                target == null ? NOTHING : target.bytes(),
                anchor == null ? NOTHING : anchor,
                item.tags(),
                item.dataBytes());
    }

    /**
     * As {@link #forScheduler(DataItem)} from parts; empty arrays stand for an absent target or
     * anchor.
     */
    public static String forScheduler(byte[] target, byte[] anchor, Tags tags, byte[] data) {
        List<Tag> counted = new ArrayList<>(tags.without("Pushed-For").list());
        counted.sort(BY_NAME_THEN_VALUE);
        return Base64Url.encode(
                ofItemParts(
                        1, NOTHING, target, anchor, AvroTags.encode(Tags.of(counted), 0), data));
    }

    /**
     * The hash by which a compute unit skips a forwarded message that it has seen: type 1, no
     * owner, all tags in their order. Standard base64 with padding.
     *
     * @param data the message's data as text
     * @param tags all tags, before any is removed
     * @param target the process
     * @param anchor the anchor text; must be 32 bytes in UTF-8, or empty for none
     * @throws IllegalArgumentException if the anchor is not 32 bytes or the tags exceed the limit.
     *     The reference's stream fails there for ever; treat such a message as no duplicate.
     */
    public static String forComputeUnit(String data, Tags tags, Id target, String anchor) {
        byte[] anchorBytes = Utf8.encode(anchor);
        if (anchorBytes.length != 0 && anchorBytes.length != ProtocolLimits.ID_BYTES) {
            throw new IllegalArgumentException(
                    "Anchor must be 32 bytes, got " + anchorBytes.length);
        }
        byte[] hash =
                ofItemParts(
                        1, NOTHING, target.bytes(), anchorBytes, tags.encode(), Utf8.encode(data));
        return Base64.getEncoder().encodeToString(hash);
    }

    private static byte[] listStart(MessageDigest digest, int count) {
        return digest.digest(("list" + count).getBytes(US_ASCII));
    }

    private static byte[] accumulate(
            MessageDigest digest, byte[] hash, byte[] bytes, int offset, int length) {
        byte[] element = blob(digest, bytes, offset, length);
        digest.update(hash);
        return digest.digest(element);
    }

    private static byte[] blob(MessageDigest digest, byte[] bytes, int offset, int length) {
        byte[] tagHash = digest.digest(("blob" + length).getBytes(US_ASCII));
        digest.update(bytes, offset, length);
        byte[] dataHash = digest.digest();
        digest.update(tagHash);
        return digest.digest(dataHash);
    }
}
