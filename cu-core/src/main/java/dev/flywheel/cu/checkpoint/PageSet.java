package dev.flywheel.cu.checkpoint;

import dev.flywheel.linux.PageRanges;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * A set of pages of {@link CheckpointLimits#PAGE_BYTES}: one bit each, up to the highest, so that
 * what several messages changed can be put together. One thread at a time.
 */
public final class PageSet {
    private final BitSet pages = new BitSet();

    /** Each page of a memory. */
    public static PageSet all(MemorySegment memory) {
        PageSet all = new PageSet();
        all.add(0, memory.byteSize());
        return all;
    }

    /** Adds the pages in which these bytes lie. */
    public void add(long offset, long bytes) {
        if (offset < 0 || bytes < 0 || bytes > CheckpointLimits.MEMORY_BYTES_MAX - offset) {
            throw new IllegalArgumentException("not in a memory: " + offset + "+" + bytes);
        }
        if (bytes > 0) {
            pages.set(
                    (int) (offset / CheckpointLimits.PAGE_BYTES),
                    (int) ((offset + bytes - 1) / CheckpointLimits.PAGE_BYTES) + 1);
        }
    }

    /** Adds what a restore point or a tracker reported. */
    public void add(PageRanges ranges) {
        for (int i = 0; i < ranges.count(); i++) {
            add(ranges.offset(i), ranges.length(i));
        }
    }

    /** Adds each page of another set. */
    public void add(PageSet other) {
        pages.or(other.pages);
    }

    /** Empties the set. */
    public void clear() {
        pages.clear();
    }

    /** Number of pages. */
    public int count() {
        return pages.cardinality();
    }

    /** The first page of the set from {@code page} on, or -1. */
    int next(int page) {
        return pages.nextSetBit(page);
    }

    /** The first page from {@code page} on that is not in the set. */
    int end(int page) {
        return pages.nextClearBit(page);
    }

    @Override
    public String toString() {
        return "PageSet[pages=" + count() + "]";
    }
}
