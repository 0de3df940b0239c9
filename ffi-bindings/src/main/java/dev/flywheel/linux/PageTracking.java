package dev.flywheel.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How written pages are found on this machine, and the place to get trackers from.
 *
 * <p>{@link Method#USERFAULTFD} costs 1.3 us for each page when it is first written and some 0.7 ms
 * to ask about 1 GiB; it needs Linux 6.7 and a sandbox that lets the call through. {@link
 * Method#COMPARE} works everywhere and costs nothing while the guest runs, but reads the whole
 * memory twice at each question (about 120 ms for 1 GiB) and keeps a copy of it.
 *
 * <p>One for a process is enough: it holds two descriptors, whatever the number of trackers.
 * Thread-safe. Close it after its trackers.
 */
public final class PageTracking implements AutoCloseable {

    /**
     * The environment variable that forces a method: {@code userfaultfd} or {@code compare}; {@code
     * auto} forces none. Read by {@link #probe()} only; a node reads it as its setting
     * page.tracking.
     */
    public static final String VARIABLE = "FLYWHEEL_PAGE_TRACKING";

    /** How people say it: in messages that tell what was forced. */
    private static final String SETTING = "page.tracking (--page-tracking, " + VARIABLE + ")";

    /** How written pages are found. */
    public enum Method {
        /**
         * The kernel notes first writes to protected pages by itself (userfaultfd, asynchronous)
         * and lists them (PAGEMAP_SCAN).
         */
        USERFAULTFD,
        /** A copy is kept and compared with. */
        COMPARE
    }

    private final @Nullable Userfaultfd userfaultfd;
    private final String description;

    private PageTracking(@Nullable Userfaultfd userfaultfd, String description) {
        this.userfaultfd = userfaultfd;
        this.description = description;
    }

    /**
     * Finds out by a trial on a few pages. What {@link #VARIABLE} names is taken without falling
     * back.
     *
     * @throws IllegalArgumentException when the variable has another value
     * @throws IllegalStateException when it asks for userfaultfd and that does not work here; the
     *     message says why
     */
    public static PageTracking probe() {
        return probe(System.getenv(VARIABLE));
    }

    /**
     * As {@link #probe()}, with the value given, e.g. from a setting; null, empty or {@code auto}
     * for the best that works here.
     */
    public static PageTracking probe(@Nullable String forced) {
        String wanted = forced == null ? "" : forced.trim().toLowerCase(Locale.ROOT);
        return switch (wanted) {
            case "compare" -> new PageTracking(null, "compare, as " + SETTING + " says");
            case "userfaultfd" -> {
                try {
                    yield new PageTracking(
                            Userfaultfd.open(), "userfaultfd, as " + SETTING + " says");
                } catch (UserfaultfdUnusableException e) {
                    throw new IllegalStateException(
                            SETTING
                                    + " is userfaultfd, but "
                                    + e.getMessage()
                                    + ". Unset it to have pages compared instead.",
                            e);
                }
            }
            case "", "auto" -> {
                try {
                    yield new PageTracking(Userfaultfd.open(), "userfaultfd");
                } catch (UserfaultfdUnusableException e) {
                    yield new PageTracking(null, "compare, since " + e.getMessage());
                }
            }
            default ->
                    throw new IllegalArgumentException(
                            SETTING
                                    + " is \""
                                    + forced
                                    + "\", which is none of auto, userfaultfd and compare. Set one of these, or unset it.");
        };
    }

    /** The method that trackers of this object use. */
    public Method method() {
        return userfaultfd == null ? Method.COMPARE : Method.USERFAULTFD;
    }

    /**
     * Which method is in use and why, for a log line: e.g. "compare, since the system call
     * userfaultfd is refused: ...".
     */
    public String description() {
        return description;
    }

    /**
     * A tracker over [start of {@code memory}, + {@code reservedBytes}). The part of the
     * reservation that is not yet memory may be inaccessible; it is not read. On Linux, transparent
     * huge pages are switched off in the range: a huge page would be reported as a whole.
     *
     * @param memory the memory of now; its scope is kept, to know whether the memory still exists
     *     when the tracker is closed
     * @param reservedBytes at least its length; start and length must be of whole pages
     * @throws IllegalArgumentException for a range that is not of whole pages, shorter than the
     *     memory or above 24 GiB
     * @throws IllegalStateException when the kernel refuses the range; the message says why
     */
    public PageTracker over(MemorySegment memory, long reservedBytes) {
        checkRange(memory, reservedBytes);
        return userfaultfd != null
                ? UserfaultfdTracker.over(userfaultfd, memory, reservedBytes)
                : new CompareTracker(memory.address(), MemoryCopy.copying(reservedBytes));
    }

    /** A restore point over the same kind of range; nothing is taken yet. */
    public RestorePoint restorePoint(MemorySegment memory, long reservedBytes) {
        checkRange(memory, reservedBytes);
        return restorePoint(memory, MemoryCopy.forkable(reservedBytes, PageOwner.SYSTEM));
    }

    /** Owns {@code copy}, which is as long as the reservation, also when this fails. */
    RestorePoint restorePoint(MemorySegment memory, MemoryCopy copy) {
        if (userfaultfd == null) {
            return new ComparedRestorePoint(new CompareTracker(memory.address(), copy));
        }
        try {
            return new TrackedRestorePoint(
                    UserfaultfdTracker.over(userfaultfd, memory, copy.reservedBytes()),
                    copy,
                    false);
        } catch (RuntimeException e) {
            copy.close();
            throw e;
        }
    }

    /**
     * Makes a memory what was put away, and a restore point over it whose last take that is. Pages
     * are mapped, only few are read, and none is looked at.
     *
     * @param memory as long as it was, not watched by anyone; what it holds is lost
     * @param from belongs to the restore point when this succeeds, and stays the caller's otherwise
     * @throws IOException when it cannot be read, or is not as it was written; the memory must not
     *     be used then
     */
    public RestorePoint wake(MemorySegment memory, long reservedBytes, SleepingMemory from)
            throws IOException {
        checkRange(memory, reservedBytes);
        if (memory.byteSize() != from.byteSize()) {
            throw new IllegalArgumentException(
                    "another length was put away: memoryBytes=%d sleepingBytes=%d"
                            .formatted(memory.byteSize(), from.byteSize()));
        }
        MemoryCopy copy = MemoryCopy.forkable(reservedBytes, PageOwner.SYSTEM);
        try {
            ZeroPages.mapOver(memory);
            copy.wake(from, memory);
            RestorePoint point =
                    userfaultfd == null
                            ? new ComparedRestorePoint(new CompareTracker(memory.address(), copy))
                            : new TrackedRestorePoint(
                                    UserfaultfdTracker.over(
                                            userfaultfd, memory, reservedBytes, true),
                                    copy,
                                    true);
            copy.keep(from);
            return point;
        } catch (IOException | RuntimeException e) {
            copy.close();
            throw e;
        }
    }

    /** Gives back the descriptors. Twice does nothing. */
    @Override
    public void close() {
        if (userfaultfd != null) {
            userfaultfd.close();
        }
    }

    private static void checkRange(MemorySegment memory, long reservedBytes) {
        long mask = CLibrary.PAGE_BYTES - 1;
        if ((memory.address() & mask) != 0
                || (reservedBytes & mask) != 0
                || reservedBytes <= 0
                || reservedBytes < memory.byteSize()
                || reservedBytes > PageTrackingLimits.RESERVATION_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "cannot track pages of address=0x"
                            + Long.toHexString(memory.address())
                            + " memoryBytes="
                            + memory.byteSize()
                            + " reservedBytes="
                            + reservedBytes
                            + ": both ends must lie on pages of "
                            + CLibrary.PAGE_BYTES
                            + " bytes, the reservation must hold the memory and be at most "
                            + PageTrackingLimits.RESERVATION_BYTES_MAX
                            + " bytes");
        }
    }
}
