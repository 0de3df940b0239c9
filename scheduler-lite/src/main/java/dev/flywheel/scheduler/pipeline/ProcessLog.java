package dev.flywheel.scheduler.pipeline;

import dev.flywheel.protocol.HashChain;
import dev.flywheel.protocol.Id;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The end of one process's log. Each field has one writer; when an entry fails after it was given a
 * nonce, the object is broken, all that follows in it is refused, and a new one is read from the
 * index when the last of it has left the pipeline.
 */
final class ProcessLog {
    private final Id process;

    // Of the sequencing thread.
    private long nextNonce;
    private long lastTimestamp;

    // Of the signing thread of this process's share.
    private @Nullable Id lastAssignmentId;
    private @Nullable Id lastHashChain;

    private final AtomicInteger pending = new AtomicInteger();
    private volatile boolean broken;

    /** A log without entries. */
    ProcessLog(Id process) {
        this.process = process;
    }

    /** A log that ends with this entry. */
    ProcessLog(Id process, long nonce, long timestamp, Id assignmentId, Id hashChain) {
        this.process = process;
        this.nextNonce = nonce + 1;
        this.lastTimestamp = timestamp;
        this.lastAssignmentId = assignmentId;
        this.lastHashChain = hashChain;
    }

    Id process() {
        return process;
    }

    /** Gives the submission its place. Sequencing thread. */
    void place(Submission submission, long nowMs, long blockHeight) {
        submission.log = this;
        submission.nonce = nextNonce++;
        // Readers page by time: two entries of one millisecond would lose one.
        lastTimestamp = Math.max(nowMs, lastTimestamp + 1);
        submission.timestamp = lastTimestamp;
        submission.blockHeight = blockHeight;
        pending.incrementAndGet();
    }

    /** The chain value of the next entry. Signing thread. */
    Id nextHashChain() {
        return lastAssignmentId == null || lastHashChain == null
                ? HashChain.seed(process)
                : HashChain.next(lastAssignmentId, lastHashChain);
    }

    /** Takes note of the entry that was just signed. Signing thread. */
    void signed(Id assignmentId, Id hashChain) {
        lastAssignmentId = assignmentId;
        lastHashChain = hashChain;
    }

    /** An entry left the pipeline, indexed or refused. */
    void settled() {
        int left = pending.decrementAndGet();
        assert left >= 0 : "pending=" + left;
    }

    boolean isIdle() {
        return pending.get() == 0;
    }

    void breakOff() {
        broken = true;
    }

    boolean isBroken() {
        return broken;
    }
}
