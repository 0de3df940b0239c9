package dev.flywheel.wasmtime.raw;

import static dev.flywheel.wasmtime.raw.Symbols.function;
import static dev.flywheel.wasmtime.raw.Symbols.leaf;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code wasmtime/store.h}. */
@SuppressWarnings("MemberName") // C names letter for letter
public final class StoreH {

    private static final MethodHandle wasmtime_store_new =
            function(
                    "wasmtime_store_new",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle wasmtime_store_context =
            function("wasmtime_store_context", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_store_limiter =
            function(
                    "wasmtime_store_limiter",
                    FunctionDescriptor.ofVoid(
                            ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle wasmtime_store_delete =
            function("wasmtime_store_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasmtime_context_get_data =
            leaf("wasmtime_context_get_data", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
    private static final MethodHandle wasmtime_context_set_fuel =
            function(
                    "wasmtime_context_set_fuel",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG));
    private static final MethodHandle wasmtime_context_get_fuel =
            function("wasmtime_context_get_fuel", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_context_set_epoch_deadline =
            leaf(
                    "wasmtime_context_set_epoch_deadline",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG));
    private static final MethodHandle wasmtime_store_epoch_deadline_callback =
            function(
                    "wasmtime_store_epoch_deadline_callback",
                    FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    private StoreH() {}

    public static MemorySegment wasmtime_store_new(
            MemorySegment engine, long data, MemorySegment finalizer) {
        try {
            return (MemorySegment) wasmtime_store_new.invokeExact(engine, data, finalizer);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_store_new", e);
        }
    }

    public static MemorySegment wasmtime_store_context(MemorySegment store) {
        try {
            return (MemorySegment) wasmtime_store_context.invokeExact(store);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_store_context", e);
        }
    }

    public static void wasmtime_store_limiter(
            MemorySegment store,
            long memoryBytes,
            long tableElements,
            long instances,
            long tables,
            long memories) {
        try {
            wasmtime_store_limiter.invokeExact(
                    store, memoryBytes, tableElements, instances, tables, memories);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_store_limiter", e);
        }
    }

    public static void wasmtime_store_delete(MemorySegment store) {
        try {
            wasmtime_store_delete.invokeExact(store);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_store_delete", e);
        }
    }

    public static long wasmtime_context_get_data(long context) {
        try {
            return (long) wasmtime_context_get_data.invokeExact(context);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_context_get_data", e);
        }
    }

    public static MemorySegment wasmtime_context_set_fuel(MemorySegment context, long fuel) {
        try {
            return (MemorySegment) wasmtime_context_set_fuel.invokeExact(context, fuel);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_context_set_fuel", e);
        }
    }

    public static MemorySegment wasmtime_context_get_fuel(
            MemorySegment context, MemorySegment fuel) {
        try {
            return (MemorySegment) wasmtime_context_get_fuel.invokeExact(context, fuel);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_context_get_fuel", e);
        }
    }

    public static void wasmtime_context_set_epoch_deadline(MemorySegment context, long ticks) {
        try {
            wasmtime_context_set_epoch_deadline.invokeExact(context, ticks);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_context_set_epoch_deadline", e);
        }
    }

    /** {@code data} is a number that the callback gets, not an address. */
    public static void wasmtime_store_epoch_deadline_callback(
            MemorySegment store, MemorySegment callback, long data, MemorySegment finalizer) {
        try {
            wasmtime_store_epoch_deadline_callback.invokeExact(store, callback, data, finalizer);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_store_epoch_deadline_callback", e);
        }
    }
}
