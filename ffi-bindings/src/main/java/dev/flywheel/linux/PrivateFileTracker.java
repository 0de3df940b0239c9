package dev.flywheel.linux;

import java.lang.foreign.MemorySegment;

/**
 * Pages that the memory has of its own beside the file that it is mapped from, and that differ from
 * it. The file then gets their bytes.
 */
final class PrivateFileTracker implements PageTracker {

    private final PrivatePages written;
    private final MemoryCopy copy;

    /** Pages that may have been written since they were last cleared. */
    private final PageRanges suspects = new PageRanges();

    /** What arming finds, and nobody asks for. */
    private final PageRanges armed = new PageRanges();

    private boolean taken;
    private long comparedInVainBytes;

    /** Owns both; {@code copy} is all zero. */
    PrivateFileTracker(PrivatePages written, MemoryCopy copy) {
        this.written = written;
        this.copy = copy;
    }

    @Override
    public void arm(MemorySegment memory) {
        collect(memory, armed);
    }

    @Override
    public long collect(MemorySegment memory, PageRanges dirty) {
        if (taken) {
            written.find(memory, suspects);
        } else {
            written.findFirst(memory, suspects);
        }
        long page = CLibrary.PAGE_BYTES;
        dirty.clear();
        for (int i = 0; i < suspects.count(); i++) {
            long end = suspects.offset(i) + suspects.length(i);
            for (long at = suspects.offset(i); at < end; at += page) {
                if (!copy.same(memory, at, at + page)) {
                    dirty.add(at, at + page);
                }
            }
        }
        copy.take(memory, dirty);
        written.taken(memory, taken ? dirty : suspects);
        taken = true;
        clearWhenWorthwhile(memory, suspects.bytes() - dirty.bytes());
        return dirty.bytes();
    }

    /** As a restore point does it: when comparing in vain has cost as much. */
    private void clearWhenWorthwhile(MemorySegment memory, long inVainBytes) {
        comparedInVainBytes += inVainBytes;
        if (comparedInVainBytes > written.comparisonsForAFault() * suspects.bytes()) {
            written.clear(memory);
            comparedInVainBytes = 0;
        }
    }

    @Override
    public PageTracking.Method method() {
        return written.method();
    }

    @Override
    public void close() {
        written.close();
        copy.close();
    }
}
