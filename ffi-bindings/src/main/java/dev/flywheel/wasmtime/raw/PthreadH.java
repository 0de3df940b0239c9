package dev.flywheel.wasmtime.raw;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** What {@code pthread.h} tells about a thread's stack; the C library's, not Wasmtime's. */
public final class PthreadH {

    private static final boolean MAC = System.getProperty("os.name").startsWith("Mac");

    /** {@code pthread_attr_t} is 56 bytes with glibc on x86-64 and 64 on aarch64. */
    private static final long ATTR_BYTES = 256;

    private static final MethodHandle pthread_self =
            function("pthread_self", FunctionDescriptor.of(JAVA_LONG));
    private static final MethodHandle pthread_getattr_np =
            MAC
                    ? pthread_self
                    : function(
                            "pthread_getattr_np",
                            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle pthread_attr_getstack =
            MAC
                    ? pthread_self
                    : function(
                            "pthread_attr_getstack",
                            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle pthread_attr_destroy =
            MAC
                    ? pthread_self
                    : function("pthread_attr_destroy", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle pthread_get_stacksize_np =
            MAC
                    ? function(
                            "pthread_get_stacksize_np", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG))
                    : pthread_self;

    private PthreadH() {}

    /** The stack size of the calling thread (of its carrier, for a virtual one), in bytes. */
    public static long stackBytes() {
        try (Arena arena = Arena.ofConfined()) {
            long self = (long) pthread_self.invokeExact();
            if (MAC) {
                return (long) pthread_get_stacksize_np.invokeExact(self);
            }
            MemorySegment attr = arena.allocate(ATTR_BYTES, 16);
            MemorySegment address = arena.allocate(ADDRESS);
            MemorySegment size = arena.allocate(JAVA_LONG);
            int failed = (int) pthread_getattr_np.invokeExact(self, attr);
            if (failed != 0) {
                throw new IllegalStateException("pthread_getattr_np failed: errno=" + failed);
            }
            failed = (int) pthread_attr_getstack.invokeExact(attr, address, size);
            int ignored = (int) pthread_attr_destroy.invokeExact(attr);
            if (failed != 0 || ignored != 0) {
                throw new IllegalStateException("pthread_attr_getstack failed: errno=" + failed);
            }
            return size.get(JAVA_LONG, 0);
        } catch (Throwable e) {
            throw Symbols.broken("pthread_self", e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor shape) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape);
    }
}
