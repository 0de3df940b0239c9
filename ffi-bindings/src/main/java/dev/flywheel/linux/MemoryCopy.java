package dev.flywheel.linux;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The copy that a restore point or a comparing tracker keeps of a memory, and its open forks.
 *
 * <p>It lies in a file of memory where that is possible, so that forks can map it. Looking at a
 * page of such a file makes it, so pages that were never anything but zero are known here and not
 * looked at.
 *
 * <p>The lock is this copy's own. It guards the forks and what they are made from; all else belongs
 * to the one thread that takes and restores.
 */
final class MemoryCopy implements AutoCloseable {

    private static final MemorySegment ZEROS =
            MemorySegment.ofArray(new byte[(int) PageTrackingLimits.COMPARE_BYTES]).asReadOnly();

    private final Mapping mapping;
    private final @Nullable MemoryFile file;
    private final PageOwner owner;

    /** Pages that are not zero, or once were not. Changed by the taking thread, under the lock. */
    private final BitSet present = new BitSet();

    // All guarded by this.
    private final Set<MappedFork> forks = new HashSet<>();
    private @Nullable Extents extents;
    private long takenBytes = -1;
    private boolean torn;
    private boolean closed;
    private boolean fileClosed;

    private MemoryCopy(Mapping mapping, @Nullable MemoryFile file, PageOwner owner) {
        this.mapping = mapping;
        this.file = file;
        this.owner = owner;
    }

    /** One that forks can map, where the system has such. */
    static MemoryCopy forkable(long bytes, PageOwner owner) {
        MemoryFile file = MemoryFile.of(bytes);
        if (file == null) {
            return copying(bytes);
        }
        try {
            return new MemoryCopy(Mapping.of(file, bytes), file, owner);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** One that forks copy. */
    static MemoryCopy copying(long bytes) {
        return new MemoryCopy(Mapping.reserve(bytes), null, PageOwner.SYSTEM);
    }

    long reservedBytes() {
        return mapping.segment().byteSize();
    }

    /** Whether forks cost nothing. */
    boolean isForkable() {
        return file != null;
    }

    // For the thread that takes and restores ---------------------------------------------------

    /** Whether the memory has the copy's bytes there; both ends on pages. */
    boolean same(MemorySegment memory, long from, long to) {
        MemorySegment copy = mapping.segment();
        int first = page(from);
        int end = page(to);
        if (file == null || present.nextClearBit(first) >= end) {
            return MemorySegment.mismatch(memory, from, to, copy, from, to) < 0;
        }
        int next = present.nextSetBit(first);
        if (next < 0 || next >= end) {
            return MemorySegment.mismatch(memory, from, to, ZEROS, 0, to - from) < 0;
        }
        for (long at = from; at < to; at += CLibrary.PAGE_BYTES) {
            if (!same(memory, at, at + CLibrary.PAGE_BYTES)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Makes these pages those of the memory, and all of it the state to fall back to. Open forks
     * get the old ones first.
     */
    synchronized void take(MemorySegment memory, PageRanges ranges) {
        requireUsable();
        forks.removeIf(fork -> !fork.own(ranges));
        torn = true; // unless all of it is copied
        for (int i = 0; i < ranges.count(); i++) {
            long from = ranges.offset(i);
            int first = page(from);
            int end = page(from + ranges.length(i));
            if (present.nextClearBit(first) < end) {
                present.set(first, end);
                extents = null;
            }
            MemorySegment.copy(memory, from, mapping.segment(), from, ranges.length(i));
        }
        torn = false;
        takenBytes = memory.byteSize();
    }

    /** Puts these pages of the copy into the memory. */
    void load(MemorySegment memory, PageRanges ranges) {
        synchronized (this) {
            requireTaken();
        }
        for (int i = 0; i < ranges.count(); i++) {
            load(memory, ranges.offset(i), ranges.offset(i) + ranges.length(i));
        }
    }

    private void load(MemorySegment memory, long from, long to) {
        for (long at = from; at < to; ) {
            boolean there = file == null || present.get(page(at));
            int change =
                    file == null
                            ? page(to)
                            : there ? present.nextClearBit(page(at)) : present.nextSetBit(page(at));
            long end = change < 0 ? to : Math.min(to, change * CLibrary.PAGE_BYTES);
            if (there) {
                MemorySegment.copy(mapping.segment(), at, memory, at, end - at);
            } else {
                memory.asSlice(at, end - at).fill((byte) 0);
            }
            at = end;
        }
    }

    /** Puts all of it into another memory, where that differs. */
    void copyTo(MemorySegment other) {
        long bytes = taken().byteSize();
        for (long at = 0; at < bytes; at += PageTrackingLimits.COMPARE_BYTES) {
            long end = Math.min(at + PageTrackingLimits.COMPARE_BYTES, bytes);
            if (!same(other, at, end)) {
                load(other, at, end);
            }
        }
    }

    /** As long as the memory was at the last take; read-only. */
    synchronized MemorySegment taken() {
        return mapping.segment().asSlice(0, Math.max(takenBytes, 0)).asReadOnly();
    }

    /** Bytes of the pages that take room here; looks at a bit for each page of the memory. */
    synchronized long keptBytes() {
        return present.cardinality() * CLibrary.PAGE_BYTES;
    }

    private static int page(long offset) {
        return (int) (offset / CLibrary.PAGE_BYTES);
    }

    private void requireUsable() {
        if (closed) {
            throw new IllegalStateException("restore point is closed");
        }
    }

    private void requireTaken() {
        requireUsable();
        if (takenBytes < 0) {
            throw new IllegalStateException("nothing was taken yet: call take after boot");
        }
        if (torn) {
            throw new IllegalStateException("a take has failed half-way: there is nothing whole");
        }
    }

    // For any thread -----------------------------------------------------------------------

    synchronized MemoryFork fork() {
        requireTaken();
        Extents now = extents;
        if (now == null) {
            now = Extents.of(present, takenBytes);
            extents = now;
        }
        if (file == null) {
            return CopiedFork.of(mapping.segment().asSlice(0, takenBytes), now);
        }
        MappedFork fork = new MappedFork(this, file, owner, takenBytes, now);
        forks.add(fork);
        return fork;
    }

    /** For the fork itself. */
    synchronized void forget(MappedFork fork) {
        forks.remove(fork);
        closeFileWhenUnused();
    }

    /** Forks live on. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            mapping.close();
            closeFileWhenUnused();
        }
    }

    private void closeFileWhenUnused() {
        if (closed && forks.isEmpty() && file != null && !fileClosed) {
            fileClosed = true;
            file.close();
        }
    }
}
