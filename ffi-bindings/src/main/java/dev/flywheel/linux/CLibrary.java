package dev.flywheel.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The C library's functions that this package calls, C names letter for letter. Each returns what
 * the C function returns, or minus errno where that reports a failure, so that a failure needs no
 * second call. Any thread.
 */
final class CLibrary {

    static final int EINTR = 4;
    static final int EINVAL = 22;

    /** Asks for what is so anyway; refused where nothing is mapped. */
    static final int MADV_NORMAL = 0;

    static final int MADV_DONTNEED = 4;

    /** Linux only. Refused by kernels that have no huge pages, which is as good. */
    static final int MADV_NOHUGEPAGE = 15;

    /** Linux 5.14. Makes pages present as if each was written to, without changing them. */
    static final int MADV_POPULATE_WRITE = 23;

    static final int MAP_SHARED = 0x01;
    static final int MAP_PRIVATE = 0x02;
    static final int MAP_FIXED = 0x10;

    static final int PROT_NONE = 0;
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;

    static final boolean LINUX = System.getProperty("os.name").equals("Linux");

    /** Of private mappings: room is asked for when a page is written, not for all of it now. */
    static final int MAP_NORESERVE = LINUX ? 0x4000 : 0x0040;

    static final int MAP_ANONYMOUS = LINUX ? 0x20 : 0x1000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_OF =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** Long enough for every text of strerror; it is cut there, should one be longer. */
    private static final AddressLayout TEXT =
            ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(256, JAVA_BYTE));

    // `syscall`, `open`, `fcntl` and `ioctl` are variadic in C: their further arguments are passed
    // as such where that differs.
    private static final MethodHandle SYSCALL =
            function(
                    "syscall",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    Linker.Option.firstVariadicArg(1));
    private static final MethodHandle OPEN =
            function(
                    "open",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL =
            function(
                    "ioctl",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle FTRUNCATE =
            function("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle FCNTL =
            function(
                    "fcntl",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle PREAD =
            function(
                    "pread",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MMAP =
            function(
                    "mmap",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
                            JAVA_LONG));
    private static final MethodHandle MUNMAP =
            function("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MPROTECT =
            function("mprotect", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MADVISE =
            function("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle GETPAGESIZE =
            plain("getpagesize", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle STRERROR =
            plain("strerror", FunctionDescriptor.of(TEXT, JAVA_INT));

    /** Bytes of a page of this machine: a power of two. */
    static final long PAGE_BYTES = getpagesize();

    private CLibrary() {}

    /** Calls with fewer arguments ignore the others. */
    static long syscall(long number, long first, long second) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long result = (long) SYSCALL.invokeExact(state, number, first, second);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable e) {
            throw broken("syscall", e);
        }
    }

    static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) OPEN.invokeExact(state, arena.allocateFrom(path), flags);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable e) {
            throw broken("open", e);
        }
    }

    /**
     * {@code state} comes from {@link #state}: the caller's, since this is called for each
     * evaluation.
     */
    static int ioctl(MemorySegment state, int descriptor, long request, MemorySegment argument) {
        try {
            int result = (int) IOCTL.invokeExact(state, descriptor, request, argument);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable e) {
            throw broken("ioctl", e);
        }
    }

    static MemorySegment state(Arena arena) {
        return arena.allocate(STATE);
    }

    static int close(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) CLOSE.invokeExact(state, descriptor);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable e) {
            throw broken("close", e);
        }
    }

    static int ftruncate(int descriptor, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) FTRUNCATE.invokeExact(state, descriptor, bytes);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable e) {
            throw broken("ftruncate", e);
        }
    }

    static int fcntl(int descriptor, int command, int argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) FCNTL.invokeExact(state, descriptor, command, argument);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable e) {
            throw broken("fcntl", e);
        }
    }

    /**
     * Fills {@code buffer} from the start, as far as there is something; {@code state} as above.
     */
    static long pread(MemorySegment state, int descriptor, MemorySegment buffer, long offset) {
        try {
            long result =
                    (long) PREAD.invokeExact(state, descriptor, buffer, buffer.byteSize(), offset);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable e) {
            throw broken("pread", e);
        }
    }

    /** A new private mapping of zeros, anywhere, that takes no room until it is written. */
    static long mmapAnonymous(long bytes, int protection) {
        return mmap(0, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    }

    static long mmap(
            long address, long bytes, int protection, int flags, int descriptor, long offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long result =
                    (long)
                            MMAP.invokeExact(
                                    state, address, bytes, protection, flags, descriptor, offset);
            return result == -1 ? -errno(state) : result;
        } catch (Throwable e) {
            throw broken("mmap", e);
        }
    }

    static int munmap(long address, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) MUNMAP.invokeExact(state, address, bytes);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable e) {
            throw broken("munmap", e);
        }
    }

    static int mprotect(long address, long bytes, int protection) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) MPROTECT.invokeExact(state, address, bytes, protection);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable e) {
            throw broken("mprotect", e);
        }
    }

    static int madvise(long address, long bytes, int advice) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) MADVISE.invokeExact(state, address, bytes, advice);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable e) {
            throw broken("madvise", e);
        }
    }

    /** The text of a negative result of this class, e.g. "Operation not permitted (errno=1)". */
    static String text(long negativeErrno) {
        int errno = (int) -negativeErrno;
        try {
            MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
            return text.getString(0) + " (errno=" + errno + ")";
        } catch (Throwable e) {
            throw broken("strerror", e);
        }
    }

    private static int getpagesize() {
        try {
            return (int) GETPAGESIZE.invokeExact();
        } catch (Throwable e) {
            throw broken("getpagesize", e);
        }
    }

    private static int errno(MemorySegment state) {
        return (int) ERRNO_OF.get(state, 0L);
    }

    private static MethodHandle function(
            String name, FunctionDescriptor shape, Linker.Option... variadic) {
        Linker.Option[] options = new Linker.Option[variadic.length + 1];
        options[0] = ERRNO;
        System.arraycopy(variadic, 0, options, 1, variadic.length);
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), shape, options);
    }

    private static MethodHandle plain(String name, FunctionDescriptor shape) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), shape);
    }

    /**
     * A downcall throws only for wrong arguments of ours, or when the caller's memory is closed:
     * both are passed on.
     */
    private static RuntimeException broken(String function, Throwable cause) {
        return switch (cause) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default ->
                    new IllegalStateException(
                            "call of C function failed: function=" + function, cause);
        };
    }
}
