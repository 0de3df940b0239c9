package dev.flywheel.scheduler.pipeline;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import dev.flywheel.scheduler.SchedulerLimits;
import dev.flywheel.scheduler.log.IndexRow;
import dev.flywheel.scheduler.log.LogEntry;
import dev.flywheel.scheduler.log.Schedule;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives each item its place: nonce, timestamp, block height. One thread, the only writer of these.
 * Nothing is scheduled twice: what is in the index is found there, what is on its way in {@link
 * InFlight}.
 */
final class SequenceStage {
    private final Schedule schedule;
    private final InFlight inFlight;
    private final Outside outside;
    private final boolean deepHashChecks;
    private final Map<Id, ProcessLog> logs = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * What the stage asks of the outside.
     *
     * @param clock time of the entries
     * @param blockHeight the newest height, negative while it is not known
     * @param freeBytes space left where the journal grows
     */
    record Outside(InstantSource clock, LongSupplier blockHeight, LongSupplier freeBytes) {}

    SequenceStage(Schedule schedule, InFlight inFlight, Outside outside, boolean deepHashChecks) {
        this.schedule = schedule;
        this.inFlight = inFlight;
        this.outside = outside;
        this.deepHashChecks = deepHashChecks;
    }

    /**
     * Gives the submission its place, or its outcome when it has one already.
     *
     * @throws StatusException when it cannot be scheduled
     */
    void sequence(Submission submission) {
        if (isRepeated(submission)) {
            return;
        }
        Id process = submission.process();
        long free = outside.freeBytes().getAsLong();
        if (free < SchedulerLimits.FREE_BYTES_MIN) {
            throw Refusals.notWritten(
                    process,
                    "the disk is nearly full, %d MiB are left and %d are needed"
                            .formatted(free >> 20, SchedulerLimits.FREE_BYTES_MIN >> 20));
        }
        long height = outside.blockHeight().getAsLong();
        if (height < 0) {
            throw new StatusException(
                    503,
                    "The gateway has not told the block height yet, so nothing can be scheduled. Send it again when the gateway can be reached.");
        }
        // Last, because a log that is kept must get an entry.
        ProcessLog log = log(process, submission.kind == LogEntry.Kind.PROCESS);
        if (log == null) {
            throw Refusals.unknownProcess(process);
        }
        log.place(submission, outside.clock().millis(), height);
        inFlight.enter(submission);
    }

    /** Whether it was scheduled before, or is about to be; then its outcome follows from that. */
    private boolean isRepeated(Submission submission) {
        byte[] deepHash = deepHashChecks ? submission.deepHash : null;
        if (inFlight.follow(submission, deepHash)) {
            return true;
        }
        switch (submission.kind) {
            case PROCESS -> {
                // The reference numbers a process that comes again anew, which leaves a hole.
                IndexRow own = schedule.index().process(submission.process());
                if (own != null) {
                    submission
                            .outcome()
                            .complete(new Receipt(submission.process(), own.timestamp()));
                    return true;
                }
            }
            case MESSAGE -> {
                if (schedule.index().hasMessage(submission.messageId)) {
                    throw Refusals.exists("Message");
                }
            }
            case ASSIGNED -> {
                // A compute unit skips the second: the caller only lost the answer to the first.
                IndexRow row =
                        deepHash != null
                                ? null
                                : schedule.index()
                                        .assigned(submission.process(), submission.messageId);
                if (row != null) {
                    submission
                            .outcome()
                            .complete(
                                    new Receipt(
                                            schedule.read(row).assignment().id(), row.timestamp()));
                    return true;
                }
            }
        }
        if (deepHash != null && schedule.index().hasDeepHash(submission.process(), deepHash)) {
            throw Refusals.exists("Deep hash");
        }
        return false;
    }

    private @Nullable ProcessLog log(Id process, boolean spawn) {
        ProcessLog log = logs.get(process);
        if (log != null && log.isBroken()) {
            if (!log.isIdle()) {
                throw Refusals.behindFailure(process);
            }
            logs.remove(process);
            log = null;
        }
        if (log == null) {
            log = spawn ? new ProcessLog(process) : fromIndex(process);
            if (log != null) {
                evict();
                logs.put(process, log);
            }
        }
        return log;
    }

    private @Nullable ProcessLog fromIndex(Id process) {
        IndexRow row = schedule.index().latest(process);
        if (row == null) {
            return null;
        }
        LogEntry entry = schedule.read(row);
        return new ProcessLog(
                process,
                entry.nonce(),
                entry.timestamp(),
                entry.assignment().id(),
                entry.hashChain());
    }

    /** Drops the log that was used longest ago and has nothing on its way. */
    private void evict() {
        if (logs.size() < SchedulerLimits.PROCESS_LOGS_MAX) {
            return;
        }
        Iterator<ProcessLog> oldest = logs.values().iterator();
        while (oldest.hasNext()) {
            if (oldest.next().isIdle()) {
                oldest.remove();
                return;
            }
        }
    }
}
