package dev.flywheel.linux;

/** The limits of this package, each with its reason. */
final class PageTrackingLimits {

    /**
     * A 64-bit AO module has at most 16 GiB of heap; some above it for the guard regions of an
     * engine.
     */
    static final long RESERVATION_BYTES_MAX = 24L << 30;

    /**
     * Regions that one PAGEMAP_SCAN call returns: 6 KiB for each tracker; a call costs 0.5 us, a
     * region's pages more.
     */
    static final int SCAN_REGIONS = 256;

    /** Entries of /proc/self/pagemap read at once: 32 KiB for each tracker, 16 MiB of memory. */
    static final int READ_ENTRIES = 4_096;

    /**
     * Compared at once before looking page by page: larger steps gain nothing, smaller ones pay for
     * their calls.
     */
    static final long COMPARE_BYTES = 64 << 10;

    /**
     * Copies that lie in files of memory, each a descriptor, in all; further ones do without, so
     * that connections have theirs. Close to the number of processes that a unit knows.
     */
    static final int MEMORY_FILES_MAX = 4_096;

    /**
     * Holes of a copy that are shorter are mapped with what is around them: a page of them that a
     * fork looks at takes room in the copy.
     */
    static final long HOLE_BYTES_MIN = 256 << 10;

    /**
     * Pieces in which a fork is mapped, or a memory over the file of its copy, some more where it
     * does not come out even: of the 65,530 mappings that Linux allows a process, few.
     */
    static final int PIECES = 32;

    /**
     * Runs of changed pages that a fork of a woken memory maps; the shorter ones are copied. A map
     * has 65,530 pieces in all.
     */
    static final int BASE_PIECES = 512;

    /** Shorter runs of changed pages are copied: a mapping costs as much as three pages. */
    static final int RUN_PAGES_MIN = 4;

    /**
     * Pages of a memory that are read when it wakes; with more it is mapped. A read page costs half
     * a microsecond, and a file to be mapped takes 4 KiB for each page of the memory.
     */
    static final int READ_PAGES_MAX = 1_024;

    /**
     * What memories that sleep leave of the disk at least: journals, results and checkpoints, which
     * must be kept, lie there too.
     */
    static final long DISK_BYTES_LEFT_MIN = 1L << 30;

    private PageTrackingLimits() {}
}
