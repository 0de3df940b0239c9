package dev.flywheel.wasmtime.raw;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * {@code wasmtime/config.h}: properties of an engine to be. The engine aborts the process on some
 * combinations, so that {@code EngineOptions} must have checked them. All are void and take the
 * configuration and one value: none is called often, so they share their calling code.
 */
@SuppressWarnings("MemberName") // C names letter for letter
public final class ConfigH {

    private static final MethodHandle wasmtime_config_debug_info_set =
            setter("wasmtime_config_debug_info_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_consume_fuel_set =
            setter("wasmtime_config_consume_fuel_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_epoch_interruption_set =
            setter("wasmtime_config_epoch_interruption_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_threads_set =
            setter("wasmtime_config_wasm_threads_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_shared_memory_set =
            setter("wasmtime_config_shared_memory_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_tail_call_set =
            setter("wasmtime_config_wasm_tail_call_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_reference_types_set =
            setter("wasmtime_config_wasm_reference_types_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_function_references_set =
            setter("wasmtime_config_wasm_function_references_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_gc_set =
            setter("wasmtime_config_wasm_gc_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_gc_support_set =
            setter("wasmtime_config_gc_support_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_simd_set =
            setter("wasmtime_config_wasm_simd_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_relaxed_simd_set =
            setter("wasmtime_config_wasm_relaxed_simd_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_relaxed_simd_deterministic_set =
            setter("wasmtime_config_wasm_relaxed_simd_deterministic_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_bulk_memory_set =
            setter("wasmtime_config_wasm_bulk_memory_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_multi_value_set =
            setter("wasmtime_config_wasm_multi_value_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_multi_memory_set =
            setter("wasmtime_config_wasm_multi_memory_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_memory64_set =
            setter("wasmtime_config_wasm_memory64_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_wide_arithmetic_set =
            setter("wasmtime_config_wasm_wide_arithmetic_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_branch_hinting_set =
            setter("wasmtime_config_wasm_branch_hinting_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_exceptions_set =
            setter("wasmtime_config_wasm_exceptions_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_custom_page_sizes_set =
            setter("wasmtime_config_wasm_custom_page_sizes_set", JAVA_BOOLEAN);
    private static final @Nullable MethodHandle wasmtime_config_wasm_compact_imports_set =
            optionalSetter("wasmtime_config_wasm_compact_imports_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_stack_switching_set =
            setter("wasmtime_config_wasm_stack_switching_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_parallel_compilation_set =
            setter("wasmtime_config_parallel_compilation_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_cranelift_debug_verifier_set =
            setter("wasmtime_config_cranelift_debug_verifier_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_cranelift_nan_canonicalization_set =
            setter("wasmtime_config_cranelift_nan_canonicalization_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_memory_may_move_set =
            setter("wasmtime_config_memory_may_move_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_native_unwind_info_set =
            setter("wasmtime_config_native_unwind_info_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_signals_based_traps_set =
            setter("wasmtime_config_signals_based_traps_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_memory_init_cow_set =
            setter("wasmtime_config_memory_init_cow_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_concurrency_support_set =
            setter("wasmtime_config_concurrency_support_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_wasm_component_model_set =
            setter("wasmtime_config_wasm_component_model_set", JAVA_BOOLEAN);
    private static final MethodHandle wasmtime_config_strategy_set =
            setter("wasmtime_config_strategy_set", JAVA_BYTE);
    private static final MethodHandle wasmtime_config_cranelift_opt_level_set =
            setter("wasmtime_config_cranelift_opt_level_set", JAVA_BYTE);
    private static final MethodHandle wasmtime_config_cranelift_regalloc_algorithm_set =
            setter("wasmtime_config_cranelift_regalloc_algorithm_set", JAVA_BYTE);
    private static final MethodHandle wasmtime_config_profiler_set =
            setter("wasmtime_config_profiler_set", JAVA_BYTE);
    private static final MethodHandle wasmtime_config_max_wasm_stack_set =
            setter("wasmtime_config_max_wasm_stack_set", JAVA_LONG);
    private static final MethodHandle wasmtime_config_async_stack_size_set =
            setter("wasmtime_config_async_stack_size_set", JAVA_LONG);
    private static final MethodHandle wasmtime_config_memory_reservation_set =
            setter("wasmtime_config_memory_reservation_set", JAVA_LONG);
    private static final MethodHandle wasmtime_config_memory_guard_size_set =
            setter("wasmtime_config_memory_guard_size_set", JAVA_LONG);
    private static final MethodHandle wasmtime_config_memory_reservation_for_growth_set =
            setter("wasmtime_config_memory_reservation_for_growth_set", JAVA_LONG);
    private static final MethodHandle wasmtime_config_cranelift_flag_set =
            Symbols.function(
                    "wasmtime_config_cranelift_flag_set",
                    FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));

    private ConfigH() {}

    public static void wasmtime_config_debug_info_set(MemorySegment config, boolean value) {
        set(wasmtime_config_debug_info_set, "wasmtime_config_debug_info_set", config, value);
    }

    public static void wasmtime_config_consume_fuel_set(MemorySegment config, boolean value) {
        set(wasmtime_config_consume_fuel_set, "wasmtime_config_consume_fuel_set", config, value);
    }

    public static void wasmtime_config_epoch_interruption_set(MemorySegment config, boolean value) {
        set(
                wasmtime_config_epoch_interruption_set,
                "wasmtime_config_epoch_interruption_set",
                config,
                value);
    }

    public static void wasmtime_config_wasm_threads_set(MemorySegment config, boolean value) {
        set(wasmtime_config_wasm_threads_set, "wasmtime_config_wasm_threads_set", config, value);
    }

    public static void wasmtime_config_shared_memory_set(MemorySegment config, boolean value) {
        set(wasmtime_config_shared_memory_set, "wasmtime_config_shared_memory_set", config, value);
    }

    public static void wasmtime_config_wasm_tail_call_set(MemorySegment config, boolean value) {
        set(
                wasmtime_config_wasm_tail_call_set,
                "wasmtime_config_wasm_tail_call_set",
                config,
                value);
    }

    public static void wasmtime_config_wasm_reference_types_set(
            MemorySegment config, boolean value) {
        set(
                wasmtime_config_wasm_reference_types_set,
                "wasmtime_config_wasm_reference_types_set",
                config,
                value);
    }

    public static void wasmtime_config_wasm_function_references_set(
            MemorySegment config, boolean value) {
        set(
                wasmtime_config_wasm_function_references_set,
                "wasmtime_config_wasm_function_references_set",
                config,
                value);
    }

    public static void wasmtime_config_wasm_gc_set(MemorySegment config, boolean value) {
        set(wasmtime_config_wasm_gc_set, "wasmtime_config_wasm_gc_set", config, value);
    }

    public static void wasmtime_config_gc_support_set(MemorySegment config, boolean value) {
        set(wasmtime_config_gc_support_set, "wasmtime_config_gc_support_set", config, value);
    }

    public static void wasmtime_config_wasm_simd_set(MemorySegment config, boolean value) {
        set(wasmtime_config_wasm_simd_set, "wasmtime_config_wasm_simd_set", config, value);
    }

    public static void wasmtime_config_wasm_relaxed_simd_set(MemorySegment config, boolean value) {
        set(
                wasmtime_config_wasm_relaxed_simd_set,
                "wasmtime_config_wasm_relaxed_simd_set",
                config,
                value);
    }

    public static void wasmtime_config_wasm_relaxed_simd_deterministic_set(
            MemorySegment config, boolean value) {
        set(
                wasmtime_config_wasm_relaxed_simd_deterministic_set,
                "wasmtime_config_wasm_relaxed_simd_deterministic_set",
                config,
                value);
    }

    public static void wasmtime_config_wasm_bulk_memory_set(MemorySegment config, boolean value) {
        set(
                wasmtime_config_wasm_bulk_memory_set,
                "wasmtime_config_wasm_bulk_memory_set",
                config,
                value);
    }

    public static void wasmtime_config_wasm_multi_value_set(MemorySegment config, boolean value) {
        set(
                wasmtime_config_wasm_multi_value_set,
                "wasmtime_config_wasm_multi_value_set",
                config,
                value);
    }

    public static void wasmtime_config_wasm_multi_memory_set(MemorySegment config, boolean value) {
        set(
                wasmtime_config_wasm_multi_memory_set,
                "wasmtime_config_wasm_multi_memory_set",
                config,
                value);
    }

    public static void wasmtime_config_wasm_memory64_set(MemorySegment config, boolean value) {
        set(wasmtime_config_wasm_memory64_set, "wasmtime_config_wasm_memory64_set", config, value);
    }

    public static void wasmtime_config_wasm_wide_arithmetic_set(
            MemorySegment config, boolean value) {
        set(
                wasmtime_config_wasm_wide_arithmetic_set,
                "wasmtime_config_wasm_wide_arithmetic_set",
                config,
                value);
    }

    public static void wasmtime_config_wasm_branch_hinting_set(
            MemorySegment config, boolean value) {
        set(
                wasmtime_config_wasm_branch_hinting_set,
                "wasmtime_config_wasm_branch_hinting_set",
                config,
                value);
    }

    public static void wasmtime_config_wasm_exceptions_set(MemorySegment config, boolean value) {
        set(
                wasmtime_config_wasm_exceptions_set,
                "wasmtime_config_wasm_exceptions_set",
                config,
                value);
    }

    public static void wasmtime_config_wasm_custom_page_sizes_set(
            MemorySegment config, boolean value) {
        set(
                wasmtime_config_wasm_custom_page_sizes_set,
                "wasmtime_config_wasm_custom_page_sizes_set",
                config,
                value);
    }

    /**
     * Not in 48.0.x, which does not know the proposal: there {@code false} is what it does anyway.
     */
    public static void wasmtime_config_wasm_compact_imports_set(
            MemorySegment config, boolean value) {
        if (wasmtime_config_wasm_compact_imports_set != null) {
            set(
                    wasmtime_config_wasm_compact_imports_set,
                    "wasmtime_config_wasm_compact_imports_set",
                    config,
                    value);
        } else if (value) {
            throw new UnsupportedOperationException(
                    "Wasmtime library lacks a C function: function=wasmtime_config_wasm_compact_imports_set");
        }
    }

    public static void wasmtime_config_wasm_stack_switching_set(
            MemorySegment config, boolean value) {
        set(
                wasmtime_config_wasm_stack_switching_set,
                "wasmtime_config_wasm_stack_switching_set",
                config,
                value);
    }

    public static void wasmtime_config_parallel_compilation_set(
            MemorySegment config, boolean value) {
        set(
                wasmtime_config_parallel_compilation_set,
                "wasmtime_config_parallel_compilation_set",
                config,
                value);
    }

    public static void wasmtime_config_cranelift_debug_verifier_set(
            MemorySegment config, boolean value) {
        set(
                wasmtime_config_cranelift_debug_verifier_set,
                "wasmtime_config_cranelift_debug_verifier_set",
                config,
                value);
    }

    public static void wasmtime_config_cranelift_nan_canonicalization_set(
            MemorySegment config, boolean value) {
        set(
                wasmtime_config_cranelift_nan_canonicalization_set,
                "wasmtime_config_cranelift_nan_canonicalization_set",
                config,
                value);
    }

    public static void wasmtime_config_memory_may_move_set(MemorySegment config, boolean value) {
        set(
                wasmtime_config_memory_may_move_set,
                "wasmtime_config_memory_may_move_set",
                config,
                value);
    }

    public static void wasmtime_config_native_unwind_info_set(MemorySegment config, boolean value) {
        set(
                wasmtime_config_native_unwind_info_set,
                "wasmtime_config_native_unwind_info_set",
                config,
                value);
    }

    public static void wasmtime_config_signals_based_traps_set(
            MemorySegment config, boolean value) {
        set(
                wasmtime_config_signals_based_traps_set,
                "wasmtime_config_signals_based_traps_set",
                config,
                value);
    }

    public static void wasmtime_config_memory_init_cow_set(MemorySegment config, boolean value) {
        set(
                wasmtime_config_memory_init_cow_set,
                "wasmtime_config_memory_init_cow_set",
                config,
                value);
    }

    public static void wasmtime_config_concurrency_support_set(
            MemorySegment config, boolean value) {
        set(
                wasmtime_config_concurrency_support_set,
                "wasmtime_config_concurrency_support_set",
                config,
                value);
    }

    public static void wasmtime_config_wasm_component_model_set(
            MemorySegment config, boolean value) {
        set(
                wasmtime_config_wasm_component_model_set,
                "wasmtime_config_wasm_component_model_set",
                config,
                value);
    }

    public static void wasmtime_config_strategy_set(MemorySegment config, byte value) {
        set(wasmtime_config_strategy_set, "wasmtime_config_strategy_set", config, value);
    }

    public static void wasmtime_config_cranelift_opt_level_set(MemorySegment config, byte value) {
        set(
                wasmtime_config_cranelift_opt_level_set,
                "wasmtime_config_cranelift_opt_level_set",
                config,
                value);
    }

    public static void wasmtime_config_cranelift_regalloc_algorithm_set(
            MemorySegment config, byte value) {
        set(
                wasmtime_config_cranelift_regalloc_algorithm_set,
                "wasmtime_config_cranelift_regalloc_algorithm_set",
                config,
                value);
    }

    public static void wasmtime_config_profiler_set(MemorySegment config, byte value) {
        set(wasmtime_config_profiler_set, "wasmtime_config_profiler_set", config, value);
    }

    public static void wasmtime_config_max_wasm_stack_set(MemorySegment config, long value) {
        set(
                wasmtime_config_max_wasm_stack_set,
                "wasmtime_config_max_wasm_stack_set",
                config,
                value);
    }

    public static void wasmtime_config_async_stack_size_set(MemorySegment config, long value) {
        set(
                wasmtime_config_async_stack_size_set,
                "wasmtime_config_async_stack_size_set",
                config,
                value);
    }

    public static void wasmtime_config_memory_reservation_set(MemorySegment config, long value) {
        set(
                wasmtime_config_memory_reservation_set,
                "wasmtime_config_memory_reservation_set",
                config,
                value);
    }

    public static void wasmtime_config_memory_guard_size_set(MemorySegment config, long value) {
        set(
                wasmtime_config_memory_guard_size_set,
                "wasmtime_config_memory_guard_size_set",
                config,
                value);
    }

    public static void wasmtime_config_memory_reservation_for_growth_set(
            MemorySegment config, long value) {
        set(
                wasmtime_config_memory_reservation_for_growth_set,
                "wasmtime_config_memory_reservation_for_growth_set",
                config,
                value);
    }

    public static void wasmtime_config_cranelift_flag_set(
            MemorySegment config, MemorySegment key, MemorySegment value) {
        try {
            wasmtime_config_cranelift_flag_set.invokeExact(config, key, value);
        } catch (Throwable e) {
            throw Symbols.broken("wasmtime_config_cranelift_flag_set", e);
        }
    }

    private static MethodHandle setter(String name, ValueLayout value) {
        return Symbols.function(name, FunctionDescriptor.ofVoid(ADDRESS, value));
    }

    private static @Nullable MethodHandle optionalSetter(String name, ValueLayout value) {
        return Symbols.optional(name, FunctionDescriptor.ofVoid(ADDRESS, value));
    }

    private static void set(MethodHandle setter, String name, MemorySegment config, boolean value) {
        try {
            setter.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken(name, e);
        }
    }

    private static void set(MethodHandle setter, String name, MemorySegment config, byte value) {
        try {
            setter.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken(name, e);
        }
    }

    private static void set(MethodHandle setter, String name, MemorySegment config, long value) {
        try {
            setter.invokeExact(config, value);
        } catch (Throwable e) {
            throw Symbols.broken(name, e);
        }
    }
}
