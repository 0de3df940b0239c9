package dev.flywheel.cu.guest;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * All that a process is between two messages: a new instance of its module that is given this goes
 * on exactly as the old one would. What else an instance has (clock, files, random bytes, tables)
 * is at each message as it was after the module's start.
 *
 * @param memory the whole linear memory, read-only, for as long as whoever gave it says
 * @param globals the bits of the module's mutable globals, in the order of the prepared module's
 *     exports; never the counter of gas
 */
public record GuestState(MemorySegment memory, List<Long> globals) {
    /** Copied at once when the memory is hashed. */
    private static final int CHUNK_BYTES = 64 << 10;

    public GuestState {
        memory = memory.asReadOnly();
        globals = List.copyOf(globals);
    }

    /**
     * SHA-256 of the memory and then of each global as eight bytes, highest first; in lower-case
     * hexadecimal. Half a second for each GiB.
     */
    public String hash() {
        MessageDigest digest = digestOf(memory);
        ByteBuffer bits = ByteBuffer.allocate(Long.BYTES * globals.size());
        globals.forEach(bits::putLong);
        digest.update(bits.array());
        return HexFormat.of().formatHex(digest.digest());
    }

    /** SHA-256 of a memory alone, as the reference's images are compared. */
    static String sha256(MemorySegment memory) {
        return HexFormat.of().formatHex(digestOf(memory).digest());
    }

    private static MessageDigest digestOf(MemorySegment memory) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] chunk = new byte[CHUNK_BYTES];
            for (long at = 0; at < memory.byteSize(); at += CHUNK_BYTES) {
                int count = (int) Math.min(CHUNK_BYTES, memory.byteSize() - at);
                MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, chunk, 0, count);
                digest.update(chunk, 0, count);
            }
            return digest;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * Looks at a state.
     *
     * @param <T> what it makes of it
     * @param <E> what it may fail with
     */
    @FunctionalInterface
    public interface Reader<T, E extends Exception> {
        /** Called once. The state must not be used after the call. */
        T read(GuestState state) throws E;
    }
}
