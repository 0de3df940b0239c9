package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.guest.Evaluation;
import dev.flywheel.cu.guest.MemoryUse;
import dev.flywheel.cu.unit.Evaluator;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.cron.CronClock;
import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.cu.unit.store.ResultStore;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.ProcessMessage;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process with its instance and its place in the log. Used by one step at a time, on guest
 * threads; the place may be read by any thread.
 */
final class ProcessRun {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessRun.class);

    private final ProcessDefinition definition;
    private final Evaluator.Instance instance;
    private final CronClock crons;
    private final Consumer<ResultRow> recorder;
    private final ResultStore store;
    private final Map<String, Long> recent =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                    return size() > UnitLimits.RECENT_MESSAGES;
                }
            };
    private volatile LogReader.Place place = LogReader.Place.start();
    private volatile Want.@Nullable Kept kept;
    private long timestamp;
    private long blockHeight;
    private long seq;

    /** Work since the last checkpoint: what a restart would have to do again. */
    private long messagesSince;

    private long evaluationNsSince;
    private long gasSince;

    private MemoryUse memoryUse = MemoryUse.NONE;

    private @Nullable CheckpointLine line;

    /**
     * Where a process stands, besides its instance.
     *
     * @param timestamp of the last evaluated message
     * @param blockHeight of the last evaluated message
     * @param seq cron messages evaluated after the last entry
     * @param crons its cron clock; null for one that goes on directly after the entry
     */
    record Standing(
            LogReader.Place place,
            long timestamp,
            long blockHeight,
            long seq,
            CronClock.@Nullable State crons) {}

    /**
     * How far a step may go.
     *
     * @param nonce last entry that may be evaluated
     * @param timestamp latest time that may be evaluated
     * @param ticksUntil cron messages after the last entry are wanted before this time; 0 for none
     */
    record Bounds(long nonce, long timestamp, long ticksUntil) {}

    /**
     * How a step ended.
     *
     * @param finished whether nothing is left within the bounds
     * @param failure why the process cannot go on now, or null
     */
    record Outcome(boolean finished, @Nullable StatusException failure) {}

    ProcessRun(
            ProcessDefinition definition,
            Evaluator.Instance instance,
            CronClock crons,
            Consumer<ResultRow> recorder,
            ResultStore store) {
        this.definition = definition;
        this.instance = instance;
        this.crons = crons;
        this.recorder = recorder;
        this.store = store;
        this.timestamp = definition.record().timestamp();
        this.blockHeight = definition.record().blockHeight();
    }

    /** Begins before the first entry. */
    void start(CheckpointLine ofCheckpoints) {
        line = ofCheckpoints;
    }

    /** Goes on from where another run of the process stood, whose state the instance has. */
    void resume(Standing standing, CheckpointLine ofCheckpoints) {
        line = ofCheckpoints;
        timestamp = standing.timestamp();
        blockHeight = standing.blockHeight();
        stand(standing.place());
        seq = standing.seq();
        CronClock.State clock = standing.crons();
        if (clock == null) {
            crons.entry(timestamp, blockHeight);
        } else {
            crons.resume(clock);
        }
    }

    /**
     * Where it stands, or null while it is before the first entry, or inside of a second's cron
     * messages.
     */
    @Nullable Standing standing() {
        CronClock.State clock = crons.state();
        return clock == null || place.nonce() == LogReader.Place.NOTHING
                ? null
                : new Standing(place, timestamp, blockHeight, seq, clock);
    }

    CheckpointLine line() {
        CheckpointLine known = line;
        if (known == null) {
            throw new IllegalStateException("run was not started process=" + definition.id());
        }
        return known;
    }

    /** Messages evaluated since the last {@link #checkpointed}. */
    long messagesSince() {
        return messagesSince;
    }

    /** Time that they took. */
    long evaluationNsSince() {
        return evaluationNsSince;
    }

    /** Gas that they used, where it is counted. */
    long gasSince() {
        return gasSince;
    }

    /** The state of now needs not be evaluated again. */
    void checkpointed() {
        messagesSince = 0;
        evaluationNsSince = 0;
        gasSince = 0;
    }

    ProcessDefinition definition() {
        return definition;
    }

    /** Where it stands. Any thread. */
    LogReader.Place place() {
        return place;
    }

    /** Time of the last evaluated message, cron messages included. */
    long timestamp() {
        return timestamp;
    }

    /** Height of the last evaluated message. */
    long blockHeight() {
        return blockHeight;
    }

    /** Whether cron messages were evaluated after the last entry. */
    boolean hasTicked() {
        return seq > 0;
    }

    Evaluator.Instance instance() {
        return instance;
    }

    /** Looks at what the instance takes; at the end of a step, for {@link #memoryUse}. */
    void weigh() {
        memoryUse = instance.memoryUse();
    }

    /** What the instance took at the end of the last step. */
    MemoryUse memoryUse() {
        return memoryUse;
    }

    /** Evaluates entries and the cron messages between them, for about {@code sliceNs}. */
    Outcome slice(Deque<LogEntry> entries, Bounds bounds, long sliceNs) {
        long startNs = System.nanoTime();
        while (true) {
            LogEntry next = entries.peek();
            boolean takes =
                    next != null
                            && next.nonce() <= bounds.nonce()
                            && next.timestamp() <= bounds.timestamp();
            CronClock.Tick tick =
                    place.nonce() == LogReader.Place.NOTHING
                            ? null
                            : crons.next(right(next, takes, bounds));
            StatusException failure = null;
            if (tick != null) {
                failure = tick(tick);
            } else if (takes && next != null) {
                failure = entry(next);
                if (failure == null) {
                    entries.poll();
                }
            } else {
                return new Outcome(true, null);
            }
            if (failure != null) {
                return new Outcome(false, failure);
            }
            if (System.nanoTime() - startNs > sliceNs) {
                return new Outcome(false, null);
            }
        }
    }

    /** Before which time cron messages are due now. */
    private long right(@Nullable LogEntry next, boolean takes, Bounds bounds) {
        if (takes && next != null) {
            return next.timestamp();
        }
        if (place.nonce() >= bounds.nonce()) {
            return Long.MIN_VALUE; // wanted as of the entry itself
        }
        long end = next == null ? bounds.ticksUntil() : next.timestamp();
        return Math.min(end, bounds.timestamp() == Long.MAX_VALUE ? end : bounds.timestamp() + 1);
    }

    private @Nullable StatusException entry(LogEntry entry) {
        if (entry.skipped() || (entry.maybeSeen() && isDuplicate(entry))) {
            passed(entry);
            record(entry, ResultRow.Kind.SKIPPED, EvaluationResult.empty());
            return null;
        }
        Evaluation evaluation = evaluate(entry.message());
        if (evaluation.kind() == Evaluation.Kind.HOST_LIMIT) {
            return hostLimit("message " + entry.messageId(), entry.nonce(), evaluation);
        }
        ResultRow.Kind kind =
                entry.nonce() == LogEntry.BEFORE_LOG
                        ? ResultRow.Kind.PROCESS
                        : entry.isAssigned() ? ResultRow.Kind.ASSIGNED : ResultRow.Kind.MESSAGE;
        recent.put(entry.dedupId(), entry.nonce());
        // Before its readers can be answered: they may ask at once where the process stands.
        passed(entry);
        record(entry, kind, evaluation.result());
        return null;
    }

    private void record(LogEntry entry, ResultRow.Kind kind, EvaluationResult result) {
        recorder.accept(
                new ResultRow(
                        definition.id(),
                        entry.nonce(),
                        0,
                        kind,
                        entry.timestamp(),
                        entry.message().blockHeight(),
                        entry.messageId(),
                        entry.assignmentId(),
                        null,
                        kind == ResultRow.Kind.SKIPPED ? null : entry.dedupId(),
                        ResultRow.Body.of(result)));
    }

    private void passed(LogEntry entry) {
        seq = 0;
        timestamp = entry.timestamp();
        blockHeight = entry.message().blockHeight();
        crons.entry(timestamp, blockHeight);
        stand(new LogReader.Place(entry.nonce(), entry.assignmentId(), entry.hashChain()));
    }

    private void stand(LogReader.Place at) {
        place = at;
        kept =
                new Want.Kept(
                        definition.moduleId(),
                        at.nonce(),
                        at.assignmentId(),
                        at.hashChain(),
                        timestamp,
                        blockHeight);
    }

    /** Where it stood after the last entry; null before the first. Any thread. */
    Want.@Nullable Kept kept() {
        return kept;
    }

    private boolean isDuplicate(LogEntry entry) {
        Long before = recent.get(entry.dedupId());
        return (before != null && before < entry.nonce())
                || store.seenBefore(definition.id(), entry.dedupId(), entry.nonce());
    }

    private @Nullable StatusException tick(CronClock.Tick tick) {
        ProcessMessage message =
                ProcessMessage.cron(
                        definition.owner(),
                        definition.id(),
                        tick.tags(),
                        tick.timestamp(),
                        tick.blockHeight());
        Evaluation evaluation = evaluate(message);
        long nonce = place.nonce();
        if (evaluation.kind() == Evaluation.Kind.HOST_LIMIT) {
            crons.giveBack(tick);
            return hostLimit("cron message " + tick.name(), nonce, evaluation);
        }
        seq++;
        timestamp = tick.timestamp();
        blockHeight = tick.blockHeight();
        recorder.accept(
                new ResultRow(
                        definition.id(),
                        nonce,
                        seq,
                        ResultRow.Kind.CRON,
                        timestamp,
                        blockHeight,
                        "",
                        null,
                        tick.name(),
                        null,
                        ResultRow.Body.of(evaluation.result())));
        return null;
    }

    private Evaluation evaluate(ProcessMessage message) {
        Evaluation evaluation =
                instance.evaluate(message.toJson(), definition.environment(), definition.limits());
        messagesSince++;
        evaluationNsSince += evaluation.durationNs();
        gasSince += evaluation.result().gasUsed().orElse(0);
        if (!evaluation.diagnostic().isEmpty()) {
            LOG.info(
                    "evaluation ended {} process={} message={} nonce={} because {}",
                    evaluation.kind(),
                    definition.id(),
                    message.id(),
                    message.nonce(),
                    evaluation.diagnostic());
        }
        return evaluation;
    }

    StatusException hostLimit(String what, long nonce, Evaluation evaluation) {
        LOG.warn(
                "evaluation hit a limit of this unit process={} nonce={} {} afterMs={} because {}",
                definition.id(),
                nonce,
                what,
                TimeUnit.NANOSECONDS.toMillis(evaluation.durationNs()),
                evaluation.diagnostic());
        return new StatusException(
                503,
                "evaluation of %s at nonce %d of process %s hit a limit of this compute unit (%s). The process is as before; try again later or at a unit with higher limits."
                        .formatted(what, nonce, definition.id(), evaluation.diagnostic()));
    }
}
