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
 * Method#PRIVATE_FILE} needs neither: 3 to 8 us for each page when it is first written, 2 ms to ask
 * about 1 GiB (7 ms before Linux 6.7), and pages that stay unwritten share the copy's room. {@link
 * Method#COMPARE} works everywhere and costs nothing while the guest runs, but reads the whole
 * memory twice at each question (about 120 ms for 1 GiB) and keeps a copy of it.
 *
 * <p>One for a process is enough: it holds two descriptors at most; a tracker of the method
 * private-file holds another one, as a restore point does. Thread-safe. Close it after its
 * trackers.
 */
public final class PageTracking implements AutoCloseable {

    /**
     * The environment variable that forces a method: {@code userfaultfd}, {@code private-file} or
     * {@code compare}; {@code auto} forces none. Read by {@link #probe()} only; a node reads it as
     * its setting page.tracking.
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
        /**
         * The memory is a private mapping of the file of memory that holds its copy; the kernel
         * tells which pages of it are no longer the file's (PAGEMAP_SCAN, or reading
         * /proc/self/pagemap). A memory that gets no such file is compared.
         */
        PRIVATE_FILE,
        /** A copy is kept and compared with. */
        COMPARE
    }

    // At most one of the two; with neither, memories are compared.
    private final @Nullable Userfaultfd userfaultfd;
    private final @Nullable PageMap pageMap;
    private final String description;

    private PageTracking(
            @Nullable Userfaultfd userfaultfd, @Nullable PageMap pageMap, String description) {
        this.userfaultfd = userfaultfd;
        this.pageMap = pageMap;
        this.description = description;
    }

    /**
     * Finds out by a trial on a few pages. What {@link #VARIABLE} names is taken without falling
     * back.
     *
     * @throws IllegalArgumentException when the variable has another value
     * @throws IllegalStateException when it asks for userfaultfd or private-file and that does not
     *     work here; the message says why
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
            case "", "auto" -> best();
            case "userfaultfd", "private-file", "compare" -> forced(wanted);
            default ->
                    throw new IllegalArgumentException(
                            SETTING
                                    + " is \""
                                    + forced
                                    + "\", which is none of auto, userfaultfd, private-file and compare."
                                    + " Set one of these, or unset it.");
        };
    }

    private static PageTracking best() {
        try {
            return new PageTracking(Userfaultfd.open(), null, "userfaultfd");
        } catch (MethodUnusableException e) {
            return secondBest(e.getMessage());
        }
    }

    /** What there is where userfaultfd does not work. */
    static PageTracking secondBest(@Nullable String whyNotUserfaultfd) {
        String since = ", since " + whyNotUserfaultfd;
        try {
            return new PageTracking(null, PageMap.open(), "private-file" + since);
        } catch (MethodUnusableException e) {
            return new PageTracking(null, null, "compare" + since + "; and " + e.getMessage());
        }
    }

    private static PageTracking forced(String method) {
        String as = method + ", as " + SETTING + " says";
        try {
            return switch (method) {
                case "userfaultfd" -> new PageTracking(Userfaultfd.open(), null, as);
                case "private-file" -> new PageTracking(null, PageMap.open(), as);
                default -> new PageTracking(null, null, as);
            };
        } catch (MethodUnusableException e) {
            throw new IllegalStateException(
                    SETTING
                            + " is "
                            + method
                            + ", but "
                            + e.getMessage()
                            + ". Unset it to have the best method taken that works here.",
                    e);
        }
    }

    /** Private files with the pages listed in that way. */
    static PageTracking privateFile(PageMap.Way way) throws MethodUnusableException {
        return new PageTracking(null, PageMap.open(way), "private-file, by " + way);
    }

    /** The method that trackers of this object use. */
    public Method method() {
        if (userfaultfd != null) {
            return Method.USERFAULTFD;
        }
        return pageMap != null ? Method.PRIVATE_FILE : Method.COMPARE;
    }

    /**
     * Which method is in use and why, for a log line: e.g. "private-file, since the system call
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
        if (userfaultfd != null) {
            return UserfaultfdTracker.over(userfaultfd, memory, reservedBytes);
        }
        if (pageMap != null) {
            MemoryCopy copy = MemoryCopy.forkable(reservedBytes, PageOwner.SYSTEM);
            return copy.isForkable()
                    ? new PrivateFileTracker(privatePages(pageMap, memory, copy), copy)
                    : new CompareTracker(memory.address(), copy);
        }
        return new CompareTracker(memory.address(), MemoryCopy.copying(reservedBytes));
    }

    /** A restore point over the same kind of range; nothing is taken yet. */
    public RestorePoint restorePoint(MemorySegment memory, long reservedBytes) {
        checkRange(memory, reservedBytes);
        return restorePoint(memory, MemoryCopy.forkable(reservedBytes, PageOwner.SYSTEM));
    }

    /** Owns {@code copy}, which is as long as the reservation, also when this fails. */
    RestorePoint restorePoint(MemorySegment memory, MemoryCopy copy) {
        if (userfaultfd != null) {
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
        return pageMap != null && copy.isForkable()
                ? new TrackedRestorePoint(privatePages(pageMap, memory, copy), copy, false)
                : new ComparedRestorePoint(new CompareTracker(memory.address(), copy));
    }

    /** Closes {@code copy} when this fails. */
    private static PrivatePages privatePages(
            PageMap pageMap, MemorySegment memory, MemoryCopy copy) {
        try {
            return PrivatePages.over(pageMap, memory, copy);
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
        ZeroPages.mapOver(memory);
        MemoryCopy copy = MemoryCopy.forkable(reservedBytes, PageOwner.SYSTEM);
        if (userfaultfd == null && pageMap != null && copy.isForkable()) {
            return readIn(memory, copy, from);
        }
        try {
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

    /**
     * For memories that are mapped from their copy: that can be one file only, so it is filled.
     *
     * @param copy owned
     */
    private RestorePoint readIn(MemorySegment memory, MemoryCopy copy, SleepingMemory from)
            throws IOException {
        RestorePoint point = restorePoint(memory, copy);
        try {
            from.mapOver(memory);
            point.take(memory);
            from.close();
            return point;
        } catch (IOException | RuntimeException e) {
            point.close();
            throw e;
        }
    }

    /** Gives back the descriptors. Twice does nothing. */
    @Override
    public void close() {
        if (userfaultfd != null) {
            userfaultfd.close();
        }
        if (pageMap != null) {
            pageMap.close();
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
