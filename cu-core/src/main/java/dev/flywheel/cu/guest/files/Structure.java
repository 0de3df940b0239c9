package dev.flywheel.cu.guest.files;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers one after the other as they lie in a guest's memory. */
final class Structure {
    private final byte[] bytes;
    private final ByteBuffer buffer;

    Structure(int length) {
        bytes = new byte[length];
        buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    Structure i16(int value) {
        buffer.putShort((short) value);
        return this;
    }

    Structure i32(int... values) {
        for (int value : values) {
            buffer.putInt(value);
        }
        return this;
    }

    Structure i64(long... values) {
        for (long value : values) {
            buffer.putLong(value);
        }
        return this;
    }

    /** All of it, zero where nothing was put. */
    byte[] bytes() {
        return bytes;
    }
}
