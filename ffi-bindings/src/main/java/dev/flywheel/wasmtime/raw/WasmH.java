package dev.flywheel.wasmtime.raw;

import static dev.flywheel.wasmtime.raw.Symbols.function;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * {@code wasm.h}: what the standard C API gives, as far as {@code wasmtime.h} builds on it.
 * Functions whose name ends in {@code _delete} free what they are given; {@code own} arguments are
 * taken over.
 */
@SuppressWarnings("MemberName") // C names letter for letter
public final class WasmH {

    private static final MethodHandle wasm_config_new =
            function("wasm_config_new", FunctionDescriptor.of(ADDRESS));
    private static final MethodHandle wasm_config_delete =
            function("wasm_config_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasm_engine_new_with_config =
            function("wasm_engine_new_with_config", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_engine_delete =
            function("wasm_engine_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasm_byte_vec_delete =
            function("wasm_byte_vec_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasm_importtype_vec_delete =
            function("wasm_importtype_vec_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasm_exporttype_vec_delete =
            function("wasm_exporttype_vec_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasm_frame_vec_delete =
            function("wasm_frame_vec_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasm_trap_message =
            function("wasm_trap_message", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_trap_trace =
            function("wasm_trap_trace", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_trap_delete =
            function("wasm_trap_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasm_frame_func_index =
            function("wasm_frame_func_index", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle wasm_frame_func_offset =
            function("wasm_frame_func_offset", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    private static final MethodHandle wasm_frame_module_offset =
            function("wasm_frame_module_offset", FunctionDescriptor.of(JAVA_LONG, ADDRESS));

    private WasmH() {}

    public static MemorySegment wasm_config_new() {
        try {
            return (MemorySegment) wasm_config_new.invokeExact();
        } catch (Throwable e) {
            throw Symbols.broken("wasm_config_new", e);
        }
    }

    public static void wasm_config_delete(MemorySegment config) {
        try {
            wasm_config_delete.invokeExact(config);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_config_delete", e);
        }
    }

    public static MemorySegment wasm_engine_new_with_config(MemorySegment config) {
        try {
            return (MemorySegment) wasm_engine_new_with_config.invokeExact(config);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_engine_new_with_config", e);
        }
    }

    public static void wasm_engine_delete(MemorySegment engine) {
        try {
            wasm_engine_delete.invokeExact(engine);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_engine_delete", e);
        }
    }

    public static void wasm_byte_vec_delete(MemorySegment vec) {
        try {
            wasm_byte_vec_delete.invokeExact(vec);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_byte_vec_delete", e);
        }
    }

    public static void wasm_importtype_vec_delete(MemorySegment vec) {
        try {
            wasm_importtype_vec_delete.invokeExact(vec);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_importtype_vec_delete", e);
        }
    }

    public static void wasm_exporttype_vec_delete(MemorySegment vec) {
        try {
            wasm_exporttype_vec_delete.invokeExact(vec);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_exporttype_vec_delete", e);
        }
    }

    public static void wasm_frame_vec_delete(MemorySegment vec) {
        try {
            wasm_frame_vec_delete.invokeExact(vec);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_frame_vec_delete", e);
        }
    }

    public static void wasm_trap_message(MemorySegment trap, MemorySegment message) {
        try {
            wasm_trap_message.invokeExact(trap, message);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_trap_message", e);
        }
    }

    public static void wasm_trap_trace(MemorySegment trap, MemorySegment frames) {
        try {
            wasm_trap_trace.invokeExact(trap, frames);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_trap_trace", e);
        }
    }

    public static void wasm_trap_delete(MemorySegment trap) {
        try {
            wasm_trap_delete.invokeExact(trap);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_trap_delete", e);
        }
    }

    public static int wasm_frame_func_index(MemorySegment frame) {
        try {
            return (int) wasm_frame_func_index.invokeExact(frame);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_frame_func_index", e);
        }
    }

    public static long wasm_frame_func_offset(MemorySegment frame) {
        try {
            return (long) wasm_frame_func_offset.invokeExact(frame);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_frame_func_offset", e);
        }
    }

    public static long wasm_frame_module_offset(MemorySegment frame) {
        try {
            return (long) wasm_frame_module_offset.invokeExact(frame);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_frame_module_offset", e);
        }
    }
}
