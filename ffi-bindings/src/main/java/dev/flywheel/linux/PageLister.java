package dev.flywheel.linux;

/** Lists pages of this process. Holds buffers for one thread at a time. */
@FunctionalInterface
interface PageLister {

    /**
     * Adds the pages of [from, to), which are offsets from {@code address}, that are there, be it
     * in swap, and come from no file: those of a private mapping that were written, and those of
     * other memory that were touched. Pages that were read and never written may be left out where
     * nothing is mapped.
     *
     * @throws IllegalStateException when the kernel refuses; the message says why
     */
    void list(long address, long from, long to, PageRanges pages);
}
