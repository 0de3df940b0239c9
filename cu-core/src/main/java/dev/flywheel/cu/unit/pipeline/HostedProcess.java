package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ScheduledEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
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

    /** A step is under way; its end comes as a command. */
    boolean busy;

    /** The last step was a look: let the log go on before the next one. */
    boolean looked;

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

    @Nullable StatusException pause;
    long pauseUntilMs;
    private int readerCount;

    HostedProcess(Id id) {
        this.id = id;
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

    /** Takes out the readers of an entry. */
    List<Want.Result> take(long nonce) {
        List<Want.Result> taken = readers.remove(nonce);
        if (taken == null) {
            return List.of();
        }
        readerCount -= taken.size();
        return taken;
    }

    void answer(long nonce, Response answer) {
        take(nonce).forEach(reader -> reader.future().complete(answer));
    }

    /** Whether a reader waits for an entry that is not evaluated. */
    boolean hasReadersAhead() {
        return !readers.isEmpty() && aim(readers.lastKey()) > place().nonce();
    }

    /** The first nonce at which the wanted entry can be. */
    private static long aim(long wanted) {
        return wanted == Want.Result.OF_PROCESS ? LogEntry.BEFORE_LOG : wanted;
    }

    /** The next entry where a reader brought it along. */
    @Nullable ScheduledEntry entryAtHand() {
        long next = Math.max(0, place().nonce() + 1);
        for (Want.Result reader : readers.getOrDefault(next, List.of())) {
            if (reader.entry() != null) {
                return reader.entry();
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

    /** Forgets its place in the log, as when it was never evaluated. */
    void forgetRun() {
        run = null;
        entries.clear();
        resetWanted = false;
        atEnd = false;
        ticksUntil = 0;
        tickedUntil = 0;
    }
}
