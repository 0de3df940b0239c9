package dev.flywheel.cu.guest;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A state for a process to go on from, which is put where it belongs instead of being handed over.
 *
 * @param memoryBytes length of its linear memory
 * @param globals bits of the module's mutable globals by their exports; empty to leave them as they
 *     are after the module's start
 * @param content writes the memory
 */
public record GuestImage(long memoryBytes, SequencedMap<String, Long> globals, Content content) {

    /** Copied at once when it is not all zero: most of a memory is. */
    private static final long CHUNK_BYTES = 64 << 10;

    /**
     * An image of a state, which must stay until it is used.
     *
     * @param names of its globals
     * @throws IllegalArgumentException when there are more or fewer names than globals
     */
    static GuestImage of(GuestState state, List<String> names) {
        if (names.size() != state.globals().size()) {
            throw new IllegalArgumentException(
                    "the state has globals="
                            + state.globals().size()
                            + ", the module has globals="
                            + names.size());
        }
        SequencedMap<String, Long> globals = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            globals.put(names.get(i), state.globals().get(i));
        }
        MemorySegment from = state.memory();
        return new GuestImage(from.byteSize(), globals, to -> copy(from, to));
    }

    private static void copy(MemorySegment from, MemorySegment to) {
        for (long at = 0; at < from.byteSize(); at += CHUNK_BYTES) {
            long end = Math.min(at + CHUNK_BYTES, from.byteSize());
            if (MemorySegment.mismatch(from, at, end, to, at, end) >= 0) {
                MemorySegment.copy(from, at, to, at, end - at);
            }
        }
    }

    /** What a memory holds. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes what is not zero.
         *
         * @param memory as long as said, all zero; not to be used after the call
         * @throws IOException when it cannot be read; the process is not made then
         */
        void writeTo(MemorySegment memory) throws IOException;
    }
}
