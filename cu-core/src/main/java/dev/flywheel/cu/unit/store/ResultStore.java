package dev.flywheel.cu.unit.store;

import dev.flywheel.platform.sql.Durability;
import dev.flywheel.platform.sql.SqlSession;
import dev.flywheel.platform.sql.SqlStore;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The results of all processes in one SQLite file. One thread writes, any thread reads; all calls
 * block for microseconds, or for as long as the disk takes.
 *
 * <p>Results follow from the logs, which schedulers keep, so the file is {@link
 * Durability#REBUILDABLE}: a commit survives the end of the program, and what a power cut takes is
 * computed again.
 */
public final class ResultStore implements AutoCloseable {
    private static final List<String> SCHEMA =
            List.of(
                    QuarantineTable.SCHEMA,
                    """
                    create table if not exists result (
                      process blob not null, nonce integer not null, seq integer not null, kind integer not null,
                      timestamp integer not null, height integer not null, message text not null, assignment text,
                      cron text, dedup text, failed integer not null, gas_from integer not null,
                      gas_to integer not null, body blob not null)""",
                    "create unique index if not exists result_place on result (process, nonce, seq)",
                    "create index if not exists result_message on result (process, message) where cron is null",
                    "create index if not exists result_assignment on result (process, assignment)"
                            + " where assignment is not null",
                    "create index if not exists result_dedup on result (process, dedup) where dedup is not null",
                    "create index if not exists result_time on result (process, timestamp)");

    private static final String COLUMNS =
            "process, nonce, seq, kind, timestamp, height, message, assignment, cron, dedup, failed, gas_from,"
                    + " gas_to, body";

    /** Rows that lists show: evaluated, and without error. */
    private static final String LISTED = " and failed = 0 and kind < 3";

    private final SqlStore sql;

    private ResultStore(SqlStore sql) {
        this.sql = sql;
    }

    /**
     * Opens or creates the file in this directory.
     *
     * @throws dev.flywheel.platform.sql.SqlStoreException when it cannot be used
     */
    public static ResultStore open(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + directory, e);
        }
        return new ResultStore(
                SqlStore.open(directory.resolve("results.db"), SCHEMA, Durability.REBUILDABLE));
    }

    /**
     * Writes rows as one commit. A row whose place is taken is left as it is: its answer may have
     * been served.
     *
     * @return the rows whose place holds another result
     */
    public List<ResultRow> add(List<ResultRow> rows) {
        return sql.write(
                session -> {
                    List<ResultRow> different = new ArrayList<>();
                    for (ResultRow row : rows) {
                        if (!insert(session, row) && !holds(session, row)) {
                            different.add(row);
                        }
                    }
                    return different;
                });
    }

    /** The rows whose place holds another result; writes nothing. */
    public List<ResultRow> different(List<ResultRow> rows) {
        return sql.read(
                session -> {
                    List<ResultRow> different = new ArrayList<>();
                    for (ResultRow row : rows) {
                        if (stored(session, row).filter(kept -> !isSame(kept, row)).isPresent()) {
                            different.add(row);
                        }
                    }
                    return different;
                });
    }

    private static boolean insert(SqlSession session, ResultRow row) throws SQLException {
        return session.update(
                        "insert or ignore into result ("
                                + COLUMNS
                                + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        row.process().bytes(),
                        row.nonce(),
                        row.seq(),
                        (long) row.kind().code(),
                        row.timestamp(),
                        row.blockHeight(),
                        row.messageId(),
                        row.assignmentId(),
                        row.cron(),
                        row.dedupId(),
                        row.body().failed() ? 1L : 0L,
                        (long) row.body().gasFrom(),
                        (long) row.body().gasTo(),
                        row.body().json())
                == 1;
    }

    private static boolean holds(SqlSession session, ResultRow row) throws SQLException {
        return stored(session, row).filter(kept -> isSame(kept, row)).isPresent();
    }

    private static Optional<ResultRow> stored(SqlSession session, ResultRow row)
            throws SQLException {
        return session.first(
                "select " + COLUMNS + " from result where process = ? and nonce = ? and seq = ?",
                ResultStore::row,
                row.process().bytes(),
                row.nonce(),
                row.seq());
    }

    private static boolean isSame(ResultRow stored, ResultRow row) {
        return isSame(stored.kind(), row.kind())
                && stored.messageId().equals(row.messageId())
                && stored.body().sameAs(row.body());
    }

    /** Rows of another unit do not say whether a message was assigned. */
    private static boolean isSame(ResultRow.Kind stored, ResultRow.Kind kind) {
        return stored == kind
                || (stored == ResultRow.Kind.MESSAGE && kind == ResultRow.Kind.ASSIGNED);
    }

    /** The result of an entry by its message's id or its assignment's; the oldest where several. */
    public Optional<ResultRow> find(Id process, String id) {
        return sql.read(
                session -> {
                    Optional<ResultRow> byMessage =
                            session.first(
                                    "select "
                                            + COLUMNS
                                            + " from result where process = ? and message = ? and cron is null"
                                            + " order by nonce limit 1",
                                    ResultStore::row,
                                    process.bytes(),
                                    id);
                    return byMessage.isPresent()
                            ? byMessage
                            : session.first(
                                    "select "
                                            + COLUMNS
                                            + " from result where process = ? and assignment = ?"
                                            + " order by nonce limit 1",
                                    ResultStore::row,
                                    process.bytes(),
                                    id);
                });
    }

    /** The result of an entry by its place. */
    public Optional<ResultRow> at(Id process, long nonce) {
        return sql.read(
                session ->
                        session.first(
                                "select "
                                        + COLUMNS
                                        + " from result where process = ? and nonce = ? and seq = 0",
                                ResultStore::row,
                                process.bytes(),
                                nonce));
    }

    /** The result of the last entry that was evaluated. */
    public Optional<ResultRow> newest(Id process) {
        return sql.read(
                session ->
                        session.first(
                                "select "
                                        + COLUMNS
                                        + " from result where process = ? and seq = 0"
                                        + " order by nonce desc limit 1",
                                ResultStore::row,
                                process.bytes()));
    }

    /** Whether a message was evaluated at an earlier place, under this id. */
    public boolean seenBefore(Id process, String dedupId, long nonce) {
        return sql.read(
                session ->
                        session.first(
                                        "select 1 from result where process = ? and dedup = ? and nonce < ? limit 1",
                                        row -> true,
                                        process.bytes(),
                                        dedupId,
                                        nonce)
                                .isPresent());
    }

    /** A page of a process's results; see {@link ResultsPage}. */
    public ResultsPage page(Id process, ResultsPage.Query query) {
        return sql.read(session -> ResultsPage.read(session, process, query));
    }

    /** Notes a quarantined process; one that is noted stays as it is. */
    public boolean quarantine(Quarantine found) {
        return sql.write(session -> QuarantineTable.add(session, found));
    }

    /** The quarantined processes, oldest first. */
    public List<Quarantine> quarantined() {
        return sql.read(QuarantineTable::all);
    }

    /** Ends a quarantine; whether there was one. */
    public boolean release(Id process) {
        return sql.write(session -> QuarantineTable.remove(session, process));
    }

    /** Deletes all results of a process; how many. */
    public int forget(Id process) {
        return sql.write(
                session -> session.update("delete from result where process = ?", process.bytes()));
    }

    static String columns() {
        return COLUMNS;
    }

    static String listed() {
        return LISTED;
    }

    static ResultRow row(ResultSet row) throws SQLException {
        return new ResultRow(
                Id.of(row.getBytes(1)),
                row.getLong(2),
                row.getLong(3),
                ResultRow.Kind.of(row.getInt(4)),
                row.getLong(5),
                row.getLong(6),
                row.getString(7),
                text(row, 8),
                text(row, 9),
                text(row, 10),
                new ResultRow.Body(
                        row.getBytes(14), row.getInt(12), row.getInt(13), row.getInt(11) != 0));
    }

    private static @Nullable String text(ResultSet row, int column) throws SQLException {
        return row.getString(column);
    }

    @Override
    public void close() {
        sql.close();
    }
}
