package dev.flywheel.messenger;

import dev.flywheel.messenger.OutboxStore.SideWrite;
import dev.flywheel.platform.sql.SqlSession;
import dev.flywheel.platform.sql.SqlStore;
import dev.flywheel.protocol.JsonText;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What was done for which process, for two hours (spec 6.9). Written in the transaction of what it
 * tells about. Thread-safe.
 */
final class Traces {
    static final List<String> SCHEMA =
            List.of(
                    """
                    CREATE TABLE IF NOT EXISTS trace(
                        id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, message_id TEXT NOT NULL, process_id TEXT NOT NULL,
                        wallet TEXT, parent_id TEXT, ip TEXT, timestamp INTEGER NOT NULL, outcome TEXT NOT NULL)
                    """,
                    "CREATE INDEX IF NOT EXISTS trace_process ON trace(process_id)");

    /** Old traces are removed once in so many. */
    private static final int PRUNE_EVERY = 1_000;

    private final SqlStore store;
    private final InstantSource clock;
    private final AtomicInteger written = new AtomicInteger();

    Traces(SqlStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * Which traces.
     *
     * @param process their process
     * @param type MESSAGE, SPAWN or ASSIGN, or null for all
     * @param id of the message, process or assigned item, or null for all
     * @param wallet of the client, or null for all
     * @param page from 1
     * @param pageSize traces of a page
     */
    record Query(
            String process,
            @Nullable String type,
            @Nullable String id,
            @Nullable String wallet,
            int page,
            int pageSize) {}

    /** That a client's item was taken. */
    SideWrite ofClient(Task.Kind kind, String id, String process, String wallet, String ip) {
        return s -> insert(s, type(kind), id, process, wallet, null, ip, "accepted");
    }

    /** That a task ended. */
    SideWrite of(Task task, String outcome) {
        return s ->
                insert(
                        s,
                        type(task.kind()),
                        task.itemId(),
                        task.process(),
                        null,
                        task.root(),
                        null,
                        outcome);
    }

    private static String type(Task.Kind kind) {
        return switch (kind) {
            case PROCESS -> "SPAWN";
            case ASSIGN -> "ASSIGN";
            case MESSAGE, CRON -> "MESSAGE";
        };
    }

    private void insert(SqlSession s, @Nullable String... columns) throws SQLException {
        long now = clock.millis();
        @Nullable Object[] arguments = new @Nullable Object[columns.length + 1];
        System.arraycopy(columns, 0, arguments, 0, columns.length);
        arguments[columns.length] = now;
        s.update(
                "INSERT INTO trace(type, message_id, process_id, wallet, parent_id, ip, outcome, timestamp)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments);
        if (written.getAndIncrement() % PRUNE_EVERY == 0) {
            s.update("DELETE FROM trace WHERE timestamp < ?", now - MessengerLimits.TRACE_MS);
            s.update(
                    "DELETE FROM trace WHERE id <= (SELECT max(id) FROM trace) - ?",
                    MessengerLimits.TRACES_MAX);
        }
    }

    /** A page of traces, newest first, in the shape of the reference. */
    byte[] page(Query query) {
        long first = (long) (query.page() - 1) * query.pageSize();
        return store.read(
                s -> {
                    JsonText edges = new JsonText().beginArray();
                    List<Long> rows =
                            s.query(
                                    "SELECT id, type, message_id, process_id, wallet, parent_id, ip, timestamp, outcome FROM trace"
                                            + " WHERE process_id = ?1 AND (?2 IS NULL OR type = ?2) AND (?3 IS NULL OR message_id = ?3)"
                                            + " AND (?4 IS NULL OR wallet = ?4) ORDER BY id DESC LIMIT ?5 OFFSET ?6",
                                    row -> {
                                        long id = row.getLong(1);
                                        if (row.getRow() > query.pageSize()) {
                                            return id;
                                        }
                                        edges.beginObject().name("node").beginObject();
                                        edges.name("id").number(id);
                                        edges.name("type").string(row.getString(2));
                                        edges.name("messageId").string(row.getString(3));
                                        edges.name("processId").string(row.getString(4));
                                        edges.name("wallet").string(row.getString(5));
                                        edges.name("parentId").string(row.getString(6));
                                        edges.name("ip").string(row.getString(7));
                                        edges.name("timestamp").number(row.getLong(8));
                                        edges.name("outcome").string(row.getString(9)).endObject();
                                        edges.name("cursor").string(Long.toString(id)).endObject();
                                        return id;
                                    },
                                    query.process(),
                                    query.type(),
                                    query.id(),
                                    query.wallet(),
                                    query.pageSize() + 1,
                                    first);
                    return new JsonText()
                            .beginObject()
                            .name("pageInfo")
                            .beginObject()
                            .name("hasNextPage")
                            .bool(rows.size() > query.pageSize())
                            .endObject()
                            .name("edges")
                            .raw(edges.endArray().toByteArray())
                            .endObject()
                            .toByteArray();
                });
    }
}
