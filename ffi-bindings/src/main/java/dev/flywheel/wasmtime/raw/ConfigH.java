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
 * {@code wasmtime/config.h}: properties of an engine to be. The engine aborts the process on some
 * combinations, so that {@code EngineOptions} must have checked them.
 */
@SuppressWarnings("MemberName") // C names letter for letter
public final class ConfigH {

    private static final MethodHandle wasmtime_config_consume_fuel_set =
            function(
                    "wasmtime_config_consume_fuel_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_epoch_interruption_set =
            function(
                    "wasmtime_config_epoch_interruption_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_max_wasm_stack_set =
            function(
                    "wasmtime_config_max_wasm_stack_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG));
    private static final MethodHandle wasmtime_config_async_stack_size_set =
            function(
                    "wasmtime_config_async_stack_size_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG));
    private static final MethodHandle wasmtime_config_wasm_threads_set =
            function(
                    "wasmtime_config_wasm_threads_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_shared_memory_set =
            function(
                    "wasmtime_config_shared_memory_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_wasm_tail_call_set =
            function(
                    "wasmtime_config_wasm_tail_call_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_wasm_reference_types_set =
            function(
                    "wasmtime_config_wasm_reference_types_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_wasm_function_references_set =
            function(
                    "wasmtime_config_wasm_function_references_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_wasm_gc_set =
            function(
                    "wasmtime_config_wasm_gc_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_wasm_simd_set =
            function(
                    "wasmtime_config_wasm_simd_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_wasm_relaxed_simd_set =
            function(
                    "wasmtime_config_wasm_relaxed_simd_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_wasm_multi_memory_set =
            function(
                    "wasmtime_config_wasm_multi_memory_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_wasm_memory64_set =
            function(
                    "wasmtime_config_wasm_memory64_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_wasm_wide_arithmetic_set =
            function(
                    "wasmtime_config_wasm_wide_arithmetic_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_wasm_exceptions_set =
            function(
                    "wasmtime_config_wasm_exceptions_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_wasm_custom_page_sizes_set =
            function(
                    "wasmtime_config_wasm_custom_page_sizes_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_wasm_stack_switching_set =
            function(
                    "wasmtime_config_wasm_stack_switching_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_wasm_component_model_set =
            function(
                    "wasmtime_config_wasm_component_model_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_parallel_compilation_set =
            function(
                    "wasmtime_config_parallel_compilation_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_cranelift_nan_canonicalization_set =
            function(
                    "wasmtime_config_cranelift_nan_canonicalization_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_cranelift_opt_level_set =
            function(
                    "wasmtime_config_cranelift_opt_level_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BYTE));
    private static final MethodHandle wasmtime_config_memory_may_move_set =
            function(
                    "wasmtime_config_memory_may_move_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle wasmtime_config_memory_reservation_set =
            function(
                    "wasmtime_config_memory_reservation_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG));
    private static final MethodHandle wasmtime_config_memory_guard_size_set =
            function(
                    "wasmtime_config_memory_guard_size_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG));
    private static final MethodHandle wasmtime_config_memory_reservation_for_growth_set =
            function(
                    "wasmtime_config_memory_reservation_for_growth_set",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG));
    private static final MethodHandle wasmtime_config_cranelift_flag_set =
            function(
                    "wasmtime_config_cranelift_flag_set",
                    FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));

    private ConfigH() {}

    public static void wasmtime_config_consume_fuel_set(MemorySegment config, boolean value) {
        try {
            wasmtime_config_consume_fuel_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_consume_fuel_set", e);
        }
    }

    public static void wasmtime_config_epoch_interruption_set(MemorySegment config, boolean value) {
        try {
            wasmtime_config_epoch_interruption_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_epoch_interruption_set", e);
        }
    }

    public static void wasmtime_config_max_wasm_stack_set(MemorySegment config, long value) {
        try {
            wasmtime_config_max_wasm_stack_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_max_wasm_stack_set", e);
        }
    }

    public static void wasmtime_config_async_stack_size_set(MemorySegment config, long value) {
        try {
            wasmtime_config_async_stack_size_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_async_stack_size_set", e);
        }
    }

    public static void wasmtime_config_wasm_threads_set(MemorySegment config, boolean value) {
        try {
            wasmtime_config_wasm_threads_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_wasm_threads_set", e);
        }
    }

    public static void wasmtime_config_shared_memory_set(MemorySegment config, boolean value) {
        try {
            wasmtime_config_shared_memory_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_shared_memory_set", e);
        }
    }

    public static void wasmtime_config_wasm_tail_call_set(MemorySegment config, boolean value) {
        try {
            wasmtime_config_wasm_tail_call_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_wasm_tail_call_set", e);
        }
    }

    public static void wasmtime_config_wasm_reference_types_set(
            MemorySegment config, boolean value) {
        try {
            wasmtime_config_wasm_reference_types_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_wasm_reference_types_set", e);
        }
    }

    public static void wasmtime_config_wasm_function_references_set(
            MemorySegment config, boolean value) {
        try {
            wasmtime_config_wasm_function_references_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_wasm_function_references_set", e);
        }
    }

    public static void wasmtime_config_wasm_gc_set(MemorySegment config, boolean value) {
        try {
            wasmtime_config_wasm_gc_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_wasm_gc_set", e);
        }
    }

    public static void wasmtime_config_wasm_simd_set(MemorySegment config, boolean value) {
        try {
            wasmtime_config_wasm_simd_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_wasm_simd_set", e);
        }
    }

    public static void wasmtime_config_wasm_relaxed_simd_set(MemorySegment config, boolean value) {
        try {
            wasmtime_config_wasm_relaxed_simd_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_wasm_relaxed_simd_set", e);
        }
    }

    public static void wasmtime_config_wasm_multi_memory_set(MemorySegment config, boolean value) {
        try {
            wasmtime_config_wasm_multi_memory_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_wasm_multi_memory_set", e);
        }
    }

    public static void wasmtime_config_wasm_memory64_set(MemorySegment config, boolean value) {
        try {
            wasmtime_config_wasm_memory64_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_wasm_memory64_set", e);
        }
    }

    public static void wasmtime_config_wasm_wide_arithmetic_set(
            MemorySegment config, boolean value) {
        try {
            wasmtime_config_wasm_wide_arithmetic_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_wasm_wide_arithmetic_set", e);
        }
    }

    public static void wasmtime_config_wasm_exceptions_set(MemorySegment config, boolean value) {
        try {
            wasmtime_config_wasm_exceptions_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_wasm_exceptions_set", e);
        }
    }

    public static void wasmtime_config_wasm_custom_page_sizes_set(
            MemorySegment config, boolean value) {
        try {
            wasmtime_config_wasm_custom_page_sizes_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_wasm_custom_page_sizes_set", e);
        }
    }

    public static void wasmtime_config_wasm_stack_switching_set(
            MemorySegment config, boolean value) {
        try {
            wasmtime_config_wasm_stack_switching_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_wasm_stack_switching_set", e);
        }
    }

    public static void wasmtime_config_wasm_component_model_set(
            MemorySegment config, boolean value) {
        try {
            wasmtime_config_wasm_component_model_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_wasm_component_model_set", e);
        }
    }

    public static void wasmtime_config_parallel_compilation_set(
            MemorySegment config, boolean value) {
        try {
            wasmtime_config_parallel_compilation_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_parallel_compilation_set", e);
        }
    }

    public static void wasmtime_config_cranelift_nan_canonicalization_set(
            MemorySegment config, boolean value) {
        try {
            wasmtime_config_cranelift_nan_canonicalization_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_cranelift_nan_canonicalization_set", e);
        }
    }

    public static void wasmtime_config_cranelift_opt_level_set(MemorySegment config, byte value) {
        try {
            wasmtime_config_cranelift_opt_level_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_cranelift_opt_level_set", e);
        }
    }

    public static void wasmtime_config_memory_may_move_set(MemorySegment config, boolean value) {
        try {
            wasmtime_config_memory_may_move_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_memory_may_move_set", e);
        }
    }

    public static void wasmtime_config_memory_reservation_set(MemorySegment config, long value) {
        try {
            wasmtime_config_memory_reservation_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_memory_reservation_set", e);
        }
    }

    public static void wasmtime_config_memory_guard_size_set(MemorySegment config, long value) {
        try {
            wasmtime_config_memory_guard_size_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_memory_guard_size_set", e);
        }
    }

    public static void wasmtime_config_memory_reservation_for_growth_set(
            MemorySegment config, long value) {
        try {
            wasmtime_config_memory_reservation_for_growth_set.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_memory_reservation_for_growth_set", e);
        }
    }

    public static void wasmtime_config_cranelift_flag_set(
            MemorySegment config, MemorySegment key, MemorySegment value) {
        try {
            wasmtime_config_cranelift_flag_set.invokeExact(config, key, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_cranelift_flag_set", e);
        }
    }
}
