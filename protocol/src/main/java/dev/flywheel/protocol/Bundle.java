package dev.flywheel.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Several data items in one byte string, read in place.
 *
 * <pre>
 * | count 32 | (size 32, id 32) × count | items … |
 * </pre>
 *
 * <p>Numbers are little-endian. Stricter than the references: sizes must fill the bundle exactly,
 * and the id in a header must be that of its item, so a bundle cannot claim items that it does not
 * hold. Immutable, any thread.
 */
public final class Bundle {
    /** Tag of an item whose data is a bundle. */
    public static final Tag FORMAT = new Tag("Bundle-Format", "binary");

    /** Tag of an item whose data is a bundle. */
    public static final Tag VERSION = new Tag("Bundle-Version", "2.0.0");

    private static final int NUMBER_BYTES = 32;
    private static final int HEADER_BYTES = NUMBER_BYTES + ProtocolLimits.ID_BYTES;

    private final List<DataItem> items;

    private Bundle(List<DataItem> items) {
        this.items = List.copyOf(items);
    }

    /**
     * Reads a bundle that fills the array, without copying items.
     *
     * @throws MalformedItemException if it is none, or one of its items is malformed
     */
    public static Bundle parse(byte[] bytes) throws MalformedItemException {
        return parse(bytes, 0, bytes.length);
    }

    /**
     * Reads a bundle that fills this part of the array, without copying items.
     *
     * @throws MalformedItemException if it is none, or one of its items is malformed
     */
    public static Bundle parse(byte[] bytes, int offset, int length) throws MalformedItemException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int end = offset + length;
        long count = number(bytes, offset, end, "number of items");
        // The headers must be there before anything is allocated for them.
        if (count > ProtocolLimits.BUNDLE_ITEMS_MAX
                || count > (length - NUMBER_BYTES) / HEADER_BYTES) {
            throw new MalformedItemException(
                    "The bundle says "
                            + count
                            + " items, its "
                            + length
                            + " bytes cannot hold their headers (at most "
                            + ProtocolLimits.BUNDLE_ITEMS_MAX
                            + ")");
        }
        List<DataItem> items = new ArrayList<>((int) count);
        int header = offset + NUMBER_BYTES;
        int at = header + (int) count * HEADER_BYTES;
        for (int i = 0; i < count; i++, header += HEADER_BYTES) {
            long size = number(bytes, header, end, "size of item " + i);
            if (size > end - at) {
                throw new MalformedItemException(
                        "Item "
                                + i
                                + " of the bundle says "
                                + size
                                + " bytes, "
                                + (end - at)
                                + " are left");
            }
            DataItem item = DataItem.parse(bytes, at, (int) size);
            Id id = Id.of(bytes, header + NUMBER_BYTES);
            if (!item.id().equals(id)) {
                throw new MalformedItemException(
                        "Item " + i + " of the bundle is " + item.id() + ", its header says " + id);
            }
            items.add(item);
            at += (int) size;
        }
        if (at != end) {
            throw new MalformedItemException(
                    (end - at) + " bytes follow the last item of the bundle");
        }
        return new Bundle(items);
    }

    /** Reads a number of 32 bytes of which only the low 63 bits may be set. */
    private static long number(byte[] bytes, int offset, int end, String what)
            throws MalformedItemException {
        if (end - offset < NUMBER_BYTES) {
            throw new MalformedItemException("The bundle ends inside the " + what);
        }
        for (int i = 8; i < NUMBER_BYTES; i++) {
            if (bytes[offset + i] != 0) {
                throw new MalformedItemException("The " + what + " of the bundle exceeds 64 bits");
            }
        }
        long number = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(offset);
        if (number < 0) {
            throw new MalformedItemException("The " + what + " of the bundle exceeds 63 bits");
        }
        return number;
    }

    /**
     * The bundle of these items.
     *
     * @throws IllegalArgumentException if it would exceed the limits
     */
    public static byte[] build(List<DataItem> items) {
        long size = NUMBER_BYTES;
        for (DataItem item : items) {
            size += HEADER_BYTES + item.size();
        }
        if (items.size() > ProtocolLimits.BUNDLE_ITEMS_MAX
                || size > ProtocolLimits.ITEM_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "A bundle of " + items.size() + " items and " + size + " bytes is too large");
        }
        ByteBuffer bundle = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        bundle.putLong(0, items.size());
        int header = NUMBER_BYTES;
        int at = NUMBER_BYTES + items.size() * HEADER_BYTES;
        for (DataItem item : items) {
            bundle.putLong(header, item.size());
            item.id().copyTo(bundle.array(), header + NUMBER_BYTES);
            bundle.put(at, item.view(), 0, item.size());
            header += HEADER_BYTES;
            at += item.size();
        }
        return bundle.array();
    }

    /** The items in order; they lie in the bundle's array. */
    public List<DataItem> items() {
        return items;
    }
}
