package dev.flywheel.wasmtime.raw;

import static dev.flywheel.wasmtime.raw.Symbols.function;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * {@code wasm.h}, the part on types: constructors take their {@code own} arguments over; accessors
 * borrow, so that what they return lives as long as what they were given.
 */
@SuppressWarnings("MemberName") // C names letter for letter
public final class WasmTypesH {

    private static final MethodHandle wasm_valtype_new =
            function("wasm_valtype_new", FunctionDescriptor.of(ADDRESS, JAVA_BYTE));
    private static final MethodHandle wasm_valtype_vec_new =
            function(
                    "wasm_valtype_vec_new", FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle wasm_valtype_delete =
            function("wasm_valtype_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasm_functype_new =
            function("wasm_functype_new", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle wasm_functype_delete =
            function("wasm_functype_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasm_functype_params =
            function("wasm_functype_params", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_functype_results =
            function("wasm_functype_results", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_importtype_module =
            function("wasm_importtype_module", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_importtype_name =
            function("wasm_importtype_name", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_importtype_type =
            function("wasm_importtype_type", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_exporttype_name =
            function("wasm_exporttype_name", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_exporttype_type =
            function("wasm_exporttype_type", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_externtype_kind =
            function("wasm_externtype_kind", FunctionDescriptor.of(JAVA_BYTE, ADDRESS));
    private static final MethodHandle wasm_externtype_as_functype_const =
            function("wasm_externtype_as_functype_const", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_externtype_as_globaltype_const =
            function(
                    "wasm_externtype_as_globaltype_const", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_externtype_as_tabletype_const =
            function("wasm_externtype_as_tabletype_const", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_externtype_as_memorytype_const =
            function(
                    "wasm_externtype_as_memorytype_const", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_externtype_as_tagtype_const =
            function("wasm_externtype_as_tagtype_const", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_globaltype_content =
            function("wasm_globaltype_content", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_globaltype_mutability =
            function("wasm_globaltype_mutability", FunctionDescriptor.of(JAVA_BYTE, ADDRESS));
    private static final MethodHandle wasm_globaltype_delete =
            function("wasm_globaltype_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasm_tabletype_element =
            function("wasm_tabletype_element", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_tabletype_limits =
            function("wasm_tabletype_limits", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_tabletype_delete =
            function("wasm_tabletype_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasm_tagtype_functype =
            function("wasm_tagtype_functype", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasm_memorytype_delete =
            function("wasm_memorytype_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasmtime_memorytype_minimum =
            function("wasmtime_memorytype_minimum", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    private static final MethodHandle wasmtime_memorytype_maximum =
            function(
                    "wasmtime_memorytype_maximum",
                    FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_memorytype_is64 =
            function("wasmtime_memorytype_is64", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));
    private static final MethodHandle wasmtime_valtype_new =
            function("wasmtime_valtype_new", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_valtype_delete =
            function("wasmtime_valtype_delete", FunctionDescriptor.ofVoid(ADDRESS));

    private WasmTypesH() {}

    public static MemorySegment wasm_valtype_new(byte kind) {
        try {
            return (MemorySegment) wasm_valtype_new.invokeExact(kind);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_valtype_new", e);
        }
    }

    public static void wasm_valtype_vec_new(MemorySegment vec, long size, MemorySegment types) {
        try {
            wasm_valtype_vec_new.invokeExact(vec, size, types);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_valtype_vec_new", e);
        }
    }

    public static void wasm_valtype_delete(MemorySegment type) {
        try {
            wasm_valtype_delete.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_valtype_delete", e);
        }
    }

    public static MemorySegment wasm_functype_new(MemorySegment params, MemorySegment results) {
        try {
            return (MemorySegment) wasm_functype_new.invokeExact(params, results);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_functype_new", e);
        }
    }

    public static void wasm_functype_delete(MemorySegment type) {
        try {
            wasm_functype_delete.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_functype_delete", e);
        }
    }

    public static MemorySegment wasm_functype_params(MemorySegment type) {
        try {
            return (MemorySegment) wasm_functype_params.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_functype_params", e);
        }
    }

    public static MemorySegment wasm_functype_results(MemorySegment type) {
        try {
            return (MemorySegment) wasm_functype_results.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_functype_results", e);
        }
    }

    public static MemorySegment wasm_importtype_module(MemorySegment type) {
        try {
            return (MemorySegment) wasm_importtype_module.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_importtype_module", e);
        }
    }

    public static MemorySegment wasm_importtype_name(MemorySegment type) {
        try {
            return (MemorySegment) wasm_importtype_name.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_importtype_name", e);
        }
    }

    public static MemorySegment wasm_importtype_type(MemorySegment type) {
        try {
            return (MemorySegment) wasm_importtype_type.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_importtype_type", e);
        }
    }

    public static MemorySegment wasm_exporttype_name(MemorySegment type) {
        try {
            return (MemorySegment) wasm_exporttype_name.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_exporttype_name", e);
        }
    }

    public static MemorySegment wasm_exporttype_type(MemorySegment type) {
        try {
            return (MemorySegment) wasm_exporttype_type.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_exporttype_type", e);
        }
    }

    public static byte wasm_externtype_kind(MemorySegment type) {
        try {
            return (byte) wasm_externtype_kind.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_externtype_kind", e);
        }
    }

    public static MemorySegment wasm_externtype_as_functype_const(MemorySegment type) {
        try {
            return (MemorySegment) wasm_externtype_as_functype_const.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_externtype_as_functype_const", e);
        }
    }

    public static MemorySegment wasm_externtype_as_globaltype_const(MemorySegment type) {
        try {
            return (MemorySegment) wasm_externtype_as_globaltype_const.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_externtype_as_globaltype_const", e);
        }
    }

    public static MemorySegment wasm_externtype_as_tabletype_const(MemorySegment type) {
        try {
            return (MemorySegment) wasm_externtype_as_tabletype_const.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_externtype_as_tabletype_const", e);
        }
    }

    public static MemorySegment wasm_externtype_as_memorytype_const(MemorySegment type) {
        try {
            return (MemorySegment) wasm_externtype_as_memorytype_const.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_externtype_as_memorytype_const", e);
        }
    }

    public static MemorySegment wasm_externtype_as_tagtype_const(MemorySegment type) {
        try {
            return (MemorySegment) wasm_externtype_as_tagtype_const.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_externtype_as_tagtype_const", e);
        }
    }

    public static MemorySegment wasm_globaltype_content(MemorySegment type) {
        try {
            return (MemorySegment) wasm_globaltype_content.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_globaltype_content", e);
        }
    }

    public static byte wasm_globaltype_mutability(MemorySegment type) {
        try {
            return (byte) wasm_globaltype_mutability.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_globaltype_mutability", e);
        }
    }

    public static void wasm_globaltype_delete(MemorySegment type) {
        try {
            wasm_globaltype_delete.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_globaltype_delete", e);
        }
    }

    public static MemorySegment wasm_tabletype_element(MemorySegment type) {
        try {
            return (MemorySegment) wasm_tabletype_element.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_tabletype_element", e);
        }
    }

    public static MemorySegment wasm_tabletype_limits(MemorySegment type) {
        try {
            return (MemorySegment) wasm_tabletype_limits.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_tabletype_limits", e);
        }
    }

    public static void wasm_tabletype_delete(MemorySegment type) {
        try {
            wasm_tabletype_delete.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_tabletype_delete", e);
        }
    }

    public static MemorySegment wasm_tagtype_functype(MemorySegment type) {
        try {
            return (MemorySegment) wasm_tagtype_functype.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_tagtype_functype", e);
        }
    }

    public static void wasm_memorytype_delete(MemorySegment type) {
        try {
            wasm_memorytype_delete.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasm_memorytype_delete", e);
        }
    }

    public static long wasmtime_memorytype_minimum(MemorySegment type) {
        try {
            return (long) wasmtime_memorytype_minimum.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_memorytype_minimum", e);
        }
    }

    public static boolean wasmtime_memorytype_maximum(MemorySegment type, MemorySegment max) {
        try {
            return (boolean) wasmtime_memorytype_maximum.invokeExact(type, max);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_memorytype_maximum", e);
        }
    }

    public static boolean wasmtime_memorytype_is64(MemorySegment type) {
        try {
            return (boolean) wasmtime_memorytype_is64.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_memorytype_is64", e);
        }
    }

    public static void wasmtime_valtype_new(MemorySegment type, MemorySegment out) {
        try {
            wasmtime_valtype_new.invokeExact(type, out);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_valtype_new", e);
        }
    }

    public static void wasmtime_valtype_delete(MemorySegment type) {
        try {
            wasmtime_valtype_delete.invokeExact(type);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_valtype_delete", e);
        }
    }
}
