package dev.flywheel.scheduler.pipeline;

import dev.flywheel.scheduler.SchedulerLimits;
import dev.flywheel.scheduler.journal.Journal;
import dev.flywheel.scheduler.journal.JournalException;
import dev.flywheel.scheduler.log.LogEntry;
import dev.flywheel.scheduler.log.ScheduleIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes entries down and acknowledges them: append each, commit all at once, index, answer. One
 * thread, the only writer of journal and index.
 *
 * <p>What fails breaks the log of its process: entries after it, already numbered, fail as well,
 * and the log is read anew. An entry that is in the journal is in the log, whatever its client was
 * told.
 */
final class RecordStage {
    private static final Logger LOG = LoggerFactory.getLogger(RecordStage.class);

    private final Journal journal;
    private final ScheduleIndex index;
    private final InFlight inFlight;
    private final PipelineCounters counters;
    private final Runnable recorded;
    private final List<Submission> batch = new ArrayList<>();
    private final List<ScheduleIndex.Placed> placed = new ArrayList<>();

    /**
     * In the journal, but not in the index yet, their clients answered; empty but after failures.
     */
    private final List<Submission> unindexed = new ArrayList<>();

    private boolean behind;

    /**
     * @param recorded called after entries were indexed
     */
    RecordStage(
            Journal journal,
            ScheduleIndex index,
            InFlight inFlight,
            PipelineCounters counters,
            Runnable recorded) {
        this.journal = journal;
        this.index = index;
        this.inFlight = inFlight;
        this.counters = counters;
        this.recorded = recorded;
    }

    /** Takes an entry into the batch. */
    void record(Submission submission) {
        ProcessLog log = submission.log();
        if (log.isBroken() || submission.assignment == null) {
            fail(submission, Refusals.behindFailure(submission.process()));
            return;
        }
        if (behind) {
            flush();
        }
        if (behind) {
            log.breakOff();
            fail(
                    submission,
                    Refusals.notWritten(submission.process(), "the index cannot be written"));
            return;
        }
        LogEntry entry =
                new LogEntry(submission.assignment, submission.item(), submission.deepHash);
        long startNs = System.nanoTime();
        try {
            placed.add(new ScheduleIndex.Placed(journal.append(entry.encode()), entry));
            batch.add(submission);
        } catch (JournalException e) {
            LOG.error("an entry could not be appended process={}", submission.process(), e);
            log.breakOff();
            // If it is in the journal after all, the index must learn of it.
            behind = true;
            fail(submission, Refusals.notWritten(submission.process(), message(e)));
        }
        counters.append.addSince(startNs);
        if (batch.size() >= SchedulerLimits.BATCH_RECORDS_MAX) {
            flush();
        }
    }

    /** Commits, indexes and acknowledges the batch. */
    void flush() {
        if (behind && batch.isEmpty()) {
            catchUp();
        }
        if (batch.isEmpty()) {
            return;
        }
        String unsynced = commit();
        if (index()) {
            for (Submission submission : batch) {
                settle(submission);
                if (unsynced == null) {
                    acknowledge(submission);
                } else {
                    counters.failed.increment();
                    submission.refuse(Refusals.notSynced(submission.process(), unsynced));
                }
            }
            recorded.run();
        }
        batch.clear();
        placed.clear();
    }

    /** Why the commit failed, or null. */
    private @Nullable String commit() {
        long startNs = System.nanoTime();
        try {
            journal.commit();
            return null;
        } catch (JournalException e) {
            LOG.error("entries could not be committed entries={}", batch.size(), e);
            return message(e);
        } finally {
            counters.commit.addSince(startNs);
        }
    }

    private boolean index() {
        long startNs = System.nanoTime();
        if (behind) {
            if (catchUp()) {
                return true;
            }
            refuseUnindexed("it is behind the journal");
            return false;
        }
        try {
            index.add(placed, journal.generation());
            counters.index.addSince(startNs);
            return true;
        } catch (RuntimeException e) {
            LOG.error("entries could not be indexed entries={}", batch.size(), e);
            behind = true;
            refuseUnindexed(message(e));
            return false;
        }
    }

    private void refuseUnindexed(String why) {
        for (Submission submission : batch) {
            submission.log().breakOff();
            counters.failed.increment();
            submission.refuse(Refusals.notIndexed(submission.process(), why));
        }
        unindexed.addAll(batch);
    }

    /** Brings the index up to the journal after a failure; whether it is. */
    private boolean catchUp() {
        try {
            journal.repair();
            index.catchUp(journal);
            behind = false;
            unindexed.forEach(this::settle);
            unindexed.clear();
            recorded.run();
            return true;
        } catch (RuntimeException e) {
            LOG.warn("the index is behind the journal and cannot be written yet", e);
            return false;
        }
    }

    private void settle(Submission submission) {
        inFlight.leave(submission);
        submission.log().settled();
    }

    private void acknowledge(Submission submission) {
        counters.scheduled.increment();
        counters.writeItem.addSince(submission.arrivedNs());
        submission
                .outcome()
                .complete(
                        new Receipt(
                                submission.kind == LogEntry.Kind.ASSIGNED
                                        ? Objects.requireNonNull(submission.assignment).id()
                                        : submission.messageId,
                                submission.timestamp));
    }

    /** Ends a submission that has a place and is not in the journal. */
    void fail(Submission submission, Throwable reason) {
        counters.failed.increment();
        settle(submission);
        submission.refuse(reason);
    }

    private static String message(RuntimeException e) {
        return String.valueOf(e.getMessage());
    }
}
