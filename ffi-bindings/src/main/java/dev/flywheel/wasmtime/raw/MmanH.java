package dev.flywheel.wasmtime.raw;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** What {@code sys/mman.h} gives to take pages away; the C library's, not Wasmtime's. */
public final class MmanH {

    public static final int PROT_NONE = 0;
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;

    private static final MethodHandle mprotect =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("mprotect"),
                            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    private MmanH() {}

    /**
     * Sets what may be done with whole pages. The segment cannot end meanwhile.
     *
     * @throws IllegalStateException when the segment has ended, or the system refuses
     */
    public static void mprotect(MemorySegment pages, int protection) {
        int failed;
        try {
            failed = (int) mprotect.invokeExact(pages, pages.byteSize(), protection);
        } catch (Throwable e) {
            throw Symbols.broken("mprotect", e);
        }
        if (failed != 0) {
            throw new IllegalStateException(
                    "pages cannot be protected: bytes="
                            + pages.byteSize()
                            + " protection="
                            + protection
                            + ". The system may have no room for another mapping: raise vm.max_map_count.");
        }
    }
}
