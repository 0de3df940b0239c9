package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.guest.MemoryUse;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One process as the dispatch thread knows it; only that thread touches it. What a step works with
 * (run, entries) belongs to the step while {@link #busy}.
 */
final class HostedProcess {
    final Id id;
    final TreeMap<Long, List<Want.Result>> readers = new TreeMap<>();
    final List<Want.Visit> visits = new ArrayList<>();

    /** Entries to evaluate next. */
    final Deque<LogEntry> entries = new ArrayDeque<>();

    @Nullable ProcessDefinition definition;
    @Nullable ProcessRun run;

    /** What it was put away as; null while it has an instance, or goes on from a checkpoint. */
    Sleepers.@Nullable Asleep asleep;

    /** A step is under way; its end comes as a command. */
    boolean busy;

    static final long NOT_EVALUATING = Long.MIN_VALUE;
    static final long NEVER = Long.MIN_VALUE;

    /** When the evaluation under way began. */
    long evaluatingSinceNs = NOT_EVALUATING;

    /** A view of it as it is, of which nobody makes use now. */
    @Nullable RunView spare;

    /** Views of it that are looked at now. */
    final List<RunView> looks = new ArrayList<>();

    /** Whether it is one of the past: made for visits that the process has gone by. */
    final boolean past;

    /** A checkpoint was asked for from outside, and when the last such one was begun. */
    boolean snapshotWanted;

    long snapshotNs = NEVER;

    /** It went back for an entry whose result was not there, before checkpoints that it has. */
    boolean wentBack;

    /** Its instance is to be dropped and the log replayed. */
    boolean resetWanted;

    /** The scheduler has no entries after those in {@link #entries}. */
    boolean atEnd;

    /** When the scheduler was asked that last. */
    long endAskedNs;

    /** Cron messages of the log's end are wanted, and were made, before these times. */
    long ticksUntil;

    long tickedUntil;

    /** Highest nonce that was recorded since the unit's start. */
    long recordedNonce = LogReader.Place.NOTHING;

    /** While it is behind what is wanted. */
    @Nullable CatchUp catchUp;

    /** The place that entries were asked for ahead of the need, until they are here. */
    LogReader.@Nullable Place prefetching;

    /** What came of it, to be taken when no step is under way. */
    @Nullable Runnable prefetched;

    /** What its instance takes, as the ledger has it; null without one. */
    @Nullable MemoryUse memory;

    /** What its last instance took; 0 when it had none. */
    long residentBytesBefore;

    @Nullable StatusException pause;
    long pauseUntilMs;
    private int readerCount;

    HostedProcess(Id id) {
        this(id, false);
    }

    private HostedProcess(Id id, boolean past) {
        this.id = id;
        this.past = past;
    }

    /** The same process at an earlier place, for one visit; it records nothing. */
    static HostedProcess past(HostedProcess present, Want.Visit visit) {
        HostedProcess process = new HostedProcess(present.id, true);
        process.definition = present.definition;
        process.visits.add(visit);
        process.residentBytesBefore =
                present.memory == null
                        ? present.residentBytesBefore
                        : present.memory.residentBytes();
        return process;
    }

    LogReader.Place place() {
        ProcessRun current = run;
        return current == null ? LogReader.Place.start() : current.place();
    }

    int wants() {
        return readerCount + visits.size();
    }

    void add(Want.Result reader) {
        readers.computeIfAbsent(reader.nonce(), nonce -> new ArrayList<>()).add(reader);
        readerCount++;
    }

    /**
     * Whether a HyperBEAM node waits for it, which waits for minutes and makes an error of any
     * other answer.
     */
    boolean isWantedByNode() {
        return readers.values().stream()
                .anyMatch(same -> same.stream().anyMatch(reader -> reader.slot() != null));
    }

    /** Takes out the readers of an entry. */
    List<Want.Result> take(long nonce) {
        List<Want.Result> taken = readers.remove(nonce);
        if (taken == null) {
            return List.of();
        }
        readerCount -= taken.size();
        return taken;
    }

    void answer(long nonce, ResultRow row) {
        List<Want.Result> taken = take(nonce);
        if (!taken.isEmpty()) {
            Response usual = Response.json(200, row.body().json());
            taken.forEach(reader -> reader.complete(row, usual));
        }
    }

    void remove(Want.Result reader) {
        List<Want.Result> same = readers.get(reader.nonce());
        if (same != null && same.remove(reader)) {
            readerCount--;
            if (same.isEmpty()) {
                readers.remove(reader.nonce());
            }
        }
    }

    /** Whether a reader waits for an entry that is not evaluated. */
    boolean hasReadersAhead() {
        return !readers.isEmpty() && aim(readers.lastKey()) > place().nonce();
    }

    /** The first nonce at which the wanted entry can be. */
    private static long aim(long wanted) {
        return wanted == Want.Result.OF_PROCESS ? LogEntry.BEFORE_LOG : wanted;
    }

    /** The last entry that is known to be wanted, or one before all. */
    long target() {
        long target = readers.isEmpty() ? Long.MIN_VALUE : aim(readers.lastKey());
        LogEntry last = entries.peekLast();
        if (last != null && !visits.isEmpty()) {
            target = Math.max(target, Math.min(last.nonce(), bounds().nonce()));
        }
        return target;
    }

    /** A reader that brought the next entry along, or null. */
    Want.@Nullable Result readerWithNext() {
        long next = Math.max(0, place().nonce() + 1);
        for (Want.Result reader : readers.getOrDefault(next, List.of())) {
            if (reader.entry() != null) {
                return reader;
            }
        }
        return null;
    }

    /** Ends all wants that need more of the log; those whose result is being written wait on. */
    void fail(Throwable failure) {
        long evaluated = place().nonce();
        for (Long nonce : new ArrayList<>(readers.keySet())) {
            if (aim(nonce) > evaluated) {
                take(nonce).forEach(reader -> reader.fail(failure));
            }
        }
        visits.forEach(visit -> visit.fail(failure));
        visits.clear();
    }

    void failAll(Throwable failure) {
        fail(failure);
        for (Long nonce : new ArrayList<>(readers.keySet())) {
            take(nonce).forEach(reader -> reader.fail(failure));
        }
    }

    /** Forgets visits that nobody waits for any more. */
    void dropEnded() {
        visits.removeIf(visit -> visit.future().isDone());
    }

    /** Ends and removes the visits that match. */
    void failVisits(Predicate<Want.Visit> which, Throwable failure) {
        visits.removeIf(
                visit -> {
                    if (which.test(visit)) {
                        visit.fail(failure);
                        return true;
                    }
                    return false;
                });
    }

    /** How far the next step may go, so that no visit is passed by. */
    ProcessRun.Bounds bounds() {
        long nonce = Want.Visit.ANY;
        long timestamp = Want.Visit.ANY;
        for (Want.Visit visit : visits) {
            if (visit.look() != null) {
                nonce = Math.min(nonce, visit.nonce());
                timestamp = Math.min(timestamp, visit.timestamp());
            }
        }
        return new ProcessRun.Bounds(nonce, timestamp, ticksUntil);
    }

    /** Whether it evaluates longer than a question about the present should wait. */
    boolean isLongInEvaluation(long nowNs) {
        return evaluatingSinceNs != NOT_EVALUATING
                && nowNs - evaluatingSinceNs
                        >= TimeUnit.MILLISECONDS.toNanos(UnitLimits.LOOK_PATIENCE_MS);
    }

    /** How far a checkpoint may be that is to serve all that is wanted. */
    Checkpoints.Most checkpointMost() {
        long readerNonce = readers.isEmpty() ? Long.MAX_VALUE : aim(readers.firstKey()) - 1;
        long visitNonce = Long.MAX_VALUE;
        long timestamp = Long.MAX_VALUE;
        for (Want.Visit visit : visits) {
            if (visit.look() != null) {
                visitNonce = Math.min(visitNonce, visit.nonce());
                timestamp = Math.min(timestamp, visit.timestamp());
            }
        }
        return new Checkpoints.Most(readerNonce, visitNonce, timestamp);
    }

    /** Forgets its place in the log, as when it was never evaluated. */
    void forgetRun() {
        run = null;
        entries.clear();
        prefetching = null;
        prefetched = null;
        resetWanted = false;
        atEnd = false;
        ticksUntil = 0;
        tickedUntil = 0;
    }
}
