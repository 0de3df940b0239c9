package dev.flywheel.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One state of a copy, which all forks share that were made of it: the files of the copy, mapped
 * privately.
 *
 * <pre>
 *   copy   [ page ][ page ][ page' ]   shared mapping, goes on
 *   view   [   ^  ][   ^  ][ page  ]   private mapping: own pages only where the copy has changed
 *   target [   ^  ][ mine ][ page  ]   the same, where a guest runs; its own pages are its own
 * </pre>
 *
 * <p>All under the lock of the copy.
 */
final class Picture {

    /**
     * What the state consists of; elsewhere it is zero.
     *
     * @param changing parts of the file of memory, which the copy goes on to change; mapped over
     *     all others
     * @param base the file that the copy began from, which never changes
     * @param fixed its parts
     * @param scattered pages of the file of memory that are copied
     */
    record Parts(
            Extents changing, @Nullable PageFile base, @Nullable Extents fixed, BitSet scattered) {}

    private final MemoryCopy copy;
    private final MemoryFile file;
    private final PageOwner owner;
    private final long bytes;
    private final Parts parts;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment view;

    /** Pages of the view that follow the copy no more. */
    private final BitSet owned = new BitSet();

    private final Set<MappedFork> forks = new HashSet<>();
    private boolean lost;

    Picture(MemoryCopy copy, MemoryFile file, PageOwner owner, long bytes, Parts parts) {
        this.copy = copy;
        this.file = file;
        this.owner = owner;
        this.bytes = bytes;
        this.parts = parts;
        long length = Math.max(bytes, CLibrary.PAGE_BYTES);
        long address = CLibrary.mmapAnonymous(length, CLibrary.PROT_READ | CLibrary.PROT_WRITE);
        long failure = address < 0 ? address : mapParts(address);
        if (failure < 0) {
            if (address > 0) {
                CLibrary.munmap(address, length);
            }
            throw refused(failure);
        }
        this.view =
                MemorySegment.ofAddress(address)
                        .reinterpret(length, arena, _ -> CLibrary.munmap(address, length))
                        .asSlice(0, bytes);
        PageFile base = parts.base();
        if (base != null) {
            base.retain(); // as long as it is mapped here it must not change
        }
        BitSet scattered = parts.scattered();
        put(scattered, copy.changes(), view);
        owned.or(scattered);
    }

    private long mapParts(long address) {
        PageFile base = parts.base();
        Extents fixed = parts.fixed();
        long result = base == null || fixed == null ? 0 : base.mapOver(address, fixed);
        Extents changing = parts.changing();
        for (int i = 0; i < changing.count() && result >= 0; i++) {
            long start = changing.start(i);
            long length = changing.end(i) - start;
            result = file.map(address + start, start, length, CLibrary.MAP_PRIVATE);
        }
        CLibrary.madvise(address, bytes, CLibrary.MADV_NOHUGEPAGE);
        return Math.min(result, 0);
    }

    IllegalStateException refused(long failure) {
        return new IllegalStateException(
                "cannot map a fork: bytes="
                        + bytes
                        + ", "
                        + CLibrary.text(failure)
                        + ". Raise ulimit -v or vm.max_map_count, or close other forks.");
    }

    // Forks -------------------------------------------------------------------------------------

    MemoryCopy copy() {
        return copy;
    }

    long byteSize() {
        return bytes;
    }

    MemorySegment view() {
        return view;
    }

    boolean isLost() {
        return lost;
    }

    MappedFork fork() {
        MappedFork fork = new MappedFork(this);
        forks.add(fork);
        return fork;
    }

    void close(MappedFork fork) {
        forks.remove(fork);
        if (forks.isEmpty()) {
            arena.close();
            PageFile base = parts.base();
            if (base != null) {
                base.release();
            }
            copy.forget(this);
        }
    }

    /** Maps the state over a memory. */
    void mapOver(long address) {
        int fresh = CLibrary.MAP_PRIVATE | CLibrary.MAP_ANONYMOUS | CLibrary.MAP_NORESERVE;
        int fixed = fresh | CLibrary.MAP_FIXED;
        int access = CLibrary.PROT_READ | CLibrary.PROT_WRITE;
        long result = CLibrary.mmap(address, bytes, access, fixed, -1, 0);
        result = result < 0 ? result : mapParts(address);
        if (result < 0) {
            // No hole must stay where the owner of the memory believes its own pages.
            CLibrary.mmap(address, bytes, CLibrary.PROT_NONE, fixed, -1, 0);
            throw refused(result);
        }
    }

    /** Puts into a memory, over which the state is mapped, what does not follow the copy. */
    void putOwned(MemorySegment memory) {
        put(owned, view, memory);
    }

    private static void put(BitSet pages, MemorySegment from, MemorySegment to) {
        for (int first = pages.nextSetBit(0); first >= 0; ) {
            int end = pages.nextClearBit(first);
            long at = first * CLibrary.PAGE_BYTES;
            MemorySegment.copy(from, at, to, at, end * CLibrary.PAGE_BYTES - at);
            first = pages.nextSetBit(end);
        }
    }

    // Going on ----------------------------------------------------------------------------------

    /**
     * Makes the bytes of these pages, which the copy is about to change, the picture's own.
     *
     * @return false when the picture is lost, and its forks with it
     */
    boolean own(PageRanges ranges) {
        List<MemorySegment> places = new ArrayList<>();
        places.add(view);
        for (MappedFork fork : forks) {
            MemorySegment running = fork.running();
            if (running != null) {
                places.add(running);
            }
        }
        Extents changing = parts.changing();
        int extent = 0;
        for (int i = 0; i < ranges.count() && !lost; i++) {
            long from = ranges.offset(i);
            long to = from + ranges.length(i);
            while (extent < changing.count() && changing.end(extent) <= from) {
                extent++;
            }
            for (int e = extent; e < changing.count() && changing.start(e) < to && !lost; e++) {
                long start = Math.max(from, changing.start(e));
                lost = !own(start, Math.min(to, changing.end(e)), places);
            }
        }
        return !lost;
    }

    private boolean own(long from, long to, List<MemorySegment> places) {
        long page = CLibrary.PAGE_BYTES;
        int last = (int) (to / page);
        for (int first = owned.nextClearBit((int) (from / page)); first < last; ) {
            int set = owned.nextSetBit(first);
            int end = set < 0 ? last : Math.min(last, set);
            for (MemorySegment place : places) {
                if (owner.own(place.address() + first * page, (end - first) * page) < 0) {
                    return false;
                }
            }
            owned.set(first, end);
            first = owned.nextClearBit(end);
        }
        return true;
    }
}
