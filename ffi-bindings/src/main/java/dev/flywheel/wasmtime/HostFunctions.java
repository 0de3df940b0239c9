package dev.flywheel.wasmtime;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.flywheel.wasmtime.handle.Live;
import dev.flywheel.wasmtime.raw.FuncH;
import dev.flywheel.wasmtime.raw.StoreH;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All host functions of the process, behind one upcall stub: native code carries a function's
 * number, and this finds the function and the caller's store by two array accesses.
 */
final class HostFunctions {

    /** A unit defines some 60 for each kind of guest; linkers are few, or short-lived. */
    private static final int FUNCTIONS_MAX = 1 << 20;

    /** What the guest's trap says natively; the true reason is kept in Java. */
    private static final MemorySegment FAILED = Arena.global().allocateFrom("host function failed");

    private static final long FAILED_BYTES = FAILED.byteSize() - 1;

    private static volatile @Nullable Entry[] entries = new @Nullable Entry[64];
    private static int free;

    /** {@code wasmtime_func_unchecked_callback_t}. */
    static final MemorySegment CALLBACK =
            stub(
                    "called",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    /**
     * Called once nothing can call the function any more: its linker and all stores that it was
     * linked into are gone.
     */
    static final MemorySegment FINALIZER = stub("finalized", FunctionDescriptor.ofVoid(JAVA_LONG));

    private HostFunctions() {}

    /** A defined host function. */
    record Entry(
            String name,
            FunctionType type,
            HostFunction function,
            int parameterCount,
            @Nullable ValueType result) {

        static final Entry NONE =
                new Entry(
                        "(none is running)",
                        FunctionType.of(),
                        call -> {
                            throw new IllegalStateException("no host function");
                        },
                        0,
                        null);

        static Entry of(String name, FunctionType type, HostFunction function) {
            return new Entry(
                    name,
                    type,
                    function,
                    type.parameters().size(),
                    type.results().isEmpty() ? null : type.results().getFirst());
        }

        boolean hasResult() {
            return result != null;
        }

        @Override
        public String toString() {
            return name + " " + type;
        }
    }

    static synchronized int register(Entry entry) {
        @Nullable Entry[] now = entries;
        int number = -1;
        for (int i = 0; i < now.length && number < 0; i++) {
            int candidate = (free + i) % now.length;
            if (now[candidate] == null) {
                number = candidate;
            }
        }
        if (number < 0) {
            if (now.length == FUNCTIONS_MAX) {
                throw new IllegalStateException(
                        "too many host functions: max=" + FUNCTIONS_MAX + ". Close linkers.");
            }
            number = now.length;
            now = Arrays.copyOf(now, now.length * 2);
        }
        now[number] = entry;
        free = number + 1;
        entries = now; // publishes the element too
        Live.HOST_FUNCTION.born();
        return number;
    }

    static synchronized void unregister(int number) {
        @Nullable Entry[] now = entries;
        if (now[number] != null) {
            now[number] = null;
            entries = now;
            Live.HOST_FUNCTION.died();
        }
    }

    /** The upcall. Nothing may leave it but its result: an exception that did would end the JVM. */
    @SuppressWarnings("UnusedMethod") // by the stub
    private static long called(long number, long caller, long values, long count) {
        Store store = null;
        try {
            store =
                    Stores.get(
                            (int)
                                    StoreH.wasmtime_context_get_data(
                                            FuncH.wasmtime_caller_context(caller)));
            Entry entry = entries[(int) number];
            if (entry == null) {
                throw new IllegalStateException("host function is gone: number=" + number);
            }
            assert count >= entry.parameterCount : "count=" + count + " function=" + entry;
            HostFrame frame = store.pushFrame();
            try {
                frame.begin(entry, values);
                entry.function.call(frame);
                frame.end();
            } finally {
                store.popFrame();
            }
            return 0;
        } catch (Throwable e) {
            if (store != null) {
                store.hostFailure = e;
            }
            return FuncH.wasmtime_trap_new(FAILED, FAILED_BYTES);
        }
    }

    @SuppressWarnings({"UnusedMethod", "EmptyCatch"}) // by the stub
    private static void finalized(long number) {
        try {
            unregister((int) number);
        } catch (Throwable e) {
            // Nothing to be done, and nothing may leave an upcall: the entry stays counted as
            // living, which tests see.
        }
    }

    private static MemorySegment stub(String method, FunctionDescriptor shape) {
        try {
            MethodType type = shape.toMethodType();
            MethodHandle target =
                    MethodHandles.lookup().findStatic(HostFunctions.class, method, type);
            return java.lang.foreign.Linker.nativeLinker()
                    .upcallStub(target, shape, Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("own method not found: method=" + method, e);
        }
    }
}
