package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.protocol.ProcessMessage;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a process's log, checked and ready to be evaluated.
 *
 * @param nonce place in the log; -1 for the message of a process whose log begins without it
 * @param message what the process is given
 * @param assignmentId id of the assignment; null where there is none
 * @param hashChain chain value; null where there is none
 * @param dedupId under what it counts as seen: the deep hash of a forwarded message, else its id
 * @param maybeSeen whether it is skipped when that was seen before: forwarded or assigned
 * @param skipped whether the scheduler says that it is a duplicate: it counts and is not evaluated
 */
record LogEntry(
        long nonce,
        ProcessMessage message,
        @Nullable String assignmentId,
        @Nullable String hashChain,
        String dedupId,
        boolean maybeSeen,
        boolean skipped) {

    /** Nonce of the process's own message where the log begins without it. */
    static final long BEFORE_LOG = -1;

    long timestamp() {
        return message.timestamp();
    }

    String messageId() {
        return String.valueOf(message.id());
    }

    boolean isAssigned() {
        return message.kind() == ProcessMessage.Kind.ASSIGNED;
    }
}
