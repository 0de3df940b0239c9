package dev.flywheel.cu.guest;

import dev.flywheel.protocol.Id;

/**
 * What a process is made with.
 *
 * @param processId names it in diagnostics and keys the guest's random bytes
 * @param memoryLimitBytes most linear memory; what the module itself allows beyond it ends an
 *     evaluation with {@link Evaluation.Kind#HOST_LIMIT}
 * @param gasLimit most gas of the module's start; counts for metered modules only
 */
public record GuestProcessOptions(Id processId, long memoryLimitBytes, long gasLimit) {

    public GuestProcessOptions {
        if (memoryLimitBytes <= 0 || gasLimit < 0) {
            throw new IllegalArgumentException(
                    "memoryLimitBytes="
                            + memoryLimitBytes
                            + " must be positive and gasLimit="
                            + gasLimit
                            + " must not be negative");
        }
    }

    /** The reference's limit of gas. */
    public GuestProcessOptions(Id processId, long memoryLimitBytes) {
        this(processId, memoryLimitBytes, EvaluationLimits.DEFAULT_GAS_LIMIT);
    }

    /** No limit but that of the formats. */
    public static GuestProcessOptions of(Id processId) {
        return new GuestProcessOptions(processId, GuestLimits.MEMORY_BYTES_MAX);
    }
}
