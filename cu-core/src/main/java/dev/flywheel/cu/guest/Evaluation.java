package dev.flywheel.cu.guest;

import dev.flywheel.protocol.EvaluationResult;

/**
 * The outcome of one message.
 *
 * @param kind how it ended
 * @param result what is stored and served; meaningless for {@link Kind#HOST_LIMIT}
 * @param memoryKept whether the process goes on from the memory that this message left; otherwise
 *     it is exactly as before
 * @param diagnostic for the operator's log, never for a client: empty when all went well
 * @param durationNs from the call to the answer, without the wait for a thread
 */
public record Evaluation(
        Kind kind,
        EvaluationResult result,
        boolean memoryKept,
        String diagnostic,
        long durationNs) {

    /** How an evaluation ended. */
    public enum Kind {
        /** The guest answered with a result. */
        OK,
        /** The guest itself answered with an error: {@code Error}, or {@code ok} not true. */
        GUEST_ERROR,
        /**
         * The guest ended without a usable answer: trap, abort, exit, out of gas, an answer that is
         * not JSON or far too long.
         */
        THROWN,
        /**
         * A limit of this host was hit (time, memory, interrupt). Says nothing about the process:
         * must not be stored; try again with more, or elsewhere.
         */
        HOST_LIMIT
    }
}
