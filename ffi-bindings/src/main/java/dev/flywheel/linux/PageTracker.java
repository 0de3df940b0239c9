package dev.flywheel.linux;

import java.lang.foreign.MemorySegment;

/**
 * Tells which pages of one memory were written between two moments.
 *
 * <p>The memory lies at a fixed address inside a reservation, may grow within it, never shrinks and
 * never moves. {@code memory} in every call is its view of now: the same start as the one that the
 * tracker was made over, with the present length. Passing the view lets the JDK refuse a call after
 * the memory's owner was closed.
 *
 * <p>What counts as written: every page whose bytes changed since the last {@link #arm} or {@link
 * #collect}, whoever changed them: the guest, the host through a segment, the kernel in a {@code
 * read()}, or {@code MADV_DONTNEED} (not in the last 256 KiB of a memory of odd length; with {@link
 * PageTracking.Method#PRIVATE_FILE} it may give a page back the bytes of the last question instead
 * of zeros, which is no change). One tracker or restore point at a time over a memory. A page that
 * was written with the bytes that it already had may be reported, or not, and so may one that is
 * read for the first time. Pages that came by growth are reported if they are not all zero; the
 * others need not be.
 *
 * <p>One thread at a time, any thread, with a happens-before edge between two of them; nobody may
 * write to the memory during a call. Must be closed before or after its memory goes away, not be
 * used after that.
 */
public interface PageTracker extends AutoCloseable {

    /**
     * From now on, what the memory holds at this moment is "not written". Must be called before the
     * first collect.
     */
    void arm(MemorySegment memory);

    /**
     * Replaces the contents of {@code dirty} by the ranges written since the last {@code arm} or
     * {@code collect}, and arms again in the same step.
     *
     * @return the number of bytes in {@code dirty}
     */
    long collect(MemorySegment memory, PageRanges dirty);

    /** How this tracker finds out. */
    PageTracking.Method method();

    /** Gives back what the tracker holds; the memory stays as it is. Closing twice does nothing. */
    @Override
    void close();
}
