package dev.flywheel.linux;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The parts of a copy that hold something, in few pieces: short holes belong to what is around
 * them. What lies outside is zero.
 *
 * @param bounds start and end of each, in bytes, ascending
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
record Extents(long[] bounds) {

    /**
     * @param present pages that hold something
     */
    static Extents of(BitSet present, long bytes) {
        long page = CLibrary.PAGE_BYTES;
        long hole = Math.max(PageTrackingLimits.HOLE_BYTES_MIN, bytes / PageTrackingLimits.PIECES);
        long[] bounds = new long[2 * (PageTrackingLimits.PIECES + 2)];
        int used = 0;
        for (int first = present.nextSetBit(0); first >= 0; ) {
            int end = present.nextClearBit(first);
            if (used > 0 && first * page - bounds[used - 1] < hole) {
                bounds[used - 1] = end * page;
            } else {
                bounds[used++] = first * page;
                bounds[used++] = end * page;
            }
            first = present.nextSetBit(end);
        }
        return new Extents(Arrays.copyOf(bounds, used));
    }

    /**
     * The long ones among the runs of pages, exactly, so that they are not too many pieces.
     *
     * @param others gets the pages of the short ones
     */
    static Extents longRuns(BitSet pages, BitSet others) {
        long page = CLibrary.PAGE_BYTES;
        int least =
                Math.max(
                        PageTrackingLimits.RUN_PAGES_MIN,
                        pages.cardinality() / PageTrackingLimits.BASE_PIECES);
        long[] bounds = new long[2 * (PageTrackingLimits.BASE_PIECES + 1)];
        int used = 0;
        for (int first = pages.nextSetBit(0); first >= 0; ) {
            int end = pages.nextClearBit(first);
            if (end - first < least || used == bounds.length) {
                others.set(first, end);
            } else {
                bounds[used++] = first * page;
                bounds[used++] = end * page;
            }
            first = pages.nextSetBit(end);
        }
        return new Extents(Arrays.copyOf(bounds, used));
    }

    int count() {
        return bounds.length / 2;
    }

    long start(int i) {
        return bounds[2 * i];
    }

    long end(int i) {
        return bounds[2 * i + 1];
    }
}
