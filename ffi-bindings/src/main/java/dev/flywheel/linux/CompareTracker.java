package dev.flywheel.linux;

import java.lang.foreign.MemorySegment;

/**
 * Pages that differ from a copy which is kept of them. Zero pages of the copy take no room. Memory
 * is read to its present end and no further.
 */
final class CompareTracker implements PageTracker {

    private final long address;
    private final AnonymousMapping copy;
    private final PageRanges armed = new PageRanges();

    /** Owns {@code copy}, which is all zero and as long as the reservation. */
    CompareTracker(long address, AnonymousMapping copy) {
        this.address = address;
        this.copy = copy;
    }

    @Override
    public void arm(MemorySegment memory) {
        collect(memory, armed);
    }

    @Override
    public long collect(MemorySegment memory, PageRanges dirty) {
        find(memory, dirty);
        copyRanges(memory, copy.segment(), dirty);
        return dirty.bytes();
    }

    /** What collect would report, leaving the copy as it is. */
    long find(MemorySegment memory, PageRanges dirty) {
        checkView(memory, address, copy.segment().byteSize());
        dirty.clear();
        long used = memory.byteSize();
        long page = CLibrary.PAGE_BYTES;
        for (long at = 0; at < used; at += PageTrackingLimits.COMPARE_BYTES) {
            long end = Math.min(at + PageTrackingLimits.COMPARE_BYTES, used);
            if (same(memory, at, end)) {
                continue;
            }
            for (long from = at; from < end; from += page) {
                long to = Math.min(from + page, end);
                if (!same(memory, from, to)) {
                    dirty.add(from, to);
                }
            }
        }
        return dirty.bytes();
    }

    /** The copy, for whoever also restores from it. */
    MemorySegment copy() {
        return copy.segment();
    }

    @Override
    public PageTracking.Method method() {
        return PageTracking.Method.COMPARE;
    }

    @Override
    public void close() {
        copy.close();
    }

    private boolean same(MemorySegment memory, long from, long to) {
        return MemorySegment.mismatch(memory, from, to, copy.segment(), from, to) < 0;
    }

    static void checkView(MemorySegment memory, long address, long reservedBytes) {
        if (memory.address() != address || memory.byteSize() > reservedBytes) {
            throw new IllegalArgumentException(
                    "not the memory that is tracked: address=0x"
                            + Long.toHexString(memory.address())
                            + " memoryBytes="
                            + memory.byteSize()
                            + ", tracked is address=0x"
                            + Long.toHexString(address)
                            + " reservedBytes="
                            + reservedBytes);
        }
    }

    static void copyRanges(MemorySegment from, MemorySegment to, PageRanges ranges) {
        for (int i = 0; i < ranges.count(); i++) {
            MemorySegment.copy(from, ranges.offset(i), to, ranges.offset(i), ranges.length(i));
        }
    }
}
