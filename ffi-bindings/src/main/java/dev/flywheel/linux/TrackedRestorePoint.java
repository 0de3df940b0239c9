package dev.flywheel.linux;

import java.lang.foreign.MemorySegment;

/** A restore point that touches only the pages which the kernel noted as written. */
final class TrackedRestorePoint implements RestorePoint {

    private final UserfaultfdTracker tracker;
    private final AnonymousMapping copy;
    private final PageRanges pages = new PageRanges();
    private long takenBytes = -1;

    /** Owns both; {@code copy} is all zero. */
    TrackedRestorePoint(UserfaultfdTracker tracker, AnonymousMapping copy) {
        this.tracker = tracker;
        this.copy = copy;
    }

    @Override
    public long take(MemorySegment memory) {
        if (takenBytes < 0) {
            // Pages of a mapped file (an engine may map a module's data) hold bytes before they are
            // present: read them in.
            MappedFiles.readIn(memory);
        }
        tracker.collect(memory, pages);
        CompareTracker.copyRanges(memory, copy.segment(), pages);
        takenBytes = memory.byteSize();
        return pages.bytes();
    }

    @Override
    public long restore(MemorySegment memory) {
        if (takenBytes < 0) {
            throw new IllegalStateException("nothing was taken yet: call take after boot");
        }
        tracker.find(memory, pages);
        CompareTracker.copyRanges(copy.segment(), memory, pages);
        tracker.arm(memory);
        return pages.bytes();
    }

    @Override
    public PageRanges lastPages() {
        return pages;
    }

    @Override
    public MemorySegment copy() {
        return copy.segment().asSlice(0, Math.max(takenBytes, 0)).asReadOnly();
    }

    @Override
    public PageTracking.Method method() {
        return PageTracking.Method.USERFAULTFD;
    }

    @Override
    public void close() {
        tracker.close();
        copy.close();
    }
}
