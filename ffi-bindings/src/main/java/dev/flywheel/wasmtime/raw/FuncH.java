package dev.flywheel.wasmtime.raw;

import static dev.flywheel.wasmtime.raw.Symbols.function;
import static dev.flywheel.wasmtime.raw.Symbols.leaf;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code wasmtime/func.h} and {@code wasmtime/trap.h}. */
@SuppressWarnings("MemberName") // C names letter for letter
public final class FuncH {

    private static final MethodHandle wasmtime_func_call_unchecked =
            function(
                    "wasmtime_func_call_unchecked",
                    FunctionDescriptor.of(
                            JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle wasmtime_func_type =
            function("wasmtime_func_type", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_caller_context =
            leaf("wasmtime_caller_context", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
    private static final MethodHandle wasmtime_trap_new =
            function("wasmtime_trap_new", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG));
    private static final MethodHandle wasmtime_trap_code =
            function("wasmtime_trap_code", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_frame_func_name =
            function("wasmtime_frame_func_name", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_frame_module_name =
            function("wasmtime_frame_module_name", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_context_take_exception =
            function(
                    "wasmtime_context_take_exception",
                    FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_exnref_unroot =
            function("wasmtime_exnref_unroot", FunctionDescriptor.ofVoid(ADDRESS));

    private FuncH() {}

    public static long wasmtime_func_call_unchecked(
            MemorySegment context,
            MemorySegment func,
            MemorySegment argsAndResults,
            long length,
            MemorySegment trap) {
        try {
            return (long)
                    wasmtime_func_call_unchecked.invokeExact(
                            context, func, argsAndResults, length, trap);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_func_call_unchecked", e);
        }
    }

    public static MemorySegment wasmtime_func_type(MemorySegment context, MemorySegment func) {
        try {
            return (MemorySegment) wasmtime_func_type.invokeExact(context, func);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_func_type", e);
        }
    }

    public static long wasmtime_caller_context(long caller) {
        try {
            return (long) wasmtime_caller_context.invokeExact(caller);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_caller_context", e);
        }
    }

    public static long wasmtime_trap_new(MemorySegment message, long length) {
        try {
            return (long) wasmtime_trap_new.invokeExact(message, length);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_trap_new", e);
        }
    }

    public static boolean wasmtime_trap_code(MemorySegment trap, MemorySegment code) {
        try {
            return (boolean) wasmtime_trap_code.invokeExact(trap, code);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_trap_code", e);
        }
    }

    public static MemorySegment wasmtime_frame_func_name(MemorySegment frame) {
        try {
            return (MemorySegment) wasmtime_frame_func_name.invokeExact(frame);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_frame_func_name", e);
        }
    }

    public static MemorySegment wasmtime_frame_module_name(MemorySegment frame) {
        try {
            return (MemorySegment) wasmtime_frame_module_name.invokeExact(frame);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_frame_module_name", e);
        }
    }

    public static boolean wasmtime_context_take_exception(
            MemorySegment context, MemorySegment exnref) {
        try {
            return (boolean) wasmtime_context_take_exception.invokeExact(context, exnref);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_context_take_exception", e);
        }
    }

    public static void wasmtime_exnref_unroot(MemorySegment exnref) {
        try {
            wasmtime_exnref_unroot.invokeExact(exnref);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_exnref_unroot", e);
        }
    }
}
