package dev.flywheel.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * Pages that the kernel noted as written.
 *
 * <pre>
 *   start                                                     end of memory        end of reservation
 *     | armed: all protected | never touched: | armed | never   | inaccessible,      |
 *     | or reported          | present is new |       | touched | nothing asked      |
 * </pre>
 *
 * <p>The memory is armed in chunks, each when a page of it is first seen. There each page is
 * protected, those that do not exist yet by a marker, so "not protected" means written, and a page
 * that was discarded counts too. Elsewhere nothing is protected: pages that exist were written
 * since they came, the others are zero as they came. So the kernel, which looks at each armed page
 * at each question (3 ns) and passes over nothing at once, is not asked about a stack or heap that
 * is reserved and not used, and needs no page tables for it: of the 105 MiB of an aos process,
 * most. The rest of a memory behind its last whole chunk is never armed. Where a memory that woke
 * is mapped from a file, pages outside of armed chunks that still come from it were not written.
 */
final class UserfaultfdTracker implements PageTracker, Suspects {

    /** Armed at once: most are then in use nearly as a whole. */
    private static final long CHUNK_BYTES = 256 << 10;

    /** Shorter gaps are armed too: each end of one costs a call, 0.5 us. */
    private static final int GAP_CHUNKS_MAX = 8;

    /** Comparing a page costs a fifth of the fault at its next write, 1.3 us. */
    private static final int COMPARISONS_FOR_A_FAULT = 5;

    private final Userfaultfd userfaultfd;
    private final MemorySegment.Scope memoryScope;
    private final long address;
    private final long reservedBytes;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = CLibrary.state(arena);
    private final MemorySegment range = arena.allocate(32, 8);
    private final PageScan scan;

    /** What arming finds, and nobody asks for. */
    private final PageRanges armed = new PageRanges();

    /**
     * Whether pages that come from a file are as the caller knows them, and only those count in
     * chunks that are not armed which no file has any more.
     */
    private final boolean woken;

    /** By number. */
    private final BitSet armedChunks = new BitSet();

    private UserfaultfdTracker(
            Userfaultfd userfaultfd, MemorySegment memory, long reservedBytes, boolean woken) {
        this.userfaultfd = userfaultfd;
        this.memoryScope = memory.scope();
        this.address = memory.address();
        this.reservedBytes = reservedBytes;
        this.woken = woken;
        this.scan = new PageScan(arena, userfaultfd::scan);
    }

    static UserfaultfdTracker over(
            Userfaultfd userfaultfd, MemorySegment memory, long reservedBytes) {
        return over(userfaultfd, memory, reservedBytes, false);
    }

    /**
     * @param woken whether what is mapped from files in the memory counts as not written, without
     *     arming
     */
    static UserfaultfdTracker over(
            Userfaultfd userfaultfd, MemorySegment memory, long reservedBytes, boolean woken) {
        UserfaultfdTracker tracker =
                new UserfaultfdTracker(userfaultfd, memory, reservedBytes, woken);
        int result = tracker.register();
        if (result < 0) {
            tracker.arena.close();
            throw new IllegalStateException(
                    "cannot watch memory for writes: address=0x"
                            + Long.toHexString(tracker.address)
                            + " reservedBytes="
                            + reservedBytes
                            + ", "
                            + CLibrary.text(result)
                            + ". The range must be mapped and nobody else may watch it; "
                            + PageTracking.VARIABLE
                            + "=compare does without.");
        }
        return tracker;
    }

    private int register() {
        CLibrary.madvise(address, reservedBytes, CLibrary.MADV_NOHUGEPAGE);
        range.set(JAVA_LONG, 0, address);
        range.set(JAVA_LONG, 8, reservedBytes);
        range.set(JAVA_LONG, 16, Userfaultfd.UFFDIO_REGISTER_MODE_WP);
        return userfaultfd.control(state, Userfaultfd.UFFDIO_REGISTER, range);
    }

    @Override
    public void arm(MemorySegment memory) {
        collect(memory, armed);
    }

    @Override
    public long collect(MemorySegment memory, PageRanges dirty) {
        return list(memory, PageScan.PM_SCAN_WP_MATCHING, dirty);
    }

    @Override
    public void findFirst(MemorySegment memory, PageRanges pages) {
        // Pages of a mapped file (an engine may map a module's data) hold bytes before they are
        // present: read them in.
        MappedFiles.readIn(memory);
        collect(memory, pages);
    }

    /**
     * What collect would report, without arming again: who then writes to these pages pays no fault
     * for it, except where a chunk was touched for the first time.
     */
    @Override
    public void find(MemorySegment memory, PageRanges pages) {
        list(memory, 0, pages);
    }

    @Override
    public void taken(MemorySegment memory, PageRanges pages) {
        // What was found for the first time is armed already.
    }

    @Override
    public void clear(MemorySegment memory) {
        arm(memory);
    }

    @Override
    public int comparisonsForAFault() {
        return COMPARISONS_FOR_A_FAULT;
    }

    private long list(MemorySegment memory, long flags, PageRanges dirty) {
        long used = check(memory);
        int whole = (int) (used / CHUNK_BYTES);
        dirty.clear();
        for (int chunk = 0; chunk < whole; ) {
            boolean isArmed = armedChunks.get(chunk);
            int next = isArmed ? armedChunks.nextClearBit(chunk) : armedChunks.nextSetBit(chunk);
            int end = next < 0 ? whole : Math.min(next, whole);
            if (isArmed) {
                walk(chunk * CHUNK_BYTES, end * CHUNK_BYTES, 0, flags, dirty);
            } else {
                walk(chunk * CHUNK_BYTES, end * CHUNK_BYTES, PageScan.EXISTING, flags, dirty);
            }
            chunk = end;
        }
        walk(whole * CHUNK_BYTES, used, PageScan.EXISTING, flags, dirty);
        for (int i = 0; i < dirty.count(); i++) {
            long end = dirty.offset(i) + dirty.length(i);
            int last = Math.min((int) ((end - 1) / CHUNK_BYTES), whole - 1);
            for (int chunk = (int) (dirty.offset(i) / CHUNK_BYTES); chunk <= last; chunk++) {
                if (!armedChunks.get(chunk)) {
                    armChunk(chunk);
                }
            }
        }
        return dirty.bytes();
    }

    /** With what lies between it and the one before, where that is little. */
    private void armChunk(int chunk) {
        int before = armedChunks.previousSetBit(chunk);
        int from = before >= 0 && chunk - before <= GAP_CHUNKS_MAX ? before + 1 : chunk;
        protect(from * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES);
        armedChunks.set(from, chunk + 1);
    }

    @Override
    public PageTracking.Method method() {
        return PageTracking.Method.USERFAULTFD;
    }

    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        // A range that was unmapped is watched no more, and its addresses may be another memory's
        // by now, watched through the
        // same descriptor: that one must be left alone.
        if (!userfaultfd.isClosed() && memoryScope.isAlive()) {
            range.set(JAVA_LONG, 0, address);
            range.set(JAVA_LONG, 8, reservedBytes);
            // May fail when a caller's view has no scope that ends with the memory; then it is
            // unmapped, as above.
            userfaultfd.control(state, Userfaultfd.UFFDIO_UNREGISTER, range);
        }
        arena.close();
    }

    private long check(MemorySegment memory) {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException(
                    "page tracker is closed: address=0x" + Long.toHexString(address));
        }
        if (!memory.scope().isAlive()) {
            throw new IllegalStateException(
                    "memory is closed: address=0x" + Long.toHexString(address));
        }
        CompareTracker.checkView(memory, address, reservedBytes);
        return memory.byteSize();
    }

    /**
     * Written pages of [from, to) that are in any of {@code anyOf} (0: whatever they are), into
     * {@code dirty}.
     */
    private void walk(long from, long to, long anyOf, long flags, PageRanges dirty) {
        if (from >= to) {
            return;
        }
        // Outside of armed chunks, what still comes from a file of a woken memory was not written.
        long none = woken && anyOf != 0 ? PageScan.PAGE_IS_FILE : 0;
        var wanted =
                new PageScan.Wanted(
                        flags | PageScan.PM_SCAN_CHECK_WPASYNC,
                        PageScan.PAGE_IS_WRITTEN,
                        none,
                        anyOf);
        scan.list(address, from, to, wanted, dirty);
    }

    private void protect(long from, long to) {
        range.set(JAVA_LONG, 0, address + from);
        range.set(JAVA_LONG, 8, to - from);
        range.set(JAVA_LONG, 16, Userfaultfd.UFFDIO_WRITEPROTECT_MODE_WP);
        int result = userfaultfd.control(state, Userfaultfd.UFFDIO_WRITEPROTECT, range);
        if (result < 0) {
            throw new IllegalStateException(
                    "cannot write-protect memory: address=0x"
                            + Long.toHexString(address)
                            + " from="
                            + from
                            + " to="
                            + to
                            + ", "
                            + CLibrary.text(result));
        }
    }
}
