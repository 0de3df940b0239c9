package dev.flywheel.wasmtime;

import static dev.flywheel.wasmtime.raw.ConfigH.*;

import dev.flywheel.wasmtime.raw.WasmH;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Puts checked options into a {@code wasm_config_t}. */
final class EngineConfig {

    /**
     * The async stack, which we never use, must be larger than the wasm stack, else making the
     * engine aborts the process.
     */
    private static final long ASYNC_STACK_ABOVE_BYTES = 1 << 20;

    /** {@code wasmtime_strategy_t}: Cranelift, never Winch, whose advisories are its own. */
    private static final byte STRATEGY_CRANELIFT = 1;

    /**
     * {@code wasmtime_regalloc_algorithm_t}: backtracking. The single pass is outside of Wasmtime's
     * security support.
     */
    private static final byte REGALLOC_BACKTRACKING = 0;

    /** {@code wasmtime_profiling_strategy_t}. */
    private static final byte PROFILING_NONE = 0;

    private EngineConfig() {}

    /** An owned configuration; {@code wasm_engine_new_with_config} takes it over. */
    static MemorySegment of(EngineOptions o) {
        MemorySegment c = WasmH.wasm_config_new();
        setExecution(c, o);
        setMemory(c, o);
        setCompiler(c, o);
        setProposals(c, o);
        return c;
    }

    private static void setExecution(MemorySegment c, EngineOptions o) {
        wasmtime_config_epoch_interruption_set(c, o.epochInterruption());
        wasmtime_config_consume_fuel_set(c, o.fuel());
        wasmtime_config_async_stack_size_set(c, o.maxWasmStackBytes() + ASYNC_STACK_ABOVE_BYTES);
        wasmtime_config_max_wasm_stack_set(c, o.maxWasmStackBytes());
        // Off would put a check before each access, and shut out the Spectre guard.
        wasmtime_config_signals_based_traps_set(c, true);
        // Exceptions use its runtime: without it the compiler panics at the first one.
        wasmtime_config_gc_support_set(c, true);
        // For asynchronous components, which this binding does not have.
        wasmtime_config_concurrency_support_set(c, false);
        wasmtime_config_profiler_set(c, PROFILING_NONE);
    }

    private static void setMemory(MemorySegment c, EngineOptions o) {
        wasmtime_config_memory_reservation_set(c, o.memoryReservationBytes());
        wasmtime_config_memory_guard_size_set(c, o.memoryGuardBytes());
        wasmtime_config_memory_reservation_for_growth_set(c, o.memoryReservationForGrowthBytes());
        wasmtime_config_memory_may_move_set(c, o.memoryMayMove());
        wasmtime_config_memory_init_cow_set(c, true);
    }

    private static void setCompiler(MemorySegment c, EngineOptions o) {
        wasmtime_config_strategy_set(c, STRATEGY_CRANELIFT);
        wasmtime_config_cranelift_regalloc_algorithm_set(c, REGALLOC_BACKTRACKING);
        wasmtime_config_cranelift_nan_canonicalization_set(c, o.nanCanonicalization());
        wasmtime_config_cranelift_opt_level_set(c, o.optimization().level);
        wasmtime_config_parallel_compilation_set(c, o.parallelCompilation());
        wasmtime_config_cranelift_debug_verifier_set(c, false);
        wasmtime_config_debug_info_set(c, false);
        wasmtime_config_native_unwind_info_set(c, true); // for profilers and debuggers
        if (!o.heapSpectreGuard()) {
            try (Arena arena = Arena.ofConfined()) {
                wasmtime_config_cranelift_flag_set(
                        c,
                        arena.allocateFrom("enable_heap_access_spectre_mitigation"),
                        arena.allocateFrom("false"));
            }
        }
    }

    /**
     * What guests may use, said one by one, so that a new release's defaults change nothing: what
     * is not needed by any AO module or by what is made of one is off. Fixed but for one option:
     * the engine aborts the process on some combinations. On without a switch of their own: mutable
     * globals, sign extension, saturating conversions, extended constants, 64-bit tables (refused
     * by {@link TableScan}).
     */
    private static void setProposals(MemorySegment c, EngineOptions o) {
        wasmtime_config_wasm_multi_value_set(c, true);
        wasmtime_config_wasm_bulk_memory_set(c, true);
        wasmtime_config_wasm_reference_types_set(c, true);
        wasmtime_config_wasm_simd_set(c, true);
        wasmtime_config_wasm_memory64_set(c, true);
        wasmtime_config_wasm_exceptions_set(c, true);
        // Their results differ between machines, or between runs.
        wasmtime_config_wasm_relaxed_simd_set(c, false);
        wasmtime_config_wasm_relaxed_simd_deterministic_set(c, true);
        // Without shared memories there is nobody to share with: atomics are plain accesses.
        wasmtime_config_wasm_threads_set(c, o.hostInstructions());
        wasmtime_config_wasm_multi_memory_set(c, o.hostInstructions());
        wasmtime_config_shared_memory_set(c, false);
        // No module of AO uses these: less to attack.
        wasmtime_config_wasm_tail_call_set(c, false);
        wasmtime_config_wasm_function_references_set(c, false);
        wasmtime_config_wasm_gc_set(c, false);
        wasmtime_config_wasm_wide_arithmetic_set(c, false);
        wasmtime_config_wasm_custom_page_sizes_set(c, false);
        wasmtime_config_wasm_stack_switching_set(c, false);
        wasmtime_config_wasm_branch_hinting_set(c, false);
        wasmtime_config_wasm_compact_imports_set(c, false);
        wasmtime_config_wasm_component_model_set(c, false);
    }
}
