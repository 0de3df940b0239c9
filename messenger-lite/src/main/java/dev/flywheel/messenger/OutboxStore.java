package dev.flywheel.messenger;

import dev.flywheel.messenger.Task.Kind;
import dev.flywheel.messenger.Task.State;
import dev.flywheel.platform.sql.SqlSession;
import dev.flywheel.platform.sql.SqlStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The durable outbox: open tasks and the lengths of their chains. What a method returned survives
 * as the store's durability says. Thread-safe; all writes go through one writer.
 */
final class OutboxStore {
    static final List<String> SCHEMA =
            List.of(
                    """
                    CREATE TABLE IF NOT EXISTS task(
                        seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, state TEXT NOT NULL, item_id TEXT NOT NULL,
                        process TEXT NOT NULL, result_id TEXT, body BLOB, notice BLOB, extra TEXT NOT NULL, root TEXT, chain TEXT NOT NULL,
                        depth INTEGER NOT NULL, expanded INTEGER NOT NULL DEFAULT 0, refusals INTEGER NOT NULL DEFAULT 0,
                        attempts INTEGER NOT NULL DEFAULT 0, due_ms INTEGER NOT NULL, born_ms INTEGER NOT NULL)
                    """,
                    "CREATE UNIQUE INDEX IF NOT EXISTS task_item ON task(kind, item_id) WHERE kind IN ('MESSAGE', 'PROCESS', 'CRON')",
                    "CREATE INDEX IF NOT EXISTS task_chain ON task(chain)",
                    "CREATE TABLE IF NOT EXISTS chain(name TEXT PRIMARY KEY, pushes INTEGER NOT NULL, next_ms INTEGER NOT NULL) WITHOUT ROWID");

    private static final String COLUMNS =
            "seq, kind, state, item_id, process, result_id, body, notice, extra, root, chain, depth,"
                    + " expanded, refusals, attempts, born_ms";

    private final SqlStore store;
    private final GroupWriter writer;
    private final AtomicInteger open;

    /**
     * What the queue needs to know of an open task.
     *
     * @param seq its number
     * @param state what is to be done
     * @param process whose lane it runs in
     * @param dueMs when
     */
    record Ref(long seq, State state, String process, long dueMs) {}

    OutboxStore(SqlStore store, GroupWriter writer) {
        this.store = store;
        this.writer = writer;
        this.open =
                new AtomicInteger(
                        store.read(
                                s ->
                                        s.first("SELECT count(*) FROM task", r -> r.getInt(1))
                                                .orElseThrow()));
    }

    /** Tasks not done yet. */
    int open() {
        return open.get();
    }

    /** All open tasks, oldest first. */
    List<Ref> refs() {
        return store.read(
                s ->
                        s.query(
                                "SELECT seq, state, process, due_ms FROM task ORDER BY seq",
                                r ->
                                        new Ref(
                                                r.getLong(1),
                                                State.valueOf(r.getString(2)),
                                                r.getString(3),
                                                r.getLong(4))));
    }

    /** The task with this number, or null when it is done. */
    @Nullable Task find(long seq) {
        Optional<Task> found =
                store.read(
                        s ->
                                s.first(
                                        "SELECT " + COLUMNS + " FROM task WHERE seq = ?",
                                        OutboxStore::task,
                                        seq));
        return found.orElse(null);
    }

    /** Records what a client sends; null when a task for this item is open already. */
    @Nullable Ref add(NewTask task, long nowMs) {
        List<Ref> refs = writer.write(s -> insertAll(s, List.of(task), nowMs));
        open.addAndGet(refs.size());
        return refs.isEmpty() ? null : refs.getFirst();
    }

    /** Records tasks if, in the same transaction, the condition holds; it may write. */
    List<Ref> addAll(List<NewTask> tasks, long nowMs, Condition condition) {
        List<Ref> refs =
                writer.write(s -> condition.holds(s) ? insertAll(s, tasks, nowMs) : List.of());
        open.addAndGet(refs.size());
        return refs;
    }

    /** A condition, checked in the transaction of a write. */
    @FunctionalInterface
    interface Condition {
        boolean holds(SqlSession session) throws SQLException;
    }

    /** A write in the transaction of another. */
    @FunctionalInterface
    interface SideWrite {
        void write(SqlSession session) throws SQLException;
    }

    /**
     * Notes that a scheduler has the item: its result is next, the body is dropped, the followers
     * are recorded. The stage gives the followers, after the commit.
     */
    CompletableFuture<List<Ref>> acknowledged(
            long seq,
            @Nullable String resultId,
            List<NewTask> followers,
            SideWrite beside,
            long nowMs) {
        return writer.submit(
                        s -> {
                            beside.write(s);
                            s.update(
                                    "UPDATE task SET state = 'RESULT', result_id = ?, root = CASE WHEN kind = 'ASSIGN' AND depth = 0"
                                            + " THEN ?1 ELSE root END, body = NULL, notice = NULL, refusals = 0, attempts = 0, due_ms = ?"
                                            + " WHERE seq = ?",
                                    resultId,
                                    nowMs,
                                    seq);
                            return insertAll(s, followers, nowMs);
                        })
                .thenApply(
                        refs -> {
                            open.addAndGet(refs.size());
                            return refs;
                        });
    }

    /**
     * What became of a piece of an outbox.
     *
     * @param refs the tasks that were recorded
     * @param cut entries left out because the chain is too long
     */
    record Expanded(List<Ref> refs, int cut) {}

    /**
     * Records what follows from a task, up to the entry {@code expanded}, within the bounds of its
     * chain.
     */
    Expanded expand(
            Task parent,
            int expanded,
            List<NewTask> children,
            MessengerTuning.Chains bounds,
            long nowMs) {
        Expanded result =
                writer.write(
                        s -> {
                            s.update(
                                    "UPDATE task SET expanded = ?, refusals = 0, attempts = 0 WHERE seq = ?",
                                    expanded,
                                    parent.seq());
                            return insertBounded(s, parent, children, bounds, nowMs);
                        });
        open.addAndGet(result.refs().size());
        return result;
    }

    private static Expanded insertBounded(
            SqlSession s,
            Task parent,
            List<NewTask> children,
            MessengerTuning.Chains bounds,
            long nowMs)
            throws SQLException {
        if (children.isEmpty()) {
            return new Expanded(List.of(), 0);
        }
        long[] chain =
                s.first(
                                "SELECT pushes, next_ms FROM chain WHERE name = ?",
                                r -> new long[] {r.getLong(1), r.getLong(2)},
                                parent.chain())
                        .orElse(new long[] {0, 0});
        boolean tooDeep = parent.depth() >= bounds.depthMax();
        long room = tooDeep ? 0 : Math.max(0, bounds.pushesMax() - chain[0]);
        List<NewTask> kept = children.subList(0, (int) Math.min(room, children.size()));
        List<NewTask> paced = new ArrayList<>(kept.size());
        for (NewTask child : kept) {
            long dueMs = nowMs;
            if (++chain[0] > bounds.freePushes()) {
                chain[1] = Math.max(nowMs, chain[1]) + bounds.intervalMs();
                dueMs = chain[1];
            }
            paced.add(child.withDueMs(dueMs));
        }
        s.update(
                "INSERT OR REPLACE INTO chain(name, pushes, next_ms) VALUES (?, ?, ?)",
                parent.chain(),
                chain[0],
                chain[1]);
        return new Expanded(insertAll(s, paced, nowMs), children.size() - kept.size());
    }

    /** Notes a failure: tried again at {@code dueMs}. */
    void failed(long seq, int refusals, int attempts, long dueMs) {
        writer.write(
                s ->
                        s.update(
                                "UPDATE task SET refusals = ?, attempts = ?, due_ms = ? WHERE seq = ?",
                                refusals,
                                attempts,
                                dueMs,
                                seq));
    }

    /** Forgets a task, and its chain when nothing is left of it; with what the caller writes. */
    void end(Task task, SideWrite beside) {
        end(task.seq(), task.chain(), beside);
    }

    /** As {@link #end(Task, SideWrite)}, by number and chain. */
    void end(long seq, String chain, SideWrite beside) {
        int removed =
                writer.write(
                        s -> {
                            beside.write(s);
                            int rows = s.update("DELETE FROM task WHERE seq = ?", seq);
                            s.update(
                                    "DELETE FROM chain WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM task WHERE chain = ?1)",
                                    chain);
                            return rows;
                        });
        open.addAndGet(-removed);
    }

    private static List<Ref> insertAll(SqlSession s, List<NewTask> tasks, long nowMs)
            throws SQLException {
        List<Ref> refs = new ArrayList<>(tasks.size());
        for (NewTask task : tasks) {
            Ref ref = insert(s, task, nowMs);
            if (ref != null) {
                refs.add(ref);
            }
        }
        return refs;
    }

    private static @Nullable Ref insert(SqlSession s, NewTask task, long nowMs)
            throws SQLException {
        int rows =
                s.update(
                        "INSERT OR IGNORE INTO task(kind, state, item_id, process, body, notice, extra, root, chain, depth, due_ms, born_ms)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        task.kind().name(),
                        task.state().name(),
                        task.itemId(),
                        task.process(),
                        task.body(),
                        task.notice(),
                        task.extra(),
                        task.root(),
                        task.chain(),
                        task.depth(),
                        task.dueMs(),
                        nowMs);
        if (rows == 0) {
            return null;
        }
        long seq = s.first("SELECT last_insert_rowid()", r -> r.getLong(1)).orElseThrow();
        return new Ref(seq, task.state(), task.process(), task.dueMs());
    }

    private static Task task(ResultSet r) throws SQLException {
        return new Task(
                r.getLong(1),
                Kind.valueOf(r.getString(2)),
                State.valueOf(r.getString(3)),
                r.getString(4),
                r.getString(5),
                r.getString(6),
                r.getBytes(7),
                r.getBytes(8),
                r.getString(9),
                r.getString(10),
                r.getString(11),
                r.getInt(12),
                r.getInt(13),
                r.getInt(14),
                r.getInt(15),
                r.getLong(16));
    }
}
