package dev.flywheel.wasmtime.raw;

import static dev.flywheel.wasmtime.raw.Symbols.function;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code wasmtime/linker.h} and {@code wasmtime/instance.h}. */
@SuppressWarnings("MemberName") // C names letter for letter
public final class LinkerH {

    private static final MethodHandle wasmtime_linker_new =
            function("wasmtime_linker_new", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_linker_delete =
            function("wasmtime_linker_delete", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle wasmtime_linker_clone =
            function("wasmtime_linker_clone", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_linker_allow_shadowing =
            function(
                    "wasmtime_linker_allow_shadowing",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_linker_define =
            function(
                    "wasmtime_linker_define",
                    FunctionDescriptor.of(
                            ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
                            ADDRESS));
    private static final MethodHandle wasmtime_linker_define_func_unchecked =
            function(
                    "wasmtime_linker_define_func_unchecked",
                    FunctionDescriptor.of(
                            ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS,
                            ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle wasmtime_linker_instantiate =
            function(
                    "wasmtime_linker_instantiate",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle wasmtime_instance_export_get =
            function(
                    "wasmtime_instance_export_get",
                    FunctionDescriptor.of(
                            JAVA_BOOLEAN, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    private LinkerH() {}

    public static MemorySegment wasmtime_linker_new(MemorySegment engine) {
        try {
            return (MemorySegment) wasmtime_linker_new.invokeExact(engine);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_linker_new", e);
        }
    }

    public static void wasmtime_linker_delete(MemorySegment linker) {
        try {
            wasmtime_linker_delete.invokeExact(linker);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_linker_delete", e);
        }
    }

    public static MemorySegment wasmtime_linker_clone(MemorySegment linker) {
        try {
            return (MemorySegment) wasmtime_linker_clone.invokeExact(linker);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_linker_clone", e);
        }
    }

    public static void wasmtime_linker_allow_shadowing(MemorySegment linker, boolean allow) {
        try {
            wasmtime_linker_allow_shadowing.invokeExact(linker, allow);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_linker_allow_shadowing", e);
        }
    }

    public static MemorySegment wasmtime_linker_define(
            MemorySegment linker,
            MemorySegment context,
            MemorySegment module,
            long moduleLength,
            MemorySegment name,
            long nameLength,
            MemorySegment item) {
        try {
            return (MemorySegment)
                    wasmtime_linker_define.invokeExact(
                            linker, context, module, moduleLength, name, nameLength, item);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_linker_define", e);
        }
    }

    public static MemorySegment wasmtime_linker_define_func_unchecked(
            MemorySegment linker,
            MemorySegment module,
            long moduleLength,
            MemorySegment name,
            long nameLength,
            MemorySegment type,
            MemorySegment callback,
            long data,
            MemorySegment finalizer) {
        try {
            return (MemorySegment)
                    wasmtime_linker_define_func_unchecked.invokeExact(
                            linker,
                            module,
                            moduleLength,
                            name,
                            nameLength,
                            type,
                            callback,
                            data,
                            finalizer);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_linker_define_func_unchecked", e);
        }
    }

    public static MemorySegment wasmtime_linker_instantiate(
            MemorySegment linker,
            MemorySegment context,
            MemorySegment module,
            MemorySegment instance,
            MemorySegment trap) {
        try {
            return (MemorySegment)
                    wasmtime_linker_instantiate.invokeExact(
                            linker, context, module, instance, trap);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_linker_instantiate", e);
        }
    }

    public static boolean wasmtime_instance_export_get(
            MemorySegment context,
            MemorySegment instance,
            MemorySegment name,
            long nameLength,
            MemorySegment item) {
        try {
            return (boolean)
                    wasmtime_instance_export_get.invokeExact(
                            context, instance, name, nameLength, item);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_instance_export_get", e);
        }
    }
}
