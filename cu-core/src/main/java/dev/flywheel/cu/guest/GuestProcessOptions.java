package dev.flywheel.cu.guest;

import dev.flywheel.protocol.Id;

/**
 * What a process is made with.
 *
 * @param processId names it in diagnostics and keys the guest's random bytes
 * @param memoryLimitBytes most linear memory; what the module itself allows beyond it ends an
 *     evaluation with {@link Evaluation.Kind#HOST_LIMIT}
 */
public record GuestProcessOptions(Id processId, long memoryLimitBytes) {

    public GuestProcessOptions {
        if (memoryLimitBytes <= 0) {
            throw new IllegalArgumentException(
                    "memoryLimitBytes=" + memoryLimitBytes + " must be positive");
        }
    }

    /** No limit but that of the formats. */
    public static GuestProcessOptions of(Id processId) {
        return new GuestProcessOptions(processId, GuestLimits.MEMORY_BYTES_MAX);
    }
}
