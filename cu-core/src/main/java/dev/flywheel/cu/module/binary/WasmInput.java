package dev.flywheel.cu.module.binary;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** A cursor over a range of bytes. Everything it gives lies inside the range. For one thread. */
public final class WasmInput {

    private final byte[] array;
    private final int end;
    private int position;

    public WasmInput(Bytes bytes) {
        this.array = bytes.array;
        this.position = bytes.start;
        this.end = bytes.end;
    }

    /** Offset of the next byte in the array behind. */
    public int position() {
        return position;
    }

    public boolean hasMore() {
        return position < end;
    }

    public int remaining() {
        return end - position;
    }

    /** Unsigned. */
    public int u8() throws MalformedModuleException {
        if (position >= end) {
            throw malformed("unexpected end");
        }
        return array[position++] & 0xff;
    }

    /** An index or a count, of at most five bytes. */
    public int u32() throws MalformedModuleException {
        if (position < end && array[position] >= 0) {
            return array[position++];
        }
        long value = unsigned(32);
        if (value > Integer.MAX_VALUE) {
            throw malformed("number too large: value=" + value);
        }
        return (int) value;
    }

    /** All 64 bits of an unsigned number. */
    public long u64() throws MalformedModuleException {
        return unsigned(64);
    }

    /** A signed number of that many bits: 32, 33 or 64. */
    public long signed(int bits) throws MalformedModuleException {
        long value = 0;
        int shift = 0;
        int b;
        do {
            b = u8();
            value |= (long) (b & 0x7f) << shift;
            shift += 7;
        } while (b >= 0x80 && shift < bits);
        if (b >= 0x80) {
            throw malformed("number of more than " + bits + " bits");
        }
        if (shift < 64) {
            value = value << (64 - shift) >> (64 - shift);
        } else if (b != 0 && b != 0x7f) { // 64 bits: only the sign is left for the tenth byte
            throw malformed("number of more than " + bits + " bits");
        }
        if (bits < 64 && value << (64 - bits) >> (64 - bits) != value) {
            throw malformed("number of more than " + bits + " bits");
        }
        return value;
    }

    private long unsigned(int bits) throws MalformedModuleException {
        long value = 0;
        int shift = 0;
        int b;
        do {
            b = u8();
            value |= (long) (b & 0x7f) << shift;
            shift += 7;
        } while (b >= 0x80 && shift < bits);
        int spare = shift - bits; // bits of the last byte that have no place
        if (b >= 0x80 || (spare > 0 && b >> (7 - spare) != 0)) {
            throw malformed("number of more than " + bits + " bits");
        }
        return value;
    }

    /** That many bytes; nothing is copied. */
    public Bytes bytes(int count) throws MalformedModuleException {
        if (count < 0 || count > remaining()) {
            throw malformed("unexpected end: wanted=" + count + " left=" + remaining());
        }
        position += count;
        return Bytes.of(array, position - count, position);
    }

    /** A length and that many bytes. */
    public Bytes sized() throws MalformedModuleException {
        return bytes(u32());
    }

    /**
     * How many elements follow. What is given fits a list: elements have at least one byte each.
     *
     * @param what for the error
     */
    public int count(String what, int max) throws MalformedModuleException {
        int count = u32();
        if (count > max) {
            throw malformed("too many " + what + ": count=" + count + " max=" + max);
        }
        if (count > remaining()) {
            throw malformed(
                    "more " + what + " than bytes: count=" + count + " left=" + remaining());
        }
        return count;
    }

    /** A name, which must be UTF-8. */
    public String name() throws MalformedModuleException {
        int at = position;
        Bytes utf8 = sized();
        if (utf8.length() > ModuleLimits.NAME_BYTES_MAX) {
            throw new MalformedModuleException(
                    at,
                    "name too long: bytes="
                            + utf8.length()
                            + " max="
                            + ModuleLimits.NAME_BYTES_MAX);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(array, utf8.start, utf8.length()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedModuleException(at, "name is not UTF-8");
        }
    }

    /** An error at the next byte. */
    public MalformedModuleException malformed(String reason) {
        return new MalformedModuleException(position, reason);
    }

    /** The bytes from there to the next one. */
    Bytes since(int from) {
        return Bytes.of(array, from, position);
    }
}
