package dev.flywheel.linux;

import java.util.Arrays;

/**
 * Ranges of bytes, ascending, disjoint, none touching the next, each of whole pages of the machine:
 * a reusable list that a caller hands in to be filled. It grows as needed and keeps what it has
 * grown to; its length is bounded by half the pages of the memory. For one thread at a time.
 */
public final class PageRanges {

    /**
     * Most evaluations of an aos process dirty fewer separate ranges than this, so it seldom grows.
     */
    private static final int INITIAL_RANGES = 64;

    private long[] bounds = new long[2 * INITIAL_RANGES];
    private int count;
    private long bytes;

    /** Number of ranges. */
    public int count() {
        return count;
    }

    /** First byte of range {@code i}, counted from the start of the memory. */
    public long offset(int i) {
        return bounds[2 * index(i)];
    }

    /** Length of range {@code i} in bytes. */
    public long length(int i) {
        return bounds[2 * index(i) + 1] - bounds[2 * i];
    }

    /** Sum of all lengths. */
    public long bytes() {
        return bytes;
    }

    void clear() {
        count = 0;
        bytes = 0;
    }

    /**
     * Adds [offset, end), which lies after all others; joined with the last one where the two
     * touch.
     */
    void add(long offset, long end) {
        assert offset < end && (count == 0 || bounds[2 * count - 1] <= offset)
                : "offset=" + offset + " end=" + end + " count=" + count;
        bytes += end - offset;
        if (count > 0 && bounds[2 * count - 1] == offset) {
            bounds[2 * count - 1] = end;
            return;
        }
        if (2 * count == bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * bounds.length);
        }
        bounds[2 * count] = offset;
        bounds[2 * count + 1] = end;
        count++;
    }

    private int index(int i) {
        if (i < 0 || i >= count) {
            throw new IndexOutOfBoundsException("range i=" + i + " count=" + count);
        }
        return i;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("PageRanges[");
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ", ").append(offset(i)).append('+').append(length(i));
        }
        return text.append(']').toString();
    }
}
