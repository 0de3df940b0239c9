package dev.flywheel.linux;

import java.lang.foreign.MemorySegment;

/**
 * Pages that differ from a copy which is kept of them. Zero pages of the copy take no room. Memory
 * is read to its present end and no further.
 */
final class CompareTracker implements PageTracker {

    private final long address;
    private final MemoryCopy copy;
    private final PageRanges armed = new PageRanges();

    /** Owns {@code copy}, which is all zero and as long as the reservation. */
    CompareTracker(long address, MemoryCopy copy) {
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
        copy.take(memory, dirty);
        return dirty.bytes();
    }

    /** What collect would report, leaving the copy as it is. */
    long find(MemorySegment memory, PageRanges dirty) {
        checkView(memory, address, copy.reservedBytes());
        dirty.clear();
        long used = memory.byteSize();
        long page = CLibrary.PAGE_BYTES;
        for (long at = 0; at < used; at += PageTrackingLimits.COMPARE_BYTES) {
            long end = Math.min(at + PageTrackingLimits.COMPARE_BYTES, used);
            if (copy.same(memory, at, end)) {
                continue;
            }
            for (long from = at; from < end; from += page) {
                long to = Math.min(from + page, end);
                if (!copy.same(memory, from, to)) {
                    dirty.add(from, to);
                }
            }
        }
        return dirty.bytes();
    }

    /** The copy, for whoever also restores from it. */
    MemoryCopy copy() {
        return copy;
    }

    @Override
    public PageTracking.Method method() {
        return PageTracking.Method.COMPARE;
    }

    @Override
    public void close() {
        copy.close();
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
}
