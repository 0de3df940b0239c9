package dev.flywheel.wasmtime.raw;

import static dev.flywheel.wasmtime.raw.Symbols.function;
import static dev.flywheel.wasmtime.raw.Symbols.leaf;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * {@code wasmtime/memory.h}, {@code wasmtime/table.h} and {@code wasmtime/global.h}: a memory,
 * table or global is a small struct that means something only together with its store.
 */
@SuppressWarnings("MemberName") // C names letter for letter
public final class ExternH {

    private static final MethodHandle wasmtime_memory_data =
            leaf("wasmtime_memory_data", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_memory_data_size =
            leaf("wasmtime_memory_data_size", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_memory_size =
            leaf("wasmtime_memory_size", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_memory_grow =
            function(
                    "wasmtime_memory_grow",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle wasmtime_memory_type =
            function("wasmtime_memory_type", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_table_get =
            function(
                    "wasmtime_table_get",
                    FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle wasmtime_table_set =
            function(
                    "wasmtime_table_set",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle wasmtime_table_size =
            function("wasmtime_table_size", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_table_grow =
            function(
                    "wasmtime_table_grow",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_table_type =
            function("wasmtime_table_type", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_global_get =
            function("wasmtime_global_get", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_global_set =
            function(
                    "wasmtime_global_set",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_global_type =
            function("wasmtime_global_type", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));

    private ExternH() {}

    public static long wasmtime_memory_data(MemorySegment context, MemorySegment memory) {
        try {
            return (long) wasmtime_memory_data.invokeExact(context, memory);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_memory_data", e);
        }
    }

    public static long wasmtime_memory_data_size(MemorySegment context, MemorySegment memory) {
        try {
            return (long) wasmtime_memory_data_size.invokeExact(context, memory);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_memory_data_size", e);
        }
    }

    public static long wasmtime_memory_size(MemorySegment context, MemorySegment memory) {
        try {
            return (long) wasmtime_memory_size.invokeExact(context, memory);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_memory_size", e);
        }
    }

    public static MemorySegment wasmtime_memory_grow(
            MemorySegment context, MemorySegment memory, long delta, MemorySegment previous) {
        try {
            return (MemorySegment)
                    wasmtime_memory_grow.invokeExact(context, memory, delta, previous);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_memory_grow", e);
        }
    }

    public static MemorySegment wasmtime_memory_type(MemorySegment context, MemorySegment memory) {
        try {
            return (MemorySegment) wasmtime_memory_type.invokeExact(context, memory);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_memory_type", e);
        }
    }

    public static boolean wasmtime_table_get(
            MemorySegment context, MemorySegment table, long index, MemorySegment value) {
        try {
            return (boolean) wasmtime_table_get.invokeExact(context, table, index, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_table_get", e);
        }
    }

    public static MemorySegment wasmtime_table_set(
            MemorySegment context, MemorySegment table, long index, MemorySegment value) {
        try {
            return (MemorySegment) wasmtime_table_set.invokeExact(context, table, index, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_table_set", e);
        }
    }

    public static long wasmtime_table_size(MemorySegment context, MemorySegment table) {
        try {
            return (long) wasmtime_table_size.invokeExact(context, table);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_table_size", e);
        }
    }

    public static MemorySegment wasmtime_table_grow(
            MemorySegment context,
            MemorySegment table,
            long delta,
            MemorySegment value,
            MemorySegment previous) {
        try {
            return (MemorySegment)
                    wasmtime_table_grow.invokeExact(context, table, delta, value, previous);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_table_grow", e);
        }
    }

    public static MemorySegment wasmtime_table_type(MemorySegment context, MemorySegment table) {
        try {
            return (MemorySegment) wasmtime_table_type.invokeExact(context, table);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_table_type", e);
        }
    }

    public static void wasmtime_global_get(
            MemorySegment context, MemorySegment global, MemorySegment value) {
        try {
            wasmtime_global_get.invokeExact(context, global, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_global_get", e);
        }
    }

    public static MemorySegment wasmtime_global_set(
            MemorySegment context, MemorySegment global, MemorySegment value) {
        try {
            return (MemorySegment) wasmtime_global_set.invokeExact(context, global, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_global_set", e);
        }
    }

    public static MemorySegment wasmtime_global_type(MemorySegment context, MemorySegment global) {
        try {
            return (MemorySegment) wasmtime_global_type.invokeExact(context, global);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_global_type", e);
        }
    }
}
