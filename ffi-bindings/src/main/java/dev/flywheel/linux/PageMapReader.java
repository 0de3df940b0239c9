package dev.flywheel.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Reads an entry of 64 bits for each page, be it there or not (Documentation/admin-guide/mm/pagemap
 * of Linux; the bit for pages of files came with 3.5). The buffers belong to the arena that it was
 * made with.
 */
final class PageMapReader implements PageLister {

    private static final long ENTRY_BYTES = 8;
    private static final long PRESENT = 1L << 63;
    private static final long SWAPPED = 1L << 62;
    private static final long OF_A_FILE = 1L << 61;

    /** /proc/self/pagemap. */
    @FunctionalInterface
    interface Kernel {
        /**
         * @return bytes read, or minus errno
         */
        long read(MemorySegment state, MemorySegment buffer, long offset);
    }

    private final Kernel kernel;
    private final MemorySegment state;
    private final MemorySegment entries;

    PageMapReader(Arena arena, Kernel kernel) {
        this.kernel = kernel;
        this.state = CLibrary.state(arena);
        this.entries = arena.allocate(ENTRY_BYTES * PageTrackingLimits.READ_ENTRIES, 8);
    }

    @Override
    public void list(long address, long from, long to, PageRanges pages) {
        long page = CLibrary.PAGE_BYTES;
        for (long at = from; at < to; ) {
            long wanted = Math.min(ENTRY_BYTES * ((to - at) / page), entries.byteSize());
            long offset = (address + at) / page * ENTRY_BYTES;
            long got = kernel.read(state, entries.asSlice(0, wanted), offset);
            if (got == -CLibrary.EINTR) {
                continue;
            }
            if (got < ENTRY_BYTES) {
                throw new IllegalStateException(
                        "cannot read /proc/self/pagemap: address=0x"
                                + Long.toHexString(address + at)
                                + " wantedBytes="
                                + wanted
                                + ", "
                                + (got < 0 ? CLibrary.text(got) : "readBytes=" + got));
            }
            for (long entry = 0; entry + ENTRY_BYTES <= got; entry += ENTRY_BYTES) {
                long bits = entries.get(JAVA_LONG, entry);
                if ((bits & (PRESENT | SWAPPED)) != 0 && (bits & OF_A_FILE) == 0) {
                    pages.add(at, at + page);
                }
                at += page;
            }
        }
    }
}
