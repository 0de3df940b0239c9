package dev.flywheel.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A restore point that touches only the pages which the kernel knows as written.
 *
 * <p>Each page that is cleared of suspicion costs a fault at its next write (1.3 us where it is
 * protected, several where it lies in a private file), comparing it with the copy 0.26 us, and a
 * guest writes much the same pages again and again. So pages that were written stay suspects, and
 * are compared, until the comparisons that found nothing new have cost what clearing them all
 * would: then they are. And pages that had changed the last two times are taken as changed again
 * without, except now and then: comparing costs two thirds of copying.
 */
final class TrackedRestorePoint implements RestorePoint {

    /** A take in so many compares all pages. */
    private static final int COMPARE_EVERY = 16;

    private final Suspects written;
    private final MemoryCopy copy;

    /** Pages that may have been written since they were last cleared. */
    private final PageRanges suspects = new PageRanges();

    private final PageRanges pages = new PageRanges();

    /** Pages that differed when they were last compared. */
    private final BitSet changed = new BitSet();

    /** Pages that differed twice in a row. */
    private final BitSet changing = new BitSet();

    private boolean taken;
    private int takes;
    private long comparedInVainBytes;

    /**
     * Owns both.
     *
     * @param woken whether the memory was made what the copy has; else the copy is all zero
     */
    TrackedRestorePoint(Suspects written, MemoryCopy copy, boolean woken) {
        this.written = written;
        this.copy = copy;
        this.taken = woken;
    }

    @Override
    public long take(MemorySegment memory) {
        if (taken) {
            written.find(memory, suspects);
        } else {
            written.findFirst(memory, suspects);
        }
        findChanged(memory, takes++ % COMPARE_EVERY == 0);
        copy.take(memory, pages);
        written.taken(memory, taken ? pages : suspects);
        if (taken) {
            clearWhenWorthwhile(memory);
        }
        taken = true;
        return pages.bytes();
    }

    @Override
    public long restore(MemorySegment memory) {
        written.find(memory, suspects);
        findChanged(memory, true);
        copy.load(memory, pages);
        clearWhenWorthwhile(memory);
        return pages.bytes();
    }

    /**
     * Lists those of the suspects in which memory and copy differ.
     *
     * @param exactly whether also those are compared that always differ
     */
    private void findChanged(MemorySegment memory, boolean exactly) {
        long page = CLibrary.PAGE_BYTES;
        pages.clear();
        for (int i = 0; i < suspects.count(); i++) {
            long end = suspects.offset(i) + suspects.length(i);
            for (long at = suspects.offset(i); at < end; at += page) {
                int number = (int) (at / page);
                if ((!exactly && changing.get(number)) || differs(memory, at, number)) {
                    pages.add(at, at + page);
                }
            }
        }
    }

    private boolean differs(MemorySegment memory, long at, int number) {
        boolean differs = !copy.same(memory, at, at + CLibrary.PAGE_BYTES);
        changing.set(number, differs && changed.get(number));
        changed.set(number, differs);
        if (!differs) {
            comparedInVainBytes += CLibrary.PAGE_BYTES;
        }
        return differs;
    }

    private void clearWhenWorthwhile(MemorySegment memory) {
        if (comparedInVainBytes > written.comparisonsForAFault() * suspects.bytes()) {
            written.clear(memory);
            comparedInVainBytes = 0;
        }
    }

    @Override
    public PageRanges lastPages() {
        return pages;
    }

    @Override
    public long takenBytes() {
        return copy.takenBytes();
    }

    @Override
    public SleepingMemory putAway(PageFiles place, @Nullable PageFile image) throws IOException {
        try {
            return copy.putAway(place, image);
        } finally {
            close();
        }
    }

    @Override
    public @Nullable PageFile image(PageFiles place, long bytesMax) throws IOException {
        return copy.image(place, bytesMax);
    }

    @Override
    public void copyTo(MemorySegment other) {
        copy.copyTo(other);
    }

    @Override
    public MemoryFork fork() {
        return copy.fork();
    }

    @Override
    public long keptBytes() {
        return copy.keptBytes();
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
