package dev.flywheel.linux;

import java.lang.foreign.MemorySegment;

/**
 * A memory as it was at a {@link RestorePoint}'s last take, for as long as the fork is open,
 * however the restore point goes on, and also after it was closed.
 *
 * <p>Where the copy of the restore point lies in a file of memory, a fork is a mapping of it, and
 * takes no room but for the pages that later takes change: each take leaves the old bytes of those
 * to every open fork first. Elsewhere a fork is a copy of all pages that are not zero.
 *
 * <p>When the system has no room for such an old page, the fork is lost, not the take: from then on
 * its bytes are worth nothing. So who has read from it asks {@link #requireWhole} afterwards,
 * before anything is done with what was read.
 *
 * <p>Thread-safe; what is read or run in {@link #view} and in the target of {@link #mapOver} needs
 * no lock.
 */
public interface MemoryFork extends AutoCloseable {

    /** Length of the memory at that take. */
    long byteSize();

    /**
     * The bytes, read-only, until the fork is closed.
     *
     * @throws IllegalStateException when the fork is closed or lost
     */
    MemorySegment view();

    /**
     * Makes the first {@link #byteSize} bytes of another memory those of the fork. They may then be
     * written, which nobody else sees. Again over the same memory puts the bytes back. Only the
     * last target is the fork's, until {@link #release}, {@link #close}, or until the memory ends:
     * what lies in former ones is worth nothing.
     *
     * <p>The mapping is not undone: it goes away with the other memory.
     *
     * @param target from a page's first byte on, not shorter than the fork, writable
     * @throws IllegalStateException when the fork is closed or lost, or the system refuses; the
     *     other memory must not be used then
     */
    void mapOver(MemorySegment target);

    /**
     * Gives back what was written in the last target, if any. Until it is mapped anew its bytes are
     * worth nothing, and takes spend nothing on it.
     */
    void release();

    /** Whether no byte was lost so far. */
    boolean isWhole();

    /**
     * To be asked after reading.
     *
     * @throws IllegalStateException when bytes were lost
     */
    default void requireWhole() {
        if (!isWhole()) {
            throw new IllegalStateException(
                    "memory fork is lost: the system had no room for pages that its process has"
                            + " changed since; bytes="
                            + byteSize()
                            + ". Give the machine more memory, or make the fork again.");
        }
    }

    /** Ends view and target. Twice does nothing. */
    @Override
    void close();
}
