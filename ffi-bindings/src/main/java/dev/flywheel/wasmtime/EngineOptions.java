package dev.flywheel.wasmtime;

/**
 * How an engine compiles and runs guests. Everything is checked here, since the engine aborts the
 * process on a combination that it does not like. Made by {@link #builder}.
 *
 * @param epochInterruption whether guests can be stopped by {@link Engine#incrementEpoch}
 * @param hostInstructions whether modules may use atomics and several memories, for code that the
 *     host itself puts into guests ({@link RevocablePages}); a host that asks for them must refuse
 *     guests that bring them
 * @param fuel whether guests consume fuel ({@link Store#setFuel})
 * @param maxWasmStackBytes stack that guest code may use; each thread that calls a guest needs
 *     {@link GuestStack#RESERVE_BYTES} more
 * @param memoryReservationBytes address space reserved for each linear memory (no memory is used
 *     until it is touched)
 * @param memoryGuardBytes unmapped address space behind it
 * @param memoryReservationForGrowthBytes address space added when a memory outgrows its reservation
 *     and moves
 * @param memoryMayMove whether a memory may move when it outgrows its reservation; else growth past
 *     it is refused. Where they may, a {@link Memory#view} that is kept over such a growth points
 *     to unmapped memory, and using it ends the JVM
 * @param nanCanonicalization whether each NaN result is made 0x7ff8000000000000: AO's reference
 *     does not
 * @param heapSpectreGuard whether an out-of-bounds index is also held back from speculation; off
 *     only for trusted modules
 * @param parallelCompilation whether a module is compiled on all cores
 * @param optimization how much work goes into the code
 */
public record EngineOptions(
        boolean epochInterruption,
        boolean hostInstructions,
        boolean fuel,
        long maxWasmStackBytes,
        long memoryReservationBytes,
        long memoryGuardBytes,
        long memoryReservationForGrowthBytes,
        boolean memoryMayMove,
        boolean nanCanonicalization,
        boolean heapSpectreGuard,
        boolean parallelCompilation,
        Optimization optimization) {

    /**
     * How much work goes into the code. The first three have the order of {@code
     * wasmtime_opt_level_enum}.
     */
    public enum Optimization {
        NONE(0),
        SPEED(1),
        SPEED_AND_SIZE(2);

        /** {@code wasmtime_opt_level_t}. */
        final byte level;

        Optimization(int level) {
            this.level = (byte) level;
        }
    }

    /** Less would not hold a handful of frames of real guests. */
    static final long WASM_STACK_BYTES_MIN = 64 << 10;

    /**
     * A thread's stack is reserved whole: 1 GiB for each worker is more than any sane recursion
     * needs.
     */
    static final long WASM_STACK_BYTES_MAX = 1L << 30;

    /** 64 processes fill the 47-bit address space of x86-64 at this size. */
    static final long RESERVATION_BYTES_MAX = 1L << 41;

    /** Offsets of loads and stores are at most 4 GiB; a guard above that serves nothing. */
    static final long GUARD_BYTES_MAX = 4L << 30;

    /**
     * Sizes must be multiples of the largest page size of the pinned platforms, so that rounding
     * cannot overflow.
     */
    static final long GRANULE_BYTES = 64 << 10;

    public EngineOptions {
        check("maxWasmStackBytes", maxWasmStackBytes, WASM_STACK_BYTES_MIN, WASM_STACK_BYTES_MAX);
        check("memoryReservationBytes", memoryReservationBytes, 0, RESERVATION_BYTES_MAX);
        check("memoryGuardBytes", memoryGuardBytes, 0, GUARD_BYTES_MAX);
        check(
                "memoryReservationForGrowthBytes",
                memoryReservationForGrowthBytes,
                0,
                RESERVATION_BYTES_MAX);
        java.util.Objects.requireNonNull(optimization, "optimization");
    }

    private static void check(String name, long value, long min, long max) {
        if (value < min || value > max || value % GRANULE_BYTES != 0) {
            throw new IllegalArgumentException(
                    "engine option out of range: "
                            + name
                            + "="
                            + value
                            + " min="
                            + min
                            + " max="
                            + max
                            + " multipleOf="
                            + GRANULE_BYTES);
        }
    }

    /**
     * Wasmtime's own choices, but for what replay cannot bear (threads, relaxed SIMD), and for
     * memories that move: ask for a reservation of the largest size that a guest may grow to.
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects options; each may be left at its default. Not for several threads. */
    public static final class Builder {

        private boolean epochInterruption;
        private boolean hostInstructions;
        private boolean fuel;
        private long maxWasmStackBytes = 512 << 10; // Wasmtime's default
        private long memoryReservationBytes =
                4L << 30; // Wasmtime's default: all of a 32-bit memory
        private long memoryGuardBytes =
                32L << 20; // Wasmtime's default: covers the offsets that compilers emit
        private long memoryReservationForGrowthBytes = 2L << 30; // Wasmtime's default
        private boolean memoryMayMove; // not Wasmtime's default: a kept view would dangle
        private boolean nanCanonicalization;
        private boolean heapSpectreGuard = true;
        private boolean parallelCompilation = true;
        private Optimization optimization = Optimization.SPEED;

        private Builder() {}

        public Builder epochInterruption(boolean on) {
            epochInterruption = on;
            return this;
        }

        public Builder hostInstructions(boolean on) {
            hostInstructions = on;
            return this;
        }

        public Builder fuel(boolean on) {
            fuel = on;
            return this;
        }

        public Builder maxWasmStackBytes(long bytes) {
            maxWasmStackBytes = bytes;
            return this;
        }

        public Builder memoryReservationBytes(long bytes) {
            memoryReservationBytes = bytes;
            return this;
        }

        public Builder memoryGuardBytes(long bytes) {
            memoryGuardBytes = bytes;
            return this;
        }

        public Builder memoryReservationForGrowthBytes(long bytes) {
            memoryReservationForGrowthBytes = bytes;
            return this;
        }

        public Builder memoryMayMove(boolean may) {
            memoryMayMove = may;
            return this;
        }

        public Builder nanCanonicalization(boolean on) {
            nanCanonicalization = on;
            return this;
        }

        public Builder heapSpectreGuard(boolean on) {
            heapSpectreGuard = on;
            return this;
        }

        public Builder parallelCompilation(boolean on) {
            parallelCompilation = on;
            return this;
        }

        public Builder optimization(Optimization optimization) {
            this.optimization = optimization;
            return this;
        }

        /**
         * @throws IllegalArgumentException when an option is out of range
         */
        public EngineOptions build() {
            return new EngineOptions(
                    epochInterruption,
                    hostInstructions,
                    fuel,
                    maxWasmStackBytes,
                    memoryReservationBytes,
                    memoryGuardBytes,
                    memoryReservationForGrowthBytes,
                    memoryMayMove,
                    nanCanonicalization,
                    heapSpectreGuard,
                    parallelCompilation,
                    optimization);
        }
    }
}
