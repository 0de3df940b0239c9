package dev.flywheel.linux;

import java.lang.foreign.MemorySegment;

/**
 * The pages of one memory that may have been written since they were last cleared of it. All others
 * have the bytes of the copy that is kept of the memory. As a {@link PageTracker} in all else, in
 * whose terms this is the half that compares and copies nothing.
 */
interface Suspects extends AutoCloseable {

    /**
     * The first question: every page that may not be zero. Once, before the others.
     *
     * @param pages replaced by what is found, as with {@link #find}
     */
    void findFirst(MemorySegment memory, PageRanges pages);

    /** Every page that may have been written since it was last cleared or first found. */
    void find(MemorySegment memory, PageRanges pages);

    /**
     * To be told after the copy was brought to what the memory holds.
     *
     * @param pages those that were copied; after {@link #findFirst} all that were found
     */
    void taken(MemorySegment memory, PageRanges pages);

    /**
     * Clears all of suspicion: each page is found again only when it is written again, which then
     * costs a fault. The memory and the copy must have the same bytes.
     */
    void clear(MemorySegment memory);

    /** How many comparisons of a page cost what clearing it and the fault after that do. */
    int comparisonsForAFault();

    PageTracking.Method method();

    /** Twice does nothing. */
    @Override
    void close();
}
