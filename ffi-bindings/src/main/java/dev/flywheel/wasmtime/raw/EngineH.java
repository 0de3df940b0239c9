package dev.flywheel.wasmtime.raw;

import static dev.flywheel.wasmtime.raw.Symbols.function;
import static dev.flywheel.wasmtime.raw.Symbols.leaf;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * {@code wasmtime/engine.h}, {@code wasmtime/module.h}, {@code wasmtime/wat.h} and {@code
 * wasmtime/error.h}: each function that may fail returns an owned error, or NULL.
 */
@SuppressWarnings("MemberName") // C names letter for letter
public final class EngineH {

    private static final MethodHandle wasmtime_engine_increment_epoch =
            leaf("wasmtime_engine_increment_epoch", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasmtime_module_new =
            function(
                    "wasmtime_module_new",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle wasmtime_module_delete =
            function("wasmtime_module_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasmtime_module_validate =
            function(
                    "wasmtime_module_validate",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
    private static final MethodHandle wasmtime_module_serialize =
            function("wasmtime_module_serialize", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_module_deserialize =
            function(
                    "wasmtime_module_deserialize",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle wasmtime_module_deserialize_file =
            function(
                    "wasmtime_module_deserialize_file",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_module_imports =
            function("wasmtime_module_imports", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_module_exports =
            function("wasmtime_module_exports", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_wat2wasm =
            function(
                    "wasmtime_wat2wasm",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle wasmtime_error_new =
            function("wasmtime_error_new", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    private static final MethodHandle wasmtime_error_message =
            function("wasmtime_error_message", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_error_wasm_trace =
            function("wasmtime_error_wasm_trace", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_error_delete =
            function("wasmtime_error_delete", FunctionDescriptor.ofVoid(ADDRESS));

    private EngineH() {}

    public static void wasmtime_engine_increment_epoch(MemorySegment engine) {
        try {
            wasmtime_engine_increment_epoch.invokeExact(engine);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_engine_increment_epoch", e);
        }
    }

    public static MemorySegment wasmtime_module_new(
            MemorySegment engine, MemorySegment wasm, long length, MemorySegment ret) {
        try {
            return (MemorySegment) wasmtime_module_new.invokeExact(engine, wasm, length, ret);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_module_new", e);
        }
    }

    public static void wasmtime_module_delete(MemorySegment module) {
        try {
            wasmtime_module_delete.invokeExact(module);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_module_delete", e);
        }
    }

    public static MemorySegment wasmtime_module_validate(
            MemorySegment engine, MemorySegment wasm, long length) {
        try {
            return (MemorySegment) wasmtime_module_validate.invokeExact(engine, wasm, length);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_module_validate", e);
        }
    }

    public static MemorySegment wasmtime_module_serialize(MemorySegment module, MemorySegment ret) {
        try {
            return (MemorySegment) wasmtime_module_serialize.invokeExact(module, ret);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_module_serialize", e);
        }
    }

    public static MemorySegment wasmtime_module_deserialize(
            MemorySegment engine, MemorySegment bytes, long length, MemorySegment ret) {
        try {
            return (MemorySegment)
                    wasmtime_module_deserialize.invokeExact(engine, bytes, length, ret);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_module_deserialize", e);
        }
    }

    public static MemorySegment wasmtime_module_deserialize_file(
            MemorySegment engine, MemorySegment path, MemorySegment ret) {
        try {
            return (MemorySegment) wasmtime_module_deserialize_file.invokeExact(engine, path, ret);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_module_deserialize_file", e);
        }
    }

    public static void wasmtime_module_imports(MemorySegment module, MemorySegment out) {
        try {
            wasmtime_module_imports.invokeExact(module, out);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_module_imports", e);
        }
    }

    public static void wasmtime_module_exports(MemorySegment module, MemorySegment out) {
        try {
            wasmtime_module_exports.invokeExact(module, out);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_module_exports", e);
        }
    }

    public static MemorySegment wasmtime_wat2wasm(
            MemorySegment wat, long length, MemorySegment ret) {
        try {
            return (MemorySegment) wasmtime_wat2wasm.invokeExact(wat, length, ret);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_wat2wasm", e);
        }
    }

    /** An owned error, as an address for whoever returns it to native code. */
    public static long wasmtime_error_new(MemorySegment message) {
        try {
            return (long) wasmtime_error_new.invokeExact(message);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_error_new", e);
        }
    }

    public static void wasmtime_error_message(MemorySegment error, MemorySegment message) {
        try {
            wasmtime_error_message.invokeExact(error, message);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_error_message", e);
        }
    }

    public static void wasmtime_error_wasm_trace(MemorySegment error, MemorySegment frames) {
        try {
            wasmtime_error_wasm_trace.invokeExact(error, frames);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_error_wasm_trace", e);
        }
    }

    public static void wasmtime_error_delete(MemorySegment error) {
        try {
            wasmtime_error_delete.invokeExact(error);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_error_delete", e);
        }
    }
}
