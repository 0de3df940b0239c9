package dev.flywheel.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The copy that a restore point or a comparing tracker keeps of a memory, and its open forks.
 *
 * <pre>
 *   base     [ a ][ b ][   ][ c ]    file on a disk that never changes; only of a memory that slept
 *   changes       [ b']     [ c']    file of memory: pages that were taken since
 * </pre>
 *
 * <p>The changes lie in a file of memory where that is possible, so that forks can map it. Looking
 * at a page of either file makes it, so pages that hold nothing are known here and not looked at.
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

    /** Pages that were taken. Changed by the taking thread, under the lock. */
    private final BitSet present = new BitSet();

    /** What the memory was put away as; null for one that never slept. */
    private @Nullable SleepingMemory origin;

    private @Nullable PageFile base;
    private @Nullable Mapping baseView;
    private @Nullable Extents baseParts;

    /** Whether nothing was taken since the memory slept. */
    private boolean asItSlept;

    // All guarded by this.
    private final Set<Picture> pictures = new HashSet<>();

    /** Of the state of now. */
    private @Nullable Picture picture;

    private long takenBytes = -1;
    private boolean torn;
    private boolean closed;
    private boolean filesClosed;

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

    private static int page(long offset) {
        return (int) (offset / CLibrary.PAGE_BYTES);
    }

    long reservedBytes() {
        return mapping.segment().byteSize();
    }

    /** Whether forks cost nothing. */
    boolean isForkable() {
        return file != null;
    }

    // Waking ------------------------------------------------------------------------------------

    /**
     * Makes a memory and this copy, of which nothing was taken, what was put away; {@link #keep}
     * follows. When this fails, neither may be used.
     *
     * @param memory all zero, as long as that was
     */
    synchronized void wake(SleepingMemory from, MemorySegment memory) throws IOException {
        PageFile mapped = from.base();
        if (mapped != null) {
            Extents parts = Extents.of(mapped.pages(), mapped.byteSize());
            Mapping view = Mapping.reserve(Math.max(mapped.byteSize(), CLibrary.PAGE_BYTES));
            baseView = view;
            baseParts = parts;
            long failure = mapped.mapOver(view.segment().address(), parts);
            failure = failure < 0 ? failure : mapped.mapOver(memory.address(), parts);
            if (failure < 0) {
                throw SleepingMemory.refused(mapped, failure);
            }
            base = mapped;
        }
        PageFile over = from.differences();
        if (over != null) {
            over.read(this::changes, from.checksum());
            present.or(over.pages());
            load(memory, over.pages());
        }
        takenBytes = from.byteSize();
    }

    /** Takes over what it woke from. */
    synchronized void keep(SleepingMemory from) {
        origin = from;
        asItSlept = true;
    }

    /** Where pages that change are written. */
    private PageFile.Run changes(int first, int end) {
        long page = CLibrary.PAGE_BYTES;
        return new PageFile.Run(mapping.segment().asSlice(first * page, (end - first) * page), end);
    }

    // For the thread that takes and restores ---------------------------------------------------

    /** Whether the page holds something; false means that it is zero. */
    private boolean holds(int page) {
        return present.get(page) || (base != null && base.has(page));
    }

    /** The end of the pages from one on that lie where it does and hold something as it does. */
    private int alike(int page, int end) {
        int next = present.get(page) ? present.nextClearBit(page) : present.nextSetBit(page);
        int last = next < 0 ? end : Math.min(end, next);
        return base == null || present.get(page) ? last : base.alike(page, last);
    }

    /** Where the bytes of a page that holds something are, at the memory's offsets. */
    private MemorySegment segment(int page) {
        Mapping view = baseView;
        return view == null || present.get(page) ? mapping.segment() : view.segment();
    }

    /** Whether the memory has the copy's bytes there; both ends on pages. */
    boolean same(MemorySegment memory, long from, long to) {
        int end = page(to);
        for (int first = page(from); first < end; ) {
            int last = alike(first, end);
            long start = first * CLibrary.PAGE_BYTES;
            long bytes = last * CLibrary.PAGE_BYTES - start;
            boolean same =
                    holds(first)
                            ? same(memory, segment(first), start, start, bytes)
                            : same(memory, ZEROS, start, 0, bytes);
            if (!same) {
                return false;
            }
            first = last;
        }
        return true;
    }

    private static boolean same(
            MemorySegment memory, MemorySegment other, long at, long there, long bytes) {
        return MemorySegment.mismatch(memory, at, at + bytes, other, there, there + bytes) < 0;
    }

    /**
     * Makes these pages those of the memory, and all of it the state to fall back to. Open forks
     * get the old ones first.
     */
    synchronized void take(MemorySegment memory, PageRanges ranges) {
        requireUsable();
        pictures.removeIf(each -> !each.own(ranges));
        torn = true; // unless all of it is copied
        for (int i = 0; i < ranges.count(); i++) {
            long from = ranges.offset(i);
            int first = page(from);
            int end = page(from + ranges.length(i));
            present.set(first, end);
            MemorySegment.copy(memory, from, mapping.segment(), from, ranges.length(i));
        }
        torn = false;
        if (ranges.count() > 0 || takenBytes != memory.byteSize()) {
            picture = null;
            asItSlept = false;
        }
        takenBytes = memory.byteSize();
    }

    /** Puts these pages of the copy into the memory. */
    void load(MemorySegment memory, PageRanges ranges) {
        synchronized (this) {
            requireTaken();
        }
        for (int i = 0; i < ranges.count(); i++) {
            load(memory, page(ranges.offset(i)), page(ranges.offset(i) + ranges.length(i)));
        }
    }

    private void load(MemorySegment memory, BitSet pages) {
        for (int first = pages.nextSetBit(0); first >= 0; ) {
            int end = pages.nextClearBit(first);
            load(memory, first, end);
            first = pages.nextSetBit(end);
        }
    }

    private void load(MemorySegment memory, int from, int end) {
        for (int first = from; first < end; ) {
            int last = alike(first, end);
            long start = first * CLibrary.PAGE_BYTES;
            long bytes = last * CLibrary.PAGE_BYTES - start;
            if (holds(first)) {
                MemorySegment.copy(segment(first), start, memory, start, bytes);
            } else {
                memory.asSlice(start, bytes).fill((byte) 0);
            }
            first = last;
        }
    }

    /**
     * Maps its pages of [from, to) over those of the memory at {@code address}, which has the same
     * bytes there, privately. Only where forks cost nothing.
     *
     * @return minus errno on failure
     */
    long mapOver(long address, long from, long to) {
        MemoryFile pages = Objects.requireNonNull(file);
        return pages.map(address + from, from, to - from, CLibrary.MAP_PRIVATE);
    }

    /** Puts all of it into another memory, where that differs. */
    void copyTo(MemorySegment other) {
        long bytes = takenBytes();
        for (long at = 0; at < bytes; at += PageTrackingLimits.COMPARE_BYTES) {
            long end = Math.min(at + PageTrackingLimits.COMPARE_BYTES, bytes);
            if (!same(other, at, end)) {
                load(other, page(at), page(end));
            }
        }
    }

    /** Length of the memory at the last take; 0 before it. */
    synchronized long takenBytes() {
        return Math.max(takenBytes, 0);
    }

    /** Bytes of the pages that take room here; looks at a bit for each page of the memory. */
    synchronized long keptBytes() {
        return present.cardinality() * CLibrary.PAGE_BYTES;
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

    // Putting away ------------------------------------------------------------------------------

    /**
     * Writes the state of the last take where it takes no memory; a file that it began from is
     * changed where no fork uses it. Afterwards only {@link #close} is of use; the memory itself
     * must be gone, which may have mapped that file.
     *
     * @param image what is mapped by others of the same module, if there is such
     * @throws IOException when it cannot be written
     */
    synchronized SleepingMemory putAway(PageFiles place, @Nullable PageFile image)
            throws IOException {
        requireTaken();
        SleepingMemory before = origin;
        if (before != null && asItSlept) {
            origin = null; // it goes on to be one
            return before;
        }
        if (before != null && before.isMapped() && base != null && base.hasOneUser()) {
            base.rewrite(takenBytes, present, this::isZero, this::bytes);
            origin = null;
            return before;
        }
        PageFile usable = image == null || image.byteSize() > takenBytes ? null : image;
        BitSet differing = differing(usable);
        if (differing.cardinality() <= PageTrackingLimits.READ_PAGES_MAX) {
            return differing(place, usable, differing);
        }
        return SleepingMemory.mapped(filled(place, all()).file());
    }

    private SleepingMemory differing(PageFiles place, @Nullable PageFile image, BitSet pages)
            throws IOException {
        PageFile own = null;
        int sum = 0;
        if (!pages.isEmpty()) {
            Filled filled = filled(place, pages);
            own = filled.file();
            sum = filled.checksum();
        }
        return SleepingMemory.differing(
                takenBytes, image == null ? null : image.retain(), own, sum);
    }

    /**
     * A file with the pages of the last take, for others to be put away as what differs from it;
     * null when it would be longer than that.
     */
    synchronized @Nullable PageFile image(PageFiles place, long bytesMax) throws IOException {
        requireTaken();
        BitSet pages = all();
        return pages.cardinality() * CLibrary.PAGE_BYTES <= bytesMax
                ? filled(place, pages).file()
                : null;
    }

    private record Filled(PageFile file, int checksum) {}

    private Filled filled(PageFiles place, BitSet pages) throws IOException {
        PageFile made = place.create(takenBytes, pages);
        try {
            return new Filled(made, made.write(this::bytes));
        } catch (IOException | RuntimeException e) {
            made.release();
            throw e;
        }
    }

    /** Pages that hold something. */
    private BitSet all() {
        BitSet all = (BitSet) present.clone();
        if (base != null) {
            all.or(base.pages());
        }
        return all;
    }

    /** Pages that are not as in the image, or without one, all that hold something. */
    private BitSet differing(@Nullable PageFile image) throws IOException {
        if (image == null) {
            return all();
        }
        BitSet suspects = image == base ? present : all();
        if (image != base) {
            suspects.or(image.pages());
        }
        BitSet differing = new BitSet();
        image.compare(suspects, this::bytes, differing);
        return differing;
    }

    private boolean isZero(int page) {
        long at = page * CLibrary.PAGE_BYTES;
        return MemorySegment.mismatch(
                        mapping.segment(),
                        at,
                        at + CLibrary.PAGE_BYTES,
                        ZEROS,
                        0,
                        CLibrary.PAGE_BYTES)
                < 0;
    }

    private PageFile.Run bytes(int first, int end) {
        long page = CLibrary.PAGE_BYTES;
        if (!holds(first)) {
            return new PageFile.Run(ZEROS.asSlice(0, page), first + 1);
        }
        int last = alike(first, end);
        return new PageFile.Run(segment(first).asSlice(first * page, (last - first) * page), last);
    }

    // For any thread -----------------------------------------------------------------------

    synchronized MemoryFork fork() {
        requireTaken();
        if (file == null) {
            Mapping own = Mapping.reserve(Math.max(takenBytes, CLibrary.PAGE_BYTES));
            try {
                copyTo(own.segment());
            } catch (RuntimeException e) {
                own.close();
                throw e;
            }
            return new CopiedFork(own, takenBytes);
        }
        Picture now = picture;
        if (now == null || now.isLost()) {
            now = new Picture(this, file, owner, takenBytes, parts());
            pictures.add(now);
            picture = now;
        }
        return now.fork();
    }

    /** What a picture of now consists of. */
    private Picture.Parts parts() {
        PageFile of = base;
        if (of == null || baseParts == null) {
            return new Picture.Parts(Extents.of(present, takenBytes), null, null, new BitSet());
        }
        BitSet scattered = new BitSet();
        Extents runs = Extents.longRuns(present, scattered);
        return new Picture.Parts(runs, of, baseParts, scattered);
    }

    /** The bytes of pages that were taken, for a picture that does not map them. */
    MemorySegment changes() {
        return mapping.segment();
    }

    /** For the picture itself. */
    synchronized void forget(Picture ended) {
        pictures.remove(ended);
        if (picture == ended) {
            picture = null;
        }
        closeFilesWhenUnused();
    }

    /** Forks live on. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            mapping.close();
            if (baseView != null) {
                baseView.close();
            }
            closeFilesWhenUnused();
        }
    }

    private void closeFilesWhenUnused() {
        if (closed && pictures.isEmpty() && !filesClosed) {
            filesClosed = true;
            if (file != null) {
                file.close();
            }
            if (origin != null) {
                origin.close();
            }
        }
    }
}
