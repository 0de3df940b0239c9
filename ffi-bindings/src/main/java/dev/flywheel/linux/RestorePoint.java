package dev.flywheel.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A last good copy of one memory, kept up to date and put back in proportion to the pages written,
 * not to the memory's size.
 *
 * <pre>
 *   point.take(memory);                    // once, after boot: the state to fall back to
 *   loop:
 *     evaluate
 *     good:   point.take(memory);          // the state is now the one to fall back to
 *     failed: point.restore(memory);       // every byte is as it was at the last take
 * </pre>
 *
 * <p>The copy is a mapping of the reservation's size of which only pages take room that were ever
 * not zero, in a file of memory (a descriptor for each restore point) where the system has such.
 * {@code memory} is the view of now, as with {@link PageTracker}: it may have grown since the last
 * call. After growth {@code restore} leaves the new part all zero, as it was when it came, but
 * cannot take back the growth: who needs the old length makes a new instance.
 *
 * <p>Only linear memory is covered: globals, tables and the host's own state of a guest are for the
 * caller to put back.
 *
 * <p>One thread at a time, any thread, with a happens-before edge between two of them; nobody may
 * write to the memory during a call. Use after close is refused.
 */
public interface RestorePoint extends AutoCloseable {

    /**
     * Makes the present contents the ones to fall back to.
     *
     * @return the number of bytes copied; {@link #lastPages} has the ranges
     */
    long take(MemorySegment memory);

    /**
     * Puts back what the memory held at the last take.
     *
     * @return the number of bytes copied; {@link #lastPages} has the ranges
     * @throws IllegalStateException when nothing was taken yet
     */
    long restore(MemorySegment memory);

    /**
     * The pages that the last take or restore copied: after a take, those written since the one
     * before. Owned by this object.
     */
    PageRanges lastPages();

    /** Length of the memory at the last take. */
    long takenBytes();

    /**
     * Puts the copy into another memory, not shorter than it; pages that are equal stay untouched.
     */
    void copyTo(MemorySegment other);

    /**
     * The memory as it was at the last take, for others, while this goes on. Any thread, at any
     * time between the first take and close: waits for a take that is under way.
     *
     * @throws IllegalStateException when nothing was taken yet, this is closed, or the system has
     *     no room for it
     */
    MemoryFork fork();

    /**
     * Writes the state of the last take to a disk, and closes this. The memory must be gone, or not
     * be used again.
     *
     * @param image what others of the same module are mapped from; null for none
     * @return what {@link PageTracking#wake} goes on from; belongs to the caller
     * @throws IOException when it cannot be written; this is closed then too
     */
    SleepingMemory putAway(PageFiles place, @Nullable PageFile image) throws IOException;

    /**
     * Writes the state of the last take as an image, for others to be put away as what differs from
     * it. One use of it is the caller's.
     *
     * @param bytesMax of its pages
     * @return null when there are more
     * @throws IOException when it cannot be written
     */
    @Nullable PageFile image(PageFiles place, long bytesMax) throws IOException;

    /**
     * Bytes of the pages that were ever not zero at a take: what the copy takes, and the memory as
     * much again (less with {@link PageTracking.Method#PRIVATE_FILE}: its unwritten pages are the
     * copy's). Looks at a bit for each page, so once for some messages, not within one.
     */
    long keptBytes();

    /** How changed pages are found. */
    PageTracking.Method method();

    /** Gives back the copy; the memory stays as it is. Closing twice does nothing. */
    @Override
    void close();
}
