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
     * Whole blocks, holes and all.
     *
     * @param bytes where the last one ends at the latest
     */
    static Extents exactly(BitSet blocks, long blockBytes, long bytes) {
        long[] bounds = new long[2 * blocks.cardinality()];
        int used = 0;
        for (int first = blocks.nextSetBit(0); first >= 0; ) {
            int end = blocks.nextClearBit(first);
            bounds[used++] = first * blockBytes;
            bounds[used++] = Math.min(end * blockBytes, bytes);
            first = blocks.nextSetBit(end);
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
