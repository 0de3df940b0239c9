package dev.flywheel.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Pages that the kernel noted as written.
 *
 * <pre>
 *   start            armed              end of memory            end of reservation
 *     | protected,     | new by growth,      | inaccessible, registered   |
 *     | all reported   | present reported    | nothing asked              |
 * </pre>
 *
 * <p>Below {@code armed} each page is protected, those that do not exist yet by a marker, so "not
 * protected" means written, and a page that was discarded counts too. Above, nothing is protected
 * yet: pages that exist were written since they came, the others are zero as they came. Protecting
 * the whole reservation at once would be simpler, and cost 32 MiB of page tables for 16 GiB.
 */
final class UserfaultfdTracker implements PageTracker {

    /** struct page_region { __u64 start, end, categories; } */
    private static final long REGION_BYTES = 24;

    /** struct pm_scan_arg, twelve __u64; the ones used are named by their offsets. */
    private static final long SCAN_BYTES = 96;

    private static final long FLAGS = 8;
    private static final long START = 16;
    private static final long END = 24;
    private static final long WALK_END = 32;
    private static final long VEC = 40;
    private static final long VEC_LEN = 48;
    private static final long CATEGORY_MASK = 72;
    private static final long CATEGORY_ANYOF_MASK = 80;
    private static final long RETURN_MASK = 88;

    private final Userfaultfd userfaultfd;
    private final MemorySegment.Scope memoryScope;
    private final long address;
    private final long reservedBytes;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = CLibrary.state(arena);
    private final MemorySegment scan = arena.allocate(SCAN_BYTES, 8);
    private final MemorySegment range = arena.allocate(32, 8);
    private final MemorySegment regions =
            arena.allocate(REGION_BYTES * PageTrackingLimits.SCAN_REGIONS, 8);
    private long armedBytes;

    private UserfaultfdTracker(Userfaultfd userfaultfd, MemorySegment memory, long reservedBytes) {
        this.userfaultfd = userfaultfd;
        this.memoryScope = memory.scope();
        this.address = memory.address();
        this.reservedBytes = reservedBytes;
        scan.set(JAVA_LONG, 0, SCAN_BYTES);
        scan.set(JAVA_LONG, RETURN_MASK, Userfaultfd.PAGE_IS_WRITTEN);
    }

    static UserfaultfdTracker over(
            Userfaultfd userfaultfd, MemorySegment memory, long reservedBytes) {
        UserfaultfdTracker tracker = new UserfaultfdTracker(userfaultfd, memory, reservedBytes);
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
        long used = check(memory);
        walk(0, Math.min(armedBytes, used), 0, Userfaultfd.PM_SCAN_WP_MATCHING, null);
        protectGrowth(used);
    }

    @Override
    public long collect(MemorySegment memory, PageRanges dirty) {
        long used = check(memory);
        dirty.clear();
        walk(0, Math.min(armedBytes, used), 0, Userfaultfd.PM_SCAN_WP_MATCHING, dirty);
        walk(armedBytes, used, Userfaultfd.PAGE_IS_PRESENT | Userfaultfd.PAGE_IS_SWAPPED, 0, dirty);
        protectGrowth(used);
        return dirty.bytes();
    }

    /**
     * What collect would report, without arming again: who then writes to these pages pays no fault
     * for it.
     */
    long find(MemorySegment memory, PageRanges dirty) {
        long used = check(memory);
        dirty.clear();
        walk(0, Math.min(armedBytes, used), 0, 0, dirty);
        walk(armedBytes, used, Userfaultfd.PAGE_IS_PRESENT | Userfaultfd.PAGE_IS_SWAPPED, 0, dirty);
        return dirty.bytes();
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
     * {@code dirty} unless it is null.
     */
    private void walk(long from, long to, long anyOf, long flags, @Nullable PageRanges dirty) {
        if (from >= to) {
            return;
        }
        scan.set(JAVA_LONG, FLAGS, flags | Userfaultfd.PM_SCAN_CHECK_WPASYNC);
        scan.set(JAVA_LONG, START, address + from);
        scan.set(JAVA_LONG, END, address + to);
        scan.set(JAVA_LONG, VEC, dirty == null ? 0 : regions.address());
        scan.set(JAVA_LONG, VEC_LEN, dirty == null ? 0 : PageTrackingLimits.SCAN_REGIONS);
        scan.set(JAVA_LONG, CATEGORY_MASK, Userfaultfd.PAGE_IS_WRITTEN);
        scan.set(JAVA_LONG, CATEGORY_ANYOF_MASK, anyOf);
        for (long reached = address + from; reached < address + to; ) {
            scan.set(JAVA_LONG, START, reached);
            int count = userfaultfd.scan(state, scan);
            if (count == -CLibrary.EINTR) {
                continue;
            }
            long walked = scan.get(JAVA_LONG, WALK_END);
            if (count < 0 || walked <= reached) {
                throw new IllegalStateException(
                        "cannot list written pages: address=0x"
                                + Long.toHexString(address)
                                + " from="
                                + from
                                + " to="
                                + to
                                + ", "
                                + CLibrary.text(Math.min(count, 0))
                                + ". Was the memory unmapped or remapped under the tracker?");
            }
            for (int i = 0; dirty != null && i < count; i++) {
                dirty.add(
                        regions.get(JAVA_LONG, i * REGION_BYTES) - address,
                        regions.get(JAVA_LONG, i * REGION_BYTES + 8) - address);
            }
            reached = walked;
        }
    }

    private void protectGrowth(long used) {
        if (used <= armedBytes) {
            return;
        }
        range.set(JAVA_LONG, 0, address + armedBytes);
        range.set(JAVA_LONG, 8, used - armedBytes);
        range.set(JAVA_LONG, 16, Userfaultfd.UFFDIO_WRITEPROTECT_MODE_WP);
        int result = userfaultfd.control(state, Userfaultfd.UFFDIO_WRITEPROTECT, range);
        if (result < 0) {
            throw new IllegalStateException(
                    "cannot write-protect memory: address=0x"
                            + Long.toHexString(address)
                            + " from="
                            + armedBytes
                            + " to="
                            + used
                            + ", "
                            + CLibrary.text(result));
        }
        armedBytes = used;
    }
}
