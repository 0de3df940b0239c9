package dev.flywheel.scheduler.pipeline;

import dev.flywheel.protocol.AssignmentItem;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Signer;
import dev.flywheel.scheduler.log.LogEntry;
import java.util.random.RandomGenerator;

/**
 * Signs assignments. The chain value of an entry hashes the assignment before it, whose id is the
 * hash of its signature: one process's assignments are signed one after the other, by one thread.
 */
final class SignStage {
    private final Signer scheduler;
    private final RandomGenerator random;

    /**
     * @param random for anchors; must be safe to share between the signing threads
     */
    SignStage(Signer scheduler, RandomGenerator random) {
        this.scheduler = scheduler;
        this.random = random;
    }

    void sign(Submission submission) {
        ProcessLog log = submission.log();
        if (log.isBroken()) {
            return; // refused when it is recorded
        }
        Id hashChain = log.nextHashChain();
        DataItem assignment =
                new AssignmentItem(
                                submission.process(),
                                submission.nonce,
                                hashChain,
                                submission.blockHeight,
                                submission.timestamp,
                                submission.kind == LogEntry.Kind.PROCESS
                                        ? null
                                        : submission.messageId,
                                submission.exclude())
                        .sign(scheduler, random);
        submission.assignment = assignment;
        log.signed(assignment.id(), hashChain);
    }
}
