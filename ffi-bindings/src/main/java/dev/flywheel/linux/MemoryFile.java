package dev.flywheel.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A file that lies in memory only (memfd_create), so that others can map it too. Of its length only
 * written pages take room, and those that were read through a mapping. Its length is sealed: were
 * it cut, a read through a mapping would end the JVM. It is gone when it is closed and no mapping
 * of it is left. Closed once, by its owner.
 */
final class MemoryFile {

    private static final long SYS_MEMFD_CREATE_X86_64 = 319;
    private static final long SYS_MEMFD_CREATE_GENERIC = 279;

    private static final long MFD_CLOEXEC = 1;
    private static final long MFD_ALLOW_SEALING = 2;

    /** Linux 6.3, and there some systems allow no others. */
    private static final long MFD_NOEXEC_SEAL = 8;

    private static final int F_ADD_SEALS = 1033;
    private static final int F_SEAL_SEAL = 1;
    private static final int F_SEAL_SHRINK = 2;
    private static final int F_SEAL_GROW = 4;

    /** What is written goes through a shared mapping, so seals against writing are not possible. */
    private static final int SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW;

    /**
     * Where the system promises no more than it has, it may refuse a page of such a file when it is
     * written, by a signal.
     */
    private static final boolean STRICT_OVERCOMMIT = strictOvercommit();

    private static final AtomicInteger OPEN = new AtomicInteger();

    private final int descriptor;

    private MemoryFile(int descriptor) {
        this.descriptor = descriptor;
    }

    /** A file of zeros; null where the system has or gives none. */
    static @Nullable MemoryFile of(long bytes) {
        if (!CLibrary.LINUX || STRICT_OVERCOMMIT) {
            return null;
        }
        if (OPEN.incrementAndGet() > PageTrackingLimits.MEMORY_FILES_MAX) {
            OPEN.decrementAndGet();
            return null;
        }
        long result = create(MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
        if (result == -CLibrary.EINVAL) {
            result = create(MFD_CLOEXEC | MFD_ALLOW_SEALING);
        }
        if (result < 0) {
            OPEN.decrementAndGet();
            return null;
        }
        MemoryFile file = new MemoryFile((int) result);
        if (CLibrary.ftruncate(file.descriptor, bytes) < 0
                || CLibrary.fcntl(file.descriptor, F_ADD_SEALS, SEALS) < 0) {
            file.close();
            return null;
        }
        return file;
    }

    private static long create(long flags) {
        boolean x86 = System.getProperty("os.arch").equals("amd64");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom("restore-point");
            return CLibrary.syscall(
                    x86 ? SYS_MEMFD_CREATE_X86_64 : SYS_MEMFD_CREATE_GENERIC,
                    name.address(),
                    flags);
        }
    }

    private static boolean strictOvercommit() {
        try {
            return Files.readString(Path.of("/proc/sys/vm/overcommit_memory")).startsWith("2");
        } catch (IOException e) {
            return false; // not Linux, or hidden: as nearly everywhere
        }
    }

    /** Maps the part from {@code offset} to {@code address}, in the place of what is there. */
    long map(long address, long offset, long bytes, int sharing) {
        return CLibrary.mmap(
                address,
                bytes,
                CLibrary.PROT_READ | CLibrary.PROT_WRITE,
                sharing | CLibrary.MAP_NORESERVE | (address == 0 ? 0 : CLibrary.MAP_FIXED),
                descriptor,
                offset);
    }

    void close() {
        CLibrary.close(descriptor);
        OPEN.decrementAndGet();
    }
}
