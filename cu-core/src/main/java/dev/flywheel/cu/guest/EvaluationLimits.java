package dev.flywheel.cu.guest;

/**
 * What one evaluation may use.
 *
 * @param gasLimit most gas, the limit itself allowed; counts for metered modules only
 * @param wallClockMs most milliseconds, counted in ticks of {@link GuestLimits#TICK_MS}; a limit of
 *     this host, not of the network: an evaluation that hits it has no result
 */
public record EvaluationLimits(long gasLimit, long wallClockMs) {

    /** The gas that a process without a Compute-Limit has on the reference. */
    public static final long DEFAULT_GAS_LIMIT = 9_000_000_000_000_000L;

    /** The gas limit of the reference, and {@link GuestLimits#DEFAULT_WALL_CLOCK_MS}. */
    public static final EvaluationLimits DEFAULTS =
            new EvaluationLimits(DEFAULT_GAS_LIMIT, GuestLimits.DEFAULT_WALL_CLOCK_MS);

    public EvaluationLimits {
        if (gasLimit < 0 || wallClockMs <= 0) {
            throw new IllegalArgumentException(
                    "gasLimit="
                            + gasLimit
                            + " must not be negative and wallClockMs="
                            + wallClockMs
                            + " must be positive");
        }
    }
}
