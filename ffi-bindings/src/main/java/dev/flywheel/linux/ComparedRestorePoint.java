package dev.flywheel.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A restore point whose copy is also what the memory is compared with: one copy serves both. */
final class ComparedRestorePoint implements RestorePoint {

    private final CompareTracker tracker;
    private final PageRanges pages = new PageRanges();

    /** Owns {@code tracker}. */
    ComparedRestorePoint(CompareTracker tracker) {
        this.tracker = tracker;
    }

    @Override
    public long take(MemorySegment memory) {
        tracker.collect(memory, pages);
        return pages.bytes();
    }

    @Override
    public long restore(MemorySegment memory) {
        tracker.find(memory, pages);
        tracker.copy().load(memory, pages);
        return pages.bytes();
    }

    @Override
    public PageRanges lastPages() {
        return pages;
    }

    @Override
    public long takenBytes() {
        return tracker.copy().takenBytes();
    }

    @Override
    public SleepingMemory putAway(PageFiles place, @Nullable PageFile image) throws IOException {
        try {
            return tracker.copy().putAway(place, image);
        } finally {
            close();
        }
    }

    @Override
    public @Nullable PageFile image(PageFiles place, long bytesMax) throws IOException {
        return tracker.copy().image(place, bytesMax);
    }

    @Override
    public void copyTo(MemorySegment other) {
        tracker.copy().copyTo(other);
    }

    @Override
    public MemoryFork fork() {
        return tracker.copy().fork();
    }

    @Override
    public long keptBytes() {
        return tracker.copy().keptBytes();
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
