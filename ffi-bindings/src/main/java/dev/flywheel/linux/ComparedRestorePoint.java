package dev.flywheel.linux;

import java.lang.foreign.MemorySegment;

/** A restore point whose copy is also what the memory is compared with: one copy serves both. */
final class ComparedRestorePoint implements RestorePoint {

    private final CompareTracker tracker;
    private final PageRanges pages = new PageRanges();
    private long takenBytes = -1;

    /** Owns {@code tracker}. */
    ComparedRestorePoint(CompareTracker tracker) {
        this.tracker = tracker;
    }

    @Override
    public long take(MemorySegment memory) {
        tracker.collect(memory, pages);
        takenBytes = memory.byteSize();
        return pages.bytes();
    }

    @Override
    public long restore(MemorySegment memory) {
        if (takenBytes < 0) {
            throw new IllegalStateException("nothing was taken yet: call take after boot");
        }
        tracker.find(memory, pages);
        CompareTracker.copyRanges(tracker.copy(), memory, pages);
        return pages.bytes();
    }

    @Override
    public PageRanges lastPages() {
        return pages;
    }

    @Override
    public MemorySegment copy() {
        return tracker.copy().asSlice(0, Math.max(takenBytes, 0)).asReadOnly();
    }

    @Override
    public PageTracking.Method method() {
        return PageTracking.Method.COMPARE;
    }

    @Override
    public void close() {
        tracker.close();
    }
}
