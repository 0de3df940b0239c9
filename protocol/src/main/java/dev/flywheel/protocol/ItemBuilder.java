package dev.flywheel.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Builds a signed data item. One thread; may be signed several times. */
public final class ItemBuilder {
    private static final byte[] NOTHING = {};

    private byte[] target = NOTHING;
    private byte[] anchor = NOTHING;
    private byte[] data = NOTHING;
    private final List<Tag> tags = new ArrayList<>();

    /** Sets the target. */
    public ItemBuilder target(Id id) {
        target = id.bytes();
        return this;
    }

    /**
     * Sets the target from its text form.
     *
     * @throws IllegalArgumentException if the text is no id
     */
    public ItemBuilder target(String id) {
        return target(Id.parse(id));
    }

    /**
     * Sets the anchor.
     *
     * @throws IllegalArgumentException if it is not 32 bytes
     */
    public ItemBuilder anchor(byte[] bytes) {
        if (bytes.length != ProtocolLimits.ID_BYTES) {
            throw new IllegalArgumentException("Anchor must be 32 bytes, got " + bytes.length);
        }
        anchor = bytes.clone();
        return this;
    }

    /**
     * Sets the anchor to the UTF-8 bytes of a text.
     *
     * @throws IllegalArgumentException if these are not 32
     */
    public ItemBuilder anchor(String text) {
        return anchor(Utf8.encode(text));
    }

    /** Appends a tag. */
    public ItemBuilder tag(String name, String value) {
        tags.add(new Tag(name, value));
        return this;
    }

    /** Appends tags. */
    public ItemBuilder tags(Iterable<Tag> more) {
        more.forEach(tags::add);
        return this;
    }

    /** Sets the data; the array is not copied until the item is signed. */
    public ItemBuilder data(byte[] bytes) {
        data = bytes;
        return this;
    }

    /** Sets the data to the UTF-8 bytes of a text. */
    public ItemBuilder data(String text) {
        return data(Utf8.encode(text));
    }

    /**
     * Signs and assembles the item.
     *
     * @throws IllegalArgumentException if the tags exceed {@link ProtocolLimits#TAG_BYTES_MAX} or
     *     the item is too large
     */
    public DataItem sign(Signer signer) {
        byte[] tagBytes = Tags.of(tags).encode();
        byte[] owner = signer.owner();
        byte[] deepHash =
                DeepHash.ofItemParts(signer.type().code(), owner, target, anchor, tagBytes, data);
        byte[] signature = signer.sign(deepHash);
        assert owner.length == signer.type().ownerBytes() : "ownerBytes=" + owner.length;
        assert signature.length == signer.type().signatureBytes()
                : "signatureBytes=" + signature.length;
        long size =
                2L
                        + signature.length
                        + owner.length
                        + 2
                        + target.length
                        + anchor.length
                        + 16
                        + tagBytes.length
                        + data.length;
        if (size > ProtocolLimits.ITEM_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "A data item of "
                            + size
                            + " bytes is too large; the limit is "
                            + ProtocolLimits.ITEM_BYTES_MAX);
        }
        ByteBuffer item = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        item.putShort((short) signer.type().code()).put(signature).put(owner);
        putOptional(item, target);
        putOptional(item, anchor);
        item.putLong(tags.size()).putLong(tagBytes.length).put(tagBytes).put(data);
        try {
            return DataItem.parse(item.array());
        } catch (MalformedItemException e) {
            throw new AssertionError("An item that was just built does not parse", e);
        }
    }

    private static void putOptional(ByteBuffer item, byte[] field) {
        item.put((byte) (field.length == 0 ? 0 : 1)).put(field);
    }
}
