package dev.flywheel.cu.unit;

import dev.flywheel.cu.checkpoint.RetentionPolicy;

/**
 * When a process gets a checkpoint, whichever comes first since the last one, and how many stay. A
 * process whose instance is closed gets one in any case.
 *
 * @param messages evaluated
 * @param evaluationMs time of evaluating, in milliseconds: what a restart takes again at most
 * @param gas used
 * @param retention which of them stay
 */
public record CheckpointSettings(
        long messages, long evaluationMs, long gas, RetentionPolicy retention) {

    /**
     * A restart evaluates two seconds again at most; writing one of an aos process takes some
     * milliseconds of another core. The reference's unit writes one after five minutes of
     * evaluation, since each costs it the whole memory.
     */
    private static final long EVALUATION_MS = 2_000;

    /** Reading this many entries again takes a second. */
    private static final long MESSAGES = 10_000;

    /** As the reference's unit: 300 thousand million. */
    private static final long GAS = 300_000_000_000L;

    public CheckpointSettings {
        if (messages < 1 || evaluationMs < 1 || gas < 1) {
            throw new IllegalArgumentException(
                    "checkpoint settings must be positive: messages=%d evaluationMs=%d gas=%d"
                            .formatted(messages, evaluationMs, gas));
        }
    }

    /** The defaults. */
    public static CheckpointSettings defaults() {
        return new CheckpointSettings(MESSAGES, EVALUATION_MS, GAS, RetentionPolicy.defaults());
    }
}
