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

    /** Pieces in which a fork is mapped, some more where it does not come out even. */
    static final int PIECES = 32;

    private PageTrackingLimits() {}
}
