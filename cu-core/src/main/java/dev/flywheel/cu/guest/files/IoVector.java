package dev.flywheel.cu.guest.files;

import dev.flywheel.cu.guest.GuestLimits;
import dev.flywheel.cu.guest.host.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The pieces of memory that one read or write is about, read as they are needed. */
final class IoVector {
    private final GuestMemory memory;
    private final long at;
    private final int count;

    /**
     * @throws FileErrorException when there are more pieces than allowed
     */
    IoVector(GuestMemory memory, long at, long count) {
        if (count > GuestLimits.IO_VECTORS_MAX) {
            throw new FileErrorException(Errno.EINVAL);
        }
        this.memory = memory;
        this.at = at;
        this.count = (int) Math.max(0, count);
    }

    int count() {
        return count;
    }

    /**
     * @param address unsigned
     * @param length unsigned
     */
    record Piece(long address, long length) {}

    Piece piece(int i) {
        int width = memory.pointerBytes();
        byte[] there = memory.read(at + 2L * width * i, 2L * width);
        ByteBuffer bytes =
                ByteBuffer.wrap(Arrays.copyOf(there, 2 * width)).order(ByteOrder.LITTLE_ENDIAN);
        if (width == 8) {
            return new Piece(bytes.getLong(), bytes.getLong());
        }
        return new Piece(
                Integer.toUnsignedLong(bytes.getInt()), Integer.toUnsignedLong(bytes.getInt()));
    }

    /** How much of a piece lies in memory. */
    long inside(Piece piece) {
        long room = piece.address < 0 ? 0 : Math.max(0, memory.length() - piece.address);
        return piece.length < 0 ? room : Math.min(piece.length, room);
    }

    /** How much of all pieces lies in memory. */
    long inside() {
        long total = 0;
        for (int i = 0; i < count; i++) {
            total += inside(piece(i));
        }
        return total;
    }
}
