package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.host.GuestThrownException;
import dev.flywheel.cu.guest.host.HostLimitException;
import dev.flywheel.protocol.EvaluationResult;
import org.jspecify.annotations.Nullable;

/**
 * One message handed to an instance, and how that ended; whether the memory is kept is for the
 * caller to say.
 *
 * @param text what the guest answered; null when it ended otherwise
 * @param answer that answer, read; null when it is of no use
 * @param failure why there is no such answer
 * @param startNs by System.nanoTime
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
record Attempt(
        byte @Nullable [] text,
        @Nullable Answer answer,
        @Nullable RuntimeException failure,
        long startNs) {

    /** What an evaluation is given. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, not compared
    record Input(byte[] message, byte[] environment, EvaluationLimits limits) {}

    /** What fails in this host is thrown; the instance's memory is then as it was left. */
    static Attempt at(GuestInstance instance, Deadline deadline, Input input) {
        long start = System.nanoTime();
        EvaluationLimits limits = input.limits();
        byte[] text = null;
        deadline.begin(limits.wallClockMs());
        try {
            text = instance.handle(input.message(), input.environment(), limits.gasLimit());
            return new Attempt(text, Answer.of(text, instance.gasUsed()), null, start);
        } catch (GuestThrownException | HostLimitException e) {
            return new Attempt(text, null, e, start);
        } finally {
            deadline.end();
        }
    }

    boolean keepsMemory() {
        return answer != null && answer.keepsMemory();
    }

    Evaluation outcome(boolean kept) {
        long ns = System.nanoTime() - startNs;
        if (answer != null) {
            Evaluation.Kind kind =
                    answer.refused() ? Evaluation.Kind.GUEST_ERROR : Evaluation.Kind.OK;
            return new Evaluation(kind, answer.result(), kept, answer.diagnostic(), ns);
        }
        if (failure instanceof GuestThrownException thrown) {
            return new Evaluation(
                    Evaluation.Kind.THROWN,
                    EvaluationResult.failed(Answer.errorJson(thrown)),
                    kept,
                    thrown.kind() + ": " + thrown.getMessage(),
                    ns);
        }
        String limit = failure == null ? "" : String.valueOf(failure.getMessage());
        return hostLimit(limit, ns);
    }

    static Evaluation hostLimit(String diagnostic, long ns) {
        return new Evaluation(
                Evaluation.Kind.HOST_LIMIT, EvaluationResult.empty(), false, diagnostic, ns);
    }
}
