package dev.flywheel.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The two descriptors of the process through which the kernel is asked about written pages: a
 * userfaultfd that only ever write-protects asynchronously (so that no fault has to be answered by
 * anyone), and /proc/self/pagemap. All ranges share them. Constants and structures:
 * linux/userfaultfd.h, linux/fs.h. Thread-safe.
 */
final class Userfaultfd implements AutoCloseable {

    /** The system call's number: the x86-64 table and the generic one that AArch64 uses. */
    private static final long SYS_USERFAULTFD_X86_64 = 323;

    private static final long SYS_USERFAULTFD_GENERIC = 282;

    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_NONBLOCK = 0x800;

    /**
     * Needs no privilege, and loses nothing: in asynchronous mode the kernel's own writes are noted
     * all the same.
     */
    private static final int UFFD_USER_MODE_ONLY = 1;

    private static final long UFFD_API = 0xAA;
    private static final long UFFD_FEATURE_WP_HUGETLBFS_SHMEM = 1L << 12;

    /**
     * Without it PAGEMAP_SCAN refuses anonymous memory: pages that were never there could not be
     * protected.
     */
    private static final long UFFD_FEATURE_WP_UNPOPULATED = 1L << 13;

    private static final long UFFD_FEATURE_WP_ASYNC = 1L << 15;

    static final long UFFDIO_API = 0xC018AA3FL;
    static final long UFFDIO_REGISTER = 0xC020AA00L;
    static final long UFFDIO_UNREGISTER = 0x8010AA01L;
    static final long UFFDIO_WRITEPROTECT = 0xC018AA06L;
    static final long UFFDIO_REGISTER_MODE_WP = 2;
    static final long UFFDIO_WRITEPROTECT_MODE_WP = 1;

    private final int userfaultfd;
    private final int pagemap;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Userfaultfd(int userfaultfd, int pagemap) {
        this.userfaultfd = userfaultfd;
        this.pagemap = pagemap;
    }

    /** Opens both, and tries the whole round on a few pages. */
    static Userfaultfd open() throws MethodUnusableException {
        if (!CLibrary.LINUX) {
            throw new MethodUnusableException(
                    "userfaultfd is Linux's, and this is " + System.getProperty("os.name"));
        }
        int userfaultfd = openUserfaultfd();
        int pagemap = CLibrary.open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
        if (pagemap < 0) {
            CLibrary.close(userfaultfd);
            throw new MethodUnusableException(
                    "/proc/self/pagemap cannot be opened: " + CLibrary.text(pagemap));
        }
        Userfaultfd opened = new Userfaultfd(userfaultfd, pagemap);
        try {
            opened.handshake();
            opened.tryOut();
            return opened;
        } catch (MethodUnusableException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private static int openUserfaultfd() throws MethodUnusableException {
        boolean x86 = System.getProperty("os.arch").equals("amd64");
        long result =
                CLibrary.syscall(
                        x86 ? SYS_USERFAULTFD_X86_64 : SYS_USERFAULTFD_GENERIC,
                        O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY,
                        0);
        if (result < 0) {
            throw new MethodUnusableException(
                    "the system call userfaultfd is refused: "
                            + CLibrary.text(result)
                            + "; a container's seccomp profile may forbid it");
        }
        return (int) result;
    }

    private void handshake() throws MethodUnusableException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment api =
                    arena.allocate(24, 8); // struct uffdio_api { __u64 api, features, ioctls; }
            api.set(JAVA_LONG, 0, UFFD_API);
            api.set(
                    JAVA_LONG,
                    8,
                    UFFD_FEATURE_WP_ASYNC
                            | UFFD_FEATURE_WP_UNPOPULATED
                            | UFFD_FEATURE_WP_HUGETLBFS_SHMEM);
            int result = CLibrary.ioctl(CLibrary.state(arena), userfaultfd, UFFDIO_API, api);
            if (result < 0) {
                throw new MethodUnusableException(
                        "the kernel has no asynchronous write-protection (Linux 6.7 has): "
                                + CLibrary.text(result));
            }
        }
    }

    /** Four pages, one written: exactly that one must be reported. */
    private void tryOut() throws MethodUnusableException {
        long page = CLibrary.PAGE_BYTES;
        try (Mapping mapping = Mapping.reserve(4 * page);
                PageTracker tracker = UserfaultfdTracker.over(this, mapping.segment(), 4 * page)) {
            PageRanges dirty = new PageRanges();
            tracker.arm(mapping.segment());
            mapping.segment().set(JAVA_LONG, 2 * page, 1L);
            tracker.collect(mapping.segment(), dirty);
            if (dirty.count() != 1 || dirty.offset(0) != 2 * page || dirty.bytes() != page) {
                throw new MethodUnusableException(
                        "a trial reported " + dirty + " for one write at " + 2 * page);
            }
        } catch (IllegalStateException e) {
            throw new MethodUnusableException("a trial failed: " + e.getMessage());
        }
    }

    /** An ioctl on the userfaultfd; the result is minus errno on failure. */
    int control(MemorySegment state, long request, MemorySegment argument) {
        checkOpen();
        return CLibrary.ioctl(state, userfaultfd, request, argument);
    }

    /** PAGEMAP_SCAN; the result is the number of regions, or minus errno. */
    int scan(MemorySegment state, MemorySegment argument) {
        checkOpen();
        return CLibrary.ioctl(state, pagemap, PageScan.PAGEMAP_SCAN, argument);
    }

    boolean isClosed() {
        return closed.get();
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("page tracking is closed: close it after its trackers");
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            CLibrary.close(userfaultfd);
            CLibrary.close(pagemap);
        }
    }
}
