package dev.flywheel.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * PAGEMAP_SCAN (Linux 6.7): the kernel lists the pages of a range that are in the wanted
 * categories. Constants and structures: linux/fs.h. The buffers belong to the arena that it was
 * made with; for one thread at a time.
 */
final class PageScan {

    static final long PAGEMAP_SCAN = 0xC0606610L;
    static final long PM_SCAN_WP_MATCHING = 1;
    static final long PM_SCAN_CHECK_WPASYNC = 2;
    static final long PAGE_IS_WRITTEN = 1 << 1;
    static final long PAGE_IS_FILE = 1 << 2;
    static final long PAGE_IS_PRESENT = 1 << 3;
    static final long PAGE_IS_SWAPPED = 1 << 4;
    static final long PAGE_IS_PFNZERO = 1 << 5;

    /** Pages that somebody wrote or read since they came. */
    static final long EXISTING = PAGE_IS_PRESENT | PAGE_IS_SWAPPED;

    /** struct page_region { __u64 start, end, categories; } */
    private static final long REGION_BYTES = 24;

    /** struct pm_scan_arg, twelve __u64; the ones used are named by their offsets. */
    private static final long SCAN_BYTES = 96;

    private static final long FLAGS = 8;
    private static final long START = 16;
    private static final long END = 24;
    private static final long WALK_END = 32;
    private static final long VEC = 40;
    private static final long VEC_LEN = 48;
    private static final long CATEGORY_INVERTED = 64;
    private static final long CATEGORY_MASK = 72;
    private static final long CATEGORY_ANYOF_MASK = 80;
    private static final long RETURN_MASK = 88;

    /** PAGEMAP_SCAN on a descriptor of /proc/self/pagemap. */
    @FunctionalInterface
    interface Kernel {
        /**
         * @return the number of regions, or minus errno
         */
        int scan(MemorySegment state, MemorySegment argument);
    }

    /**
     * Which pages.
     *
     * @param flags PM_SCAN_...
     * @param all the categories that a page must be in
     * @param none the categories that it must not be in
     * @param anyOf of these one at least; 0 for whatever they are
     */
    record Wanted(long flags, long all, long none, long anyOf) {}

    private final Kernel kernel;
    private final MemorySegment state;
    private final MemorySegment scan;
    private final MemorySegment regions;

    PageScan(Arena arena, Kernel kernel) {
        this.kernel = kernel;
        this.state = CLibrary.state(arena);
        this.scan = arena.allocate(SCAN_BYTES, 8);
        this.regions = arena.allocate(REGION_BYTES * PageTrackingLimits.SCAN_REGIONS, 8);
        scan.set(JAVA_LONG, 0, SCAN_BYTES);
        scan.set(JAVA_LONG, VEC, regions.address());
        scan.set(JAVA_LONG, VEC_LEN, PageTrackingLimits.SCAN_REGIONS);
    }

    /** Adds the wanted pages of [from, to), which are offsets from {@code address}. */
    void list(long address, long from, long to, Wanted wanted, PageRanges pages) {
        scan.set(JAVA_LONG, FLAGS, wanted.flags());
        scan.set(JAVA_LONG, END, address + to);
        scan.set(JAVA_LONG, CATEGORY_INVERTED, wanted.none());
        scan.set(JAVA_LONG, CATEGORY_MASK, wanted.all() | wanted.none());
        scan.set(JAVA_LONG, CATEGORY_ANYOF_MASK, wanted.anyOf());
        // Neighbours are told apart by these categories.
        scan.set(JAVA_LONG, RETURN_MASK, wanted.all() == 0 ? wanted.anyOf() : wanted.all());
        for (long reached = address + from; reached < address + to; ) {
            scan.set(JAVA_LONG, START, reached);
            int count = kernel.scan(state, scan);
            if (count == -CLibrary.EINTR) {
                continue;
            }
            long walked = scan.get(JAVA_LONG, WALK_END);
            if (count < 0 || walked <= reached) {
                throw new IllegalStateException(
                        "cannot list written pages: address=0x"
                                + Long.toHexString(address)
                                + " from="
                                + from
                                + " to="
                                + to
                                + ", "
                                + CLibrary.text(Math.min(count, 0))
                                + ". Was the memory unmapped or remapped under the tracker?");
            }
            for (int i = 0; i < count; i++) {
                pages.add(
                        regions.get(JAVA_LONG, i * REGION_BYTES) - address,
                        regions.get(JAVA_LONG, i * REGION_BYTES + 8) - address);
            }
            reached = walked;
        }
    }
}
