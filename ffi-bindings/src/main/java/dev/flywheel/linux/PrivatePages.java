package dev.flywheel.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * Pages of a memory that is a private mapping of the file in which its copy lies: what was written
 * since is a page of the process's own and belongs to the file no more.
 *
 * <pre>
 *   copy    [ page ][ page ][ page ][      ]   the file, written through a shared mapping
 *   memory  [   ^  ][ mine ][   ^  ][ mine ]   private: found are those that the guest wrote
 *           | mapped, in few pieces | engine's |
 * </pre>
 *
 * <p>So a page that was never written takes room once, not twice. The file changes only at pages
 * that were found, which the memory has of its own and does not see change.
 *
 * <p>The engine's own pages are left where the copy is all zero. What of them exists is found, the
 * rest is zero as it came. A piece is mapped when a page in it was first taken, up to the present
 * length and no further: what lies behind must stay inaccessible.
 */
final class PrivatePages implements Suspects {

    /** Mapped at once: a page of WebAssembly, by which memories grow. */
    static final long CHUNK_BYTES = Math.max(64 << 10, CLibrary.PAGE_BYTES);

    /**
     * Comparing a page of a large memory costs 0.8 to 1.2 us; giving it back and the fault at its
     * next write 5 to 8 us.
     */
    private static final int COMPARISONS_FOR_A_FAULT = 8;

    /** Maps the copy's pages. */
    @FunctionalInterface
    interface Mapper {
        /**
         * @return minus errno on failure
         */
        long map(long address, long from, long to);
    }

    private final PageMap pageMap;
    private final MemoryCopy copy;
    private final Mapper mapper;
    private final long address;
    private final Arena arena = Arena.ofShared();
    private final PageLister lister;

    /** Pages that are mapped, or that the system refused to map. */
    private final BitSet settled = new BitSet();

    /** Pages that the system refused to map: the engine's, whatever is in the copy. */
    private final BitSet refused = new BitSet();

    /** What clearing finds. */
    private final PageRanges cleared = new PageRanges();

    private PrivatePages(PageMap pageMap, MemorySegment memory, MemoryCopy copy, Mapper mapper) {
        this.pageMap = pageMap;
        this.copy = copy;
        this.mapper = mapper;
        this.address = memory.address();
        this.lister = pageMap.lister(arena);
    }

    /**
     * @param copy all zero, as long as the reservation, in a file; not owned
     */
    static PrivatePages over(PageMap pageMap, MemorySegment memory, MemoryCopy copy) {
        return over(pageMap, memory, copy, copy::mapOver);
    }

    static PrivatePages over(
            PageMap pageMap, MemorySegment memory, MemoryCopy copy, Mapper mapper) {
        pageMap.checkOpen();
        // A huge page would be found as a whole.
        CLibrary.madvise(memory.address(), copy.reservedBytes(), CLibrary.MADV_NOHUGEPAGE);
        return new PrivatePages(pageMap, memory, copy, mapper);
    }

    @Override
    public void findFirst(MemorySegment memory, PageRanges pages) {
        long used = check(memory);
        // An engine may map a module's data: such pages hold bytes before they are there.
        PageRanges files = new PageRanges();
        MappedFiles.list(memory, files);
        pages.clear();
        long at = 0;
        for (int i = 0; i < files.count(); i++) {
            long end = files.offset(i) + files.length(i);
            lister.list(address, at, files.offset(i), pages);
            pages.add(files.offset(i), end);
            at = end;
        }
        lister.list(address, at, used, pages);
    }

    @Override
    public void find(MemorySegment memory, PageRanges pages) {
        long used = check(memory);
        pages.clear();
        lister.list(address, 0, used, pages);
    }

    @Override
    public void taken(MemorySegment memory, PageRanges pages) {
        long used = check(memory);
        long hole = Math.max(PageTrackingLimits.HOLE_BYTES_MIN, used / PageTrackingLimits.PIECES);
        long start = -1;
        long end = -1;
        for (int i = 0; i < pages.count(); i++) {
            long from = pages.offset(i);
            long to = from + pages.length(i);
            if (settled.nextClearBit(page(from)) >= page(to)) {
                continue;
            }
            from -= from % CHUNK_BYTES;
            to = Math.min((to + CHUNK_BYTES - 1) / CHUNK_BYTES * CHUNK_BYTES, used);
            if (start >= 0 && from - end >= hole) {
                mapPiece(memory, start, end, hole);
                start = -1;
            }
            start = start < 0 ? from : start;
            end = to;
        }
        if (start >= 0) {
            mapPiece(memory, start, end, hole);
        }
    }

    /**
     * What is not mapped of it yet, with what lies between it and its neighbours if that is little.
     */
    private void mapPiece(MemorySegment memory, long start, long end, long hole) {
        int first = page(start);
        int last = page(end);
        int before = first == 0 ? -1 : settled.previousSetBit(first - 1);
        if (before >= 0 && start - (before + 1) * CLibrary.PAGE_BYTES < hole) {
            first = before + 1;
        }
        int after = settled.nextSetBit(last);
        if (after >= 0 && after * CLibrary.PAGE_BYTES - end < hole) {
            last = after;
        }
        for (int from = settled.nextClearBit(first); from < last; ) {
            int next = settled.nextSetBit(from);
            int to = next < 0 ? last : Math.min(next, last);
            map(memory, from, to);
            from = settled.nextClearBit(to);
        }
    }

    private void map(MemorySegment memory, int first, int last) {
        long from = first * CLibrary.PAGE_BYTES;
        long to = last * CLibrary.PAGE_BYTES;
        long result = mapper.map(address, from, to);
        if (result < 0) {
            restoreAfter(result, memory, from, to);
            refused.set(first, last);
        } else {
            CLibrary.madvise(address + from, to - from, CLibrary.MADV_NOHUGEPAGE);
        }
        settled.set(first, last);
    }

    /** A refused mapping may have taken away what was there. */
    private void restoreAfter(long failure, MemorySegment memory, long from, long to) {
        long length = to - from;
        if (CLibrary.madvise(address + from, length, CLibrary.MADV_NORMAL) >= 0) {
            return; // It has not.
        }
        int fresh = CLibrary.MAP_PRIVATE | CLibrary.MAP_ANONYMOUS | CLibrary.MAP_NORESERVE;
        int fixed = fresh | CLibrary.MAP_FIXED;
        int access = CLibrary.PROT_READ | CLibrary.PROT_WRITE;
        if (CLibrary.mmap(address + from, length, access, fixed, -1, 0) < 0) {
            // No hole must stay where the owner of the memory believes its own pages.
            CLibrary.mmap(address + from, length, CLibrary.PROT_NONE, fixed, -1, 0);
            throw refused("map", from, to, failure);
        }
        PageRanges lost = new PageRanges();
        lost.add(from, to);
        copy.load(memory, lost);
    }

    @Override
    public void clear(MemorySegment memory) {
        find(memory, cleared);
        for (int i = 0; i < cleared.count(); i++) {
            int first = page(cleared.offset(i));
            int last = page(cleared.offset(i) + cleared.length(i));
            // What was refused would be zero, whatever it was.
            for (int from = refused.nextClearBit(first); from < last; ) {
                int next = refused.nextSetBit(from);
                int to = next < 0 ? last : Math.min(next, last);
                discard(from * CLibrary.PAGE_BYTES, to * CLibrary.PAGE_BYTES);
                from = refused.nextClearBit(to);
            }
        }
    }

    private void discard(long from, long to) {
        int result = CLibrary.madvise(address + from, to - from, CLibrary.MADV_DONTNEED);
        if (result < 0) {
            throw refused("give back", from, to, result);
        }
    }

    private IllegalStateException refused(String what, long from, long to, long failure) {
        return new IllegalStateException(
                "cannot "
                        + what
                        + " pages of a memory: address=0x"
                        + Long.toHexString(address)
                        + " from="
                        + from
                        + " to="
                        + to
                        + ", "
                        + CLibrary.text(failure)
                        + ". Raise vm.max_map_count, or set "
                        + PageTracking.VARIABLE
                        + "=compare, which does without.");
    }

    private static int page(long offset) {
        return (int) (offset / CLibrary.PAGE_BYTES);
    }

    private long check(MemorySegment memory) {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException(
                    "page tracker is closed: address=0x" + Long.toHexString(address));
        }
        pageMap.checkOpen();
        if (!memory.scope().isAlive()) {
            throw new IllegalStateException(
                    "memory is closed: address=0x" + Long.toHexString(address));
        }
        CompareTracker.checkView(memory, address, copy.reservedBytes());
        return memory.byteSize();
    }

    @Override
    public int comparisonsForAFault() {
        return COMPARISONS_FOR_A_FAULT;
    }

    @Override
    public PageTracking.Method method() {
        return PageTracking.Method.PRIVATE_FILE;
    }

    /** The memory stays mapped, and the file with it, until the memory ends. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
