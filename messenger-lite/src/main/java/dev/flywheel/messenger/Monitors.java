package dev.flywheel.messenger;

import dev.flywheel.messenger.ComputeClient.CronEdge;
import dev.flywheel.messenger.ComputeClient.CronPage;
import dev.flywheel.messenger.OutboxStore.Ref;
import dev.flywheel.messenger.Task.Kind;
import dev.flywheel.messenger.Task.State;
import dev.flywheel.messenger.WorkQueue.Job;
import dev.flywheel.platform.sql.SqlStore;
import dev.flywheel.protocol.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes whose cron results are pushed (spec 6.8). A result's tasks and the new cursor are
 * recorded in one transaction, so that each is pushed once. Thread-safe.
 */
final class Monitors {
    static final List<String> SCHEMA =
            List.of(
                    "CREATE TABLE IF NOT EXISTS monitor(process TEXT PRIMARY KEY, wallet TEXT NOT NULL, cursor TEXT) WITHOUT ROWID");

    private static final Logger LOG = LoggerFactory.getLogger(Monitors.class);

    private final Parts parts;
    private final TaskRunner runner;
    private final SqlStore store;
    private final GroupWriter writer;
    private final ConcurrentHashMap<String, Watch> watches = new ConcurrentHashMap<>();

    /** One monitored process since its start. */
    private static final class Watch {
        private final String process;
        private final String wallet;
        private int failures; // by the one job of its lane

        Watch(String process, String wallet) {
            this.process = process;
            this.wallet = wallet;
        }
    }

    private record Row(String process, String wallet, @Nullable String cursor) {}

    Monitors(Parts parts, TaskRunner runner, SqlStore store, GroupWriter writer) {
        this.parts = parts;
        this.runner = runner;
        this.store = store;
        this.writer = writer;
    }

    /** Goes on with the monitors of the last run; cursors that are too old are forgotten. */
    void resume() {
        List<Row> rows =
                store.read(
                        s ->
                                s.query(
                                        "SELECT process, wallet, cursor FROM monitor",
                                        r ->
                                                new Row(
                                                        r.getString(1),
                                                        r.getString(2),
                                                        r.getString(3))));
        for (Row row : rows) {
            if (row.cursor() != null && isStale(row.cursor())) {
                writer.write(
                        s ->
                                s.update(
                                        "UPDATE monitor SET cursor = NULL WHERE process = ?",
                                        row.process()));
            }
            watch(new Watch(row.process(), row.wallet()));
        }
    }

    private boolean isStale(String cursor) {
        try {
            long ageMs = parts.clock().millis() - Cursor.parse(cursor).timestamp();
            return ageMs > MessengerLimits.CURSOR_STALE_MS;
        } catch (IllegalArgumentException e) {
            LOG.warn("stored cron cursor is unreadable and forgotten", e);
            return true;
        }
    }

    /** Processes monitored. */
    int count() {
        return watches.size();
    }

    /** What a start or stop led to. */
    enum Outcome {
        DONE,
        ALREADY,
        UNKNOWN,
        NOT_YOURS,
        TOO_MANY
    }

    /** Starts to monitor a process for this wallet. */
    Outcome start(String process, String wallet) {
        if (watches.size() >= MessengerLimits.MONITORS_MAX) {
            return Outcome.TOO_MANY;
        }
        int rows =
                writer.write(
                        s ->
                                s.update(
                                        "INSERT OR IGNORE INTO monitor(process, wallet) VALUES (?, ?)",
                                        process,
                                        wallet));
        if (rows == 0) {
            return Outcome.ALREADY;
        }
        watch(new Watch(process, wallet));
        return Outcome.DONE;
    }

    /**
     * Stops it; only for the wallet that started it, or that owns the process: in the reference
     * anybody can.
     */
    Outcome stop(String process, String wallet) throws InterruptedException {
        Watch watch = watches.get(process);
        if (watch == null) {
            return Outcome.UNKNOWN;
        }
        if (!watch.wallet.equals(wallet) && !owns(wallet, process)) {
            return Outcome.NOT_YOURS;
        }
        writer.write(s -> s.update("DELETE FROM monitor WHERE process = ?", process));
        watches.remove(process, watch);
        return Outcome.DONE;
    }

    private boolean owns(String wallet, String process) throws InterruptedException {
        try {
            ProcessPlace place = parts.directory().find(process);
            return place != null && wallet.equals(place.owner());
        } catch (UnitFailure e) {
            LOG.debug("owner not found process={}", process, e);
            return false;
        }
    }

    private void watch(Watch watch) {
        watches.put(watch.process, watch);
        next(watch, 0);
    }

    private void next(Watch watch, long pauseMs) {
        parts.queue()
                .offer(
                        new Job("cron " + watch.process, 1, () -> look(watch)),
                        parts.clock().millis() + pauseMs);
    }

    private void look(Watch watch) {
        if (watches.get(watch.process) != watch) {
            return; // stopped, perhaps started anew
        }
        long intervalMs = parts.tuning().cronIntervalMs();
        try {
            boolean more =
                    parts.store().open() < parts.tuning().openTasksMax() && push(watch.process);
            watch.failures = 0;
            next(watch, more ? 0 : intervalMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closing
        } catch (UnitFailure | RuntimeException e) {
            if (parts.closing().getAsBoolean()) {
                return;
            }
            watch.failures++;
            parts.counters().retries.increment();
            LOG.warn(
                    "cron results not read process={} failures={} because {}",
                    watch.process,
                    watch.failures,
                    e.toString());
            next(watch, Math.max(intervalMs, parts.retry().pauseMs(watch.failures)));
        }
    }

    /** Records the next page of cron results; whether another is there already. */
    private boolean push(String process) throws UnitFailure, InterruptedException {
        Optional<Row> row =
                store.read(
                        s ->
                                s.first(
                                        "SELECT process, wallet, cursor FROM monitor WHERE process = ?",
                                        r ->
                                                new Row(
                                                        r.getString(1),
                                                        r.getString(2),
                                                        r.getString(3)),
                                        process));
        if (row.isEmpty()) {
            return false;
        }
        String cursor = row.get().cursor();
        if (cursor == null) {
            cursor = parts.compute().newestCursor(process);
            if (cursor != null) {
                record(process, cursor, List.of());
            }
        }
        CronPage page = parts.compute().cron(process, cursor);
        List<NewTask> tasks = new ArrayList<>();
        String last = cursor;
        for (CronEdge edge : page.edges()) {
            if (!edge.cursor().equals(last)) {
                tasks.add(task(process, edge));
                last = edge.cursor();
            }
        }
        if (last == null || tasks.isEmpty()) {
            return false;
        }
        record(process, last, tasks);
        return page.more();
    }

    private NewTask task(String process, CronEdge edge) {
        String name = "cron " + process + " " + edge.cursor();
        return new NewTask(
                Kind.CRON,
                State.EXPAND,
                name,
                process,
                edge.result(),
                null,
                "",
                null,
                name,
                0,
                parts.clock().millis());
    }

    private void record(String process, String cursor, List<NewTask> tasks) {
        List<Ref> refs =
                parts.store()
                        .addAll(
                                tasks,
                                parts.clock().millis(),
                                s ->
                                        s.update(
                                                        "UPDATE monitor SET cursor = ? WHERE process = ?",
                                                        cursor,
                                                        process)
                                                > 0);
        refs.forEach(runner::enqueue);
    }
}
