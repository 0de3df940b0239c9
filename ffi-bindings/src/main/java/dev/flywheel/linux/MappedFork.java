package dev.flywheel.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A fork that maps the file of the copy, privately.
 *
 * <pre>
 *   copy   [ page ][ page ][ page' ]   shared mapping, goes on
 *   view   [   ^  ][   ^  ][ page  ]   private mapping: own pages only where the copy has changed
 *   target [   ^  ][ mine ][ page  ]   the same, where a guest runs; its own pages are its own
 * </pre>
 *
 * <p>All under the lock of the copy.
 */
final class MappedFork implements MemoryFork {

    private final MemoryCopy copy;
    private final MemoryFile file;
    private final PageOwner owner;
    private final long bytes;

    /** Outside these the copy was zero, and so are mappings of nothing. */
    private final Extents extents;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment base;

    /** Pages of the view that follow the copy no more. */
    private final BitSet owned = new BitSet();

    private @Nullable MemorySegment target;

    /** Whether the target holds the fork's bytes, and must go on to. */
    private boolean mapped;

    private boolean lost;
    private boolean closed;

    MappedFork(MemoryCopy copy, MemoryFile file, PageOwner owner, long bytes, Extents extents) {
        this.copy = copy;
        this.file = file;
        this.owner = owner;
        this.bytes = bytes;
        this.extents = extents;
        long length = Math.max(bytes, CLibrary.PAGE_BYTES);
        long address = CLibrary.mmapAnonymous(length, CLibrary.PROT_READ | CLibrary.PROT_WRITE);
        long failure = address < 0 ? address : mapExtents(address);
        if (failure < 0) {
            if (address > 0) {
                CLibrary.munmap(address, length);
            }
            throw refused(failure);
        }
        this.base =
                MemorySegment.ofAddress(address)
                        .reinterpret(length, arena, _ -> CLibrary.munmap(address, length))
                        .asSlice(0, bytes);
    }

    private long mapExtents(long address) {
        for (int i = 0; i < extents.count(); i++) {
            long start = extents.start(i);
            long length = extents.end(i) - start;
            long result = file.map(address + start, start, length, CLibrary.MAP_PRIVATE);
            if (result < 0) {
                return result;
            }
        }
        CLibrary.madvise(address, bytes, CLibrary.MADV_NOHUGEPAGE);
        return address;
    }

    private IllegalStateException refused(long failure) {
        return new IllegalStateException(
                "cannot map a fork: bytes="
                        + bytes
                        + ", "
                        + CLibrary.text(failure)
                        + ". Raise ulimit -v or vm.max_map_count, or close other forks.");
    }

    @Override
    public long byteSize() {
        return bytes;
    }

    @Override
    public MemorySegment view() {
        synchronized (copy) {
            requireUsable();
            return base.asReadOnly();
        }
    }

    @Override
    public void mapOver(MemorySegment memory) {
        if (memory.byteSize() < bytes || memory.address() % CLibrary.PAGE_BYTES != 0) {
            throw new IllegalArgumentException(
                    "cannot map a fork of bytes="
                            + bytes
                            + " over a memory of bytes="
                            + memory.byteSize()
                            + " at address=0x"
                            + Long.toHexString(memory.address()));
        }
        synchronized (copy) {
            requireUsable();
            MemorySegment before = liveTarget();
            if (before != null && before.address() == memory.address()) {
                discard(before);
            } else {
                target = null;
                mapAll(memory.address());
            }
            target = memory;
            mapped = true;
            for (int from = owned.nextSetBit(0); from >= 0; ) {
                int to = owned.nextClearBit(from);
                long at = from * CLibrary.PAGE_BYTES;
                MemorySegment.copy(base, at, memory, at, to * CLibrary.PAGE_BYTES - at);
                from = owned.nextSetBit(to);
            }
        }
    }

    private void mapAll(long address) {
        if (bytes == 0) {
            return;
        }
        int fresh = CLibrary.MAP_PRIVATE | CLibrary.MAP_ANONYMOUS | CLibrary.MAP_NORESERVE;
        int fixed = fresh | CLibrary.MAP_FIXED;
        int access = CLibrary.PROT_READ | CLibrary.PROT_WRITE;
        long result = CLibrary.mmap(address, bytes, access, fixed, -1, 0);
        result = result < 0 ? result : mapExtents(address);
        if (result < 0) {
            // No hole must stay where the owner of the memory believes its own pages.
            CLibrary.mmap(address, bytes, CLibrary.PROT_NONE, fixed, -1, 0);
            throw refused(result);
        }
    }

    @Override
    public void release() {
        synchronized (copy) {
            MemorySegment before = liveTarget();
            if (before != null && mapped) {
                discard(before);
            }
            mapped = false;
        }
    }

    /** What was written there is gone; the file's pages of now are seen. */
    private void discard(MemorySegment memory) {
        if (bytes == 0 || !mapped) {
            return;
        }
        int result = CLibrary.madvise(memory.address(), bytes, CLibrary.MADV_DONTNEED);
        if (result < 0) {
            target = null; // to be mapped anew
            throw refused(result);
        }
    }

    /** Other things may lie where a memory was that has ended. */
    private @Nullable MemorySegment liveTarget() {
        if (target != null && !target.scope().isAlive()) {
            target = null;
            mapped = false;
        }
        return target;
    }

    /**
     * Makes the bytes of these pages, which the copy is about to change, the fork's own.
     *
     * @return false when the fork is lost
     */
    boolean own(PageRanges ranges) {
        MemorySegment running = mapped ? liveTarget() : null;
        int extent = 0;
        for (int i = 0; i < ranges.count(); i++) {
            long from = ranges.offset(i);
            long to = from + ranges.length(i);
            while (extent < extents.count() && extents.end(extent) <= from) {
                extent++;
            }
            for (int e = extent; e < extents.count() && extents.start(e) < to; e++) {
                long start = Math.max(from, extents.start(e));
                if (!own(start, Math.min(to, extents.end(e)), running)) {
                    lost = true;
                    return false;
                }
            }
        }
        return true;
    }

    private boolean own(long from, long to, @Nullable MemorySegment running) {
        long page = CLibrary.PAGE_BYTES;
        int last = (int) (to / page);
        int first = owned.nextClearBit((int) (from / page));
        while (first < last) {
            int set = owned.nextSetBit(first);
            int end = set < 0 ? last : Math.min(last, set);
            long length = (end - first) * page;
            boolean done = owner.own(base.address() + first * page, length) >= 0;
            if (done && running != null) {
                done = owner.own(running.address() + first * page, length) >= 0;
            }
            if (!done) {
                return false;
            }
            owned.set(first, end);
            first = owned.nextClearBit(end);
        }
        return true;
    }

    @Override
    public boolean isWhole() {
        synchronized (copy) {
            return !lost;
        }
    }

    private void requireUsable() {
        if (closed) {
            throw new IllegalStateException("memory fork is closed: bytes=" + bytes);
        }
        requireWhole();
    }

    @Override
    public void close() {
        synchronized (copy) {
            if (!closed) {
                closed = true;
                copy.forget(this);
                target = null;
                arena.close();
            }
        }
    }
}
