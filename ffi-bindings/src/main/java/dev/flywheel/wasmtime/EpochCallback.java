package dev.flywheel.wasmtime;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.flywheel.wasmtime.raw.EngineH;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/** What Wasmtime calls when a guest reaches its store's epoch deadline: one stub for all stores. */
final class EpochCallback {

    /**
     * All memory: the deadline's place lies on the native stack, where no segment of ours can be.
     */
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final MemorySegment INTERRUPTED = Arena.global().allocateFrom("interrupted");

    /** The callback's type in {@code wasmtime_store_epoch_deadline_callback}. */
    static final MemorySegment CALLBACK = stub();

    private EpochCallback() {}

    /**
     * The upcall; leaves the kind of the update as it is, which is "continue". Nothing may leave it
     * but its result: an exception that did would end the JVM.
     */
    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // by the stub, with C's parameters
    private static long reached(long context, long number, long delta, long kind) {
        try {
            if (Stores.get((int) number).mayGoOn()) {
                ALL.set(JAVA_LONG, delta, 1);
                return 0;
            }
        } catch (Throwable e) {
            stash(number, e);
        }
        return EngineH.wasmtime_error_new(INTERRUPTED);
    }

    @SuppressWarnings("EmptyCatch") // as above
    private static void stash(long number, Throwable failure) {
        try {
            Stores.get((int) number).hostFailure = failure;
        } catch (Throwable e) {
            // There is no such store to tell: the guest stops all the same.
        }
    }

    private static MemorySegment stub() {
        FunctionDescriptor shape =
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        try {
            MethodHandle target =
                    MethodHandles.lookup()
                            .findStatic(EpochCallback.class, "reached", shape.toMethodType());
            return java.lang.foreign.Linker.nativeLinker()
                    .upcallStub(target, shape, Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("own method not found: method=reached", e);
        }
    }
}
