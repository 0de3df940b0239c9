package dev.flywheel.wasmtime.raw;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Looks up C functions of the loaded library: the handles that the classes of this package keep in
 * static fields.
 */
final class Symbols {

    private static final Linker LINKER = Linker.nativeLinker();

    private Symbols() {}

    /** An ordinary call: may block, run guest code and call back. */
    static MethodHandle function(String name, FunctionDescriptor shape) {
        return LINKER.downcallHandle(symbol(name), shape);
    }

    /** The same for a function that only one of the known lines has; null without it. */
    static @Nullable MethodHandle optional(String name, FunctionDescriptor shape) {
        return NativeLibrary.load()
                .symbols()
                .find(name)
                .map(symbol -> LINKER.downcallHandle(symbol, shape))
                .orElse(null);
    }

    /**
     * A call without the thread's change of state, which saves 2 ns. Only for C functions that read
     * or write a field or two: they never run guest code, never block and never call back, else the
     * whole JVM would wait at its next safepoint.
     */
    static MethodHandle leaf(String name, FunctionDescriptor shape) {
        return LINKER.downcallHandle(symbol(name), shape, Linker.Option.critical(false));
    }

    /**
     * A downcall throws only for wrong arguments of ours, or when an argument's memory is closed:
     * both are passed on.
     */
    static RuntimeException broken(String function, Throwable cause) {
        return switch (cause) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default ->
                    new IllegalStateException(
                            "call of C function failed: function=" + function, cause);
        };
    }

    private static MemorySegment symbol(String name) {
        NativeLibrary library = NativeLibrary.load();
        return library.symbols()
                .find(name)
                .orElseThrow(
                        () ->
                                new UnsatisfiedLinkError(
                                        "Wasmtime library lacks a C function: function="
                                                + name
                                                + " version="
                                                + library.version()
                                                + " path="
                                                + library.path()));
    }
}
