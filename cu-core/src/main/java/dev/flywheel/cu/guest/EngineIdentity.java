package dev.flywheel.cu.guest;

import dev.flywheel.wasmtime.EngineOptions;
import dev.flywheel.wasmtime.WasmtimeLibrary;

/** What engines are made with here, and the name for all that native code depends on. */
final class EngineIdentity {
    private EngineIdentity() {}

    /**
     * What decides a guest's results stands here or in the engine's configuration: no NaN
     * canonicalisation, since guests print the sign of NaN and the reference has that of x86-64;
     * memories reserved whole, so that they never move and growth fails at their maximum only.
     * Guests are stopped by a pass of ours instead of by the engine's epochs: decision 8.
     */
    static EngineOptions options(long maxWasmStackBytes) {
        return EngineOptions.builder()
                .hostInstructions(true)
                .maxWasmStackBytes(maxWasmStackBytes)
                .memoryReservationBytes(GuestLimits.MEMORY_BYTES_MAX)
                .memoryReservationForGrowthBytes(0)
                .memoryMayMove(false)
                .nanCanonicalization(false)
                .build();
    }

    /** Artefacts of one identity fit all engines of it. */
    static String of(EngineOptions options) {
        return "wasmtime "
                + WasmtimeLibrary.load().version()
                + " | "
                + options
                + " | "
                + CpuIdentity.text();
    }
}
