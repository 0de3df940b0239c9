package dev.flywheel.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The descriptor of /proc/self/pagemap through which the process learns which pages of its private
 * mappings of files were written. All memories share it. Thread-safe.
 */
final class PageMap implements AutoCloseable {

    /** How it is asked. */
    enum Way {
        /** The kernel lists the pages: 2 ms for 1 GiB. Linux 6.7. */
        SCAN,
        /** An entry for each page is read: 7 ms for 1 GiB. */
        READ
    }

    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;

    /**
     * Written pages of a private file belong to no file any more. In memory of which no part is
     * mapped yet, a page of zeros that was only read is none that is looked for.
     */
    private static final PageScan.Wanted OWN =
            new PageScan.Wanted(
                    0, 0, PageScan.PAGE_IS_FILE | PageScan.PAGE_IS_PFNZERO, PageScan.EXISTING);

    private final int descriptor;
    private final Way way;
    private final AtomicBoolean closed = new AtomicBoolean();

    private PageMap(int descriptor, Way way) {
        this.descriptor = descriptor;
        this.way = way;
    }

    /** The better way that works here. */
    static PageMap open() throws MethodUnusableException {
        try {
            return open(Way.SCAN);
        } catch (MethodUnusableException scan) {
            try {
                return open(Way.READ);
            } catch (MethodUnusableException read) {
                read.addSuppressed(scan);
                throw read;
            }
        }
    }

    /** Tries the whole round on a few pages. */
    static PageMap open(Way way) throws MethodUnusableException {
        if (!CLibrary.LINUX) {
            throw new MethodUnusableException(
                    "/proc/self/pagemap is Linux's, and this is " + System.getProperty("os.name"));
        }
        int descriptor = CLibrary.open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) {
            throw new MethodUnusableException(
                    "/proc/self/pagemap cannot be opened: " + CLibrary.text(descriptor));
        }
        PageMap opened = new PageMap(descriptor, way);
        try {
            opened.tryOut();
            return opened;
        } catch (MethodUnusableException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void tryOut() throws MethodUnusableException {
        // Three times what is mapped at once: what was never touched must not be found either.
        long bytes = 3 * PrivatePages.CHUNK_BYTES;
        MemoryCopy copy = MemoryCopy.forkable(bytes, PageOwner.SYSTEM);
        if (!copy.isForkable()) {
            copy.close();
            throw new MethodUnusableException(
                    "the system gives no files of memory (memfd_create), or allows no overcommit"
                            + " (vm.overcommit_memory=2)");
        }
        try (copy;
                Mapping mapping = Mapping.reserve(bytes);
                PrivatePages pages = PrivatePages.over(this, mapping.segment(), copy)) {
            tryOut(mapping.segment(), pages, copy);
        } catch (IllegalStateException e) {
            throw new MethodUnusableException("a trial failed: " + e.getMessage());
        }
    }

    /** Two pages are there, one of them is written again, then the other. */
    private static void tryOut(MemorySegment memory, PrivatePages pages, MemoryCopy copy)
            throws MethodUnusableException {
        long page = CLibrary.PAGE_BYTES;
        PageRanges found = new PageRanges();
        memory.set(JAVA_LONG, 0, 1L);
        memory.set(JAVA_LONG, page, 2L);
        pages.findFirst(memory, found);
        requireFound(found, 0, 2 * page);
        copy.take(memory, found);
        pages.taken(memory, found);
        memory.set(JAVA_LONG, page, 2 + memory.get(JAVA_LONG, 0));
        pages.find(memory, found);
        requireFound(found, page, 2 * page);
        copy.take(memory, found);
        pages.clear(memory);
        memory.set(JAVA_LONG, 0, 4L);
        pages.find(memory, found);
        requireFound(found, 0, page);
        if (memory.get(JAVA_LONG, page) != 3) {
            throw new MethodUnusableException("a private mapping did not show its file's bytes");
        }
    }

    private static void requireFound(PageRanges found, long from, long to)
            throws MethodUnusableException {
        if (found.count() != 1 || found.offset(0) != from || found.bytes() != to - from) {
            throw new MethodUnusableException(
                    "a trial reported " + found + " for writes from " + from + " to " + to);
        }
    }

    /** For one memory; its buffers are the arena's. */
    PageLister lister(Arena arena) {
        return switch (way) {
            case SCAN -> {
                PageScan scan = new PageScan(arena, this::scan);
                yield (address, from, to, pages) -> scan.list(address, from, to, OWN, pages);
            }
            case READ -> new PageMapReader(arena, this::read);
        };
    }

    private int scan(MemorySegment state, MemorySegment argument) {
        checkOpen();
        return CLibrary.ioctl(state, descriptor, PageScan.PAGEMAP_SCAN, argument);
    }

    private long read(MemorySegment state, MemorySegment buffer, long offset) {
        checkOpen();
        return CLibrary.pread(state, descriptor, buffer, offset);
    }

    void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("page tracking is closed: close it after its trackers");
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            CLibrary.close(descriptor);
        }
    }
}
