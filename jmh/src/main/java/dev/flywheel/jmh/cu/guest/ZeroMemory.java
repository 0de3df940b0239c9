package dev.flywheel.jmh.cu.guest;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Zeros that take no room until they are written, which Java's own arenas do at once. */
final class ZeroMemory implements AutoCloseable {
    private static final int STEP = 4096;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CALLOC =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("calloc"),
                    FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FREE =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ADDRESS));

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory;

    ZeroMemory(long bytes) {
        try {
            MemorySegment pointer = (MemorySegment) CALLOC.invokeExact(bytes, 1L);
            memory = pointer.reinterpret(bytes, arena, ZeroMemory::free);
        } catch (Throwable e) {
            throw new IllegalStateException("calloc failed", e);
        }
    }

    private static void free(MemorySegment memory) {
        try {
            FREE.invokeExact(memory);
        } catch (Throwable e) {
            throw new IllegalStateException("free failed", e);
        }
    }

    /** Has these bytes at its start, and is written where they are not zero. */
    MemorySegment with(MemorySegment bytes) {
        for (long at = 0; at < bytes.byteSize(); at += STEP) {
            MemorySegment step = bytes.asSlice(at, STEP);
            if (step.mismatch(memory.asSlice(at, STEP)) >= 0) {
                memory.asSlice(at, STEP).copyFrom(step);
            }
        }
        return memory;
    }

    /** Has these bytes, as long as it is. */
    void fill(MemorySegment bytes) {
        memory.copyFrom(bytes);
    }

    @Override
    public void close() {
        arena.close();
    }
}
