package dev.flywheel.linux;

import java.lang.foreign.MemorySegment;

/**
 * A restore point that touches only the pages which the kernel noted as written.
 *
 * <p>Protecting a page costs a fault at its next write (1.3 us), comparing it with the copy a fifth
 * of that, and a guest writes much the same pages again and again. So pages that were written stay
 * unprotected, and are compared each time, until the comparisons that found nothing new have cost
 * what protecting them all again would: then they are.
 */
final class TrackedRestorePoint implements RestorePoint {

    /** Pages compared in vain for each unprotected page before all are protected again. */
    private static final int COMPARISONS_FOR_A_FAULT = 5;

    private final UserfaultfdTracker tracker;
    private final AnonymousMapping copy;

    /** Pages that may have been written since they were last protected. */
    private final PageRanges suspects = new PageRanges();

    private final PageRanges pages = new PageRanges();
    private long takenBytes = -1;
    private long comparedInVainBytes;

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
            tracker.collect(memory, pages);
            CompareTracker.copyRanges(memory, copy.segment(), pages);
        } else {
            tracker.find(memory, suspects);
            copyChanged(memory, copy.segment());
            protectWhenWorthwhile(memory);
        }
        takenBytes = memory.byteSize();
        return pages.bytes();
    }

    @Override
    public long restore(MemorySegment memory) {
        if (takenBytes < 0) {
            throw new IllegalStateException("nothing was taken yet: call take after boot");
        }
        tracker.find(memory, suspects);
        copyChanged(copy.segment(), memory);
        protectWhenWorthwhile(memory);
        return pages.bytes();
    }

    /** Copies those of the suspects in which the two differ, and lists them. */
    private void copyChanged(MemorySegment from, MemorySegment to) {
        long page = CLibrary.PAGE_BYTES;
        pages.clear();
        for (int i = 0; i < suspects.count(); i++) {
            long end = suspects.offset(i) + suspects.length(i);
            for (long at = suspects.offset(i); at < end; at += page) {
                if (MemorySegment.mismatch(from, at, at + page, to, at, at + page) >= 0) {
                    MemorySegment.copy(from, at, to, at, page);
                    pages.add(at, at + page);
                }
            }
        }
    }

    private void protectWhenWorthwhile(MemorySegment memory) {
        comparedInVainBytes += suspects.bytes() - pages.bytes();
        if (comparedInVainBytes > COMPARISONS_FOR_A_FAULT * suspects.bytes()) {
            tracker.arm(memory);
            comparedInVainBytes = 0;
        }
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
