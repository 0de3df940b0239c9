package dev.flywheel.cu.guest.host;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A guest's linear memory as host functions see it, through pointers of the guest's width.
 *
 * <p>Like the typed arrays of the reference's host, and unlike wasm, an access outside memory is no
 * error: reads are cut short (numbers read as zero there), writes are dropped. Used by the thread
 * that runs the guest.
 */
public final class GuestMemory {
    private static final ValueLayout.OfInt I32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_32 = 0xFFFF_FFFFL;

    private final int pointerBytes;
    private MemorySegment view = MemorySegment.NULL;

    /**
     * @param pointerBytes 4 or 8
     */
    public GuestMemory(int pointerBytes) {
        if (pointerBytes != 4 && pointerBytes != 8) {
            throw new IllegalArgumentException("pointerBytes=" + pointerBytes + " must be 4 or 8");
        }
        this.pointerBytes = pointerBytes;
    }

    /** Sees this memory from now on; to be called again after it grew. */
    public void bind(MemorySegment view) {
        this.view = view;
    }

    /** Width of a pointer: 4 or 8. */
    public int pointerBytes() {
        return pointerBytes;
    }

    /** Bytes of memory. */
    public long length() {
        return view.byteSize();
    }

    /** All of it; valid until it grows. */
    public MemorySegment view() {
        return view;
    }

    private long index(long address) {
        return pointerBytes == 4 ? address & LOW_32 : address;
    }

    /** Whether all of these bytes are inside. */
    public boolean holds(long address, long count) {
        long at = index(address);
        return at >= 0 && count >= 0 && at <= length() && count <= length() - at;
    }

    /** At most {@code count} bytes, fewer at the end of memory, none outside. */
    public byte[] read(long address, long count) {
        long at = index(address);
        long inside = at < 0 ? 0 : Math.min(count, length() - at);
        if (inside <= 0) {
            return new byte[0];
        }
        return view.asSlice(at, inside).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Writes what lies inside. */
    public void write(long address, byte[] bytes) {
        write(address, bytes, 0, bytes.length);
    }

    /** Writes what lies inside. */
    public void write(long address, byte[] bytes, int offset, int count) {
        long at = index(address);
        int skipped = 0;
        if (at < 0) {
            skipped = (int) Math.min(count, -Math.max(at, -Integer.MAX_VALUE));
            at = 0;
        }
        long inside = Math.min((long) count - skipped, length() - at);
        if (inside > 0) {
            MemorySegment.copy(
                    bytes, offset + skipped, view, ValueLayout.JAVA_BYTE, at, (int) inside);
        }
    }

    /** Sets to zero what lies inside. */
    public void clear(long address, long count) {
        long at = index(address);
        long inside = at < 0 ? 0 : Math.min(count, length() - at);
        if (inside > 0) {
            view.asSlice(at, inside).fill((byte) 0);
        }
    }

    /** Zero outside memory. */
    public int i32(long address) {
        return holds(address, 4) ? view.get(I32, index(address)) : (int) partial(address, 4);
    }

    public void putI32(long address, int value) {
        if (holds(address, 4)) {
            view.set(I32, index(address), value);
        } else {
            write(address, littleEndian(value, 4));
        }
    }

    /** Zero outside memory. */
    public long i64(long address) {
        return holds(address, 8) ? view.get(I64, index(address)) : partial(address, 8);
    }

    public void putI64(long address, long value) {
        if (holds(address, 8)) {
            view.set(I64, index(address), value);
        } else {
            write(address, littleEndian(value, 8));
        }
    }

    /** A pointer or size that lies in memory, unsigned when 32 bits wide. */
    public long pointer(long address) {
        return pointerBytes == 4 ? i32(address) & LOW_32 : i64(address);
    }

    public void putPointer(long address, long value) {
        if (pointerBytes == 4) {
            putI32(address, (int) value);
        } else {
            putI64(address, value);
        }
    }

    /**
     * The bytes before the first zero byte, or before the end of memory; none for the null pointer
     * and outside.
     */
    public byte[] cString(long address) {
        return cString(address, Integer.MAX_VALUE - Long.BYTES);
    }

    /** {@link #cString(long)} cut after {@code countMax} bytes. */
    public byte[] cString(long address, int countMax) {
        long at = index(address);
        if (at <= 0 || at >= length()) {
            return new byte[0];
        }
        long limit = Math.min(length(), at + countMax);
        long end = at;
        while (end < limit && view.get(ValueLayout.JAVA_BYTE, end) != 0) {
            end++;
        }
        return read(at, end - at);
    }

    /** {@link #cString} as UTF-8 with replacement characters. */
    public String text(long address) {
        return decode(cString(address));
    }

    /**
     * UTF-8 with replacement characters as decoders of the web place them: one for each byte of an
     * encoded surrogate, where the JDK has one for all three.
     */
    public static String decode(byte[] bytes) {
        byte[] decodable = bytes.clone();
        for (int i = 0; i + 1 < bytes.length; i++) {
            if (bytes[i] == (byte) 0xED && (bytes[i + 1] & 0xE0) == 0xA0) {
                // A byte that occurs in no UTF-8 is one mistake, and leaves two more behind it.
                decodable[i] = (byte) 0xFF;
            }
        }
        return new String(decodable, StandardCharsets.UTF_8);
    }

    private long partial(long address, int bytes) {
        byte[] there = read(address, bytes);
        long value = 0;
        for (int i = there.length - 1; i >= 0; i--) {
            value = value << 8 | (there[i] & 0xFF);
        }
        return value;
    }

    private static byte[] littleEndian(long value, int bytes) {
        byte[] encoded = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            encoded[i] = (byte) (value >>> (8 * i));
        }
        return encoded;
    }
}
