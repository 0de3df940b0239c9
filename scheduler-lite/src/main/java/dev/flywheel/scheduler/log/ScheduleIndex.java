package dev.flywheel.scheduler.log;

import dev.flywheel.platform.sql.Durability;
import dev.flywheel.platform.sql.SqlSession;
import dev.flywheel.platform.sql.SqlStore;
import dev.flywheel.platform.sql.SqlStoreException;
import dev.flywheel.protocol.Id;
import dev.flywheel.scheduler.SchedulerLimits;
import dev.flywheel.scheduler.journal.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds entries by process and nonce or time, by message and by assignment. Made from the journal
 * and nothing else: without its file, or behind, it is made again. One thread writes, any reads.
 */
public final class ScheduleIndex implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduleIndex.class);

    private static final List<String> SCHEMA =
            List.of(
                    "create table if not exists journal(one integer primary key check (one = 1), generation text not null, position integer not null, ordinal integer not null)",
                    "create table if not exists processes(no integer primary key, id blob not null unique)",
                    "create table if not exists entries(process integer not null, nonce integer not null, timestamp integer not null, kind integer not null, position integer not null, message blob not null, assignment blob not null, primary key(process, nonce)) without rowid",
                    "create unique index if not exists entries_by_time on entries(process, timestamp)",
                    "create index if not exists entries_by_message on entries(message)",
                    "create unique index if not exists entries_by_assignment on entries(assignment)",
                    "create table if not exists deep_hashes(process integer not null, hash blob not null, primary key(process, hash)) without rowid");

    private static final String ROW =
            "select e.kind, e.nonce, e.timestamp, e.position from entries e";
    private static final String OF_PROCESS =
            ROW + " where e.process = (select no from processes where id = ?)";

    private final SqlStore store;

    private ScheduleIndex(SqlStore store) {
        this.store = store;
    }

    /** How far into the journal the index reaches. */
    public record Reach(String generation, Journal.Place last) {}

    /** An entry and where it lies. */
    public record Placed(Journal.Place place, LogEntry entry) {}

    /** Opens the index; a file that is damaged is deleted, for it can be made again. */
    public static ScheduleIndex open(Path file) {
        try {
            return new ScheduleIndex(SqlStore.open(file, SCHEMA, Durability.REBUILDABLE));
        } catch (SqlStoreException e) {
            LOG.warn("the index is unusable and is made again from the journal file={}", file, e);
            try {
                for (String suffix : List.of("", "-wal", "-shm")) {
                    Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
                }
            } catch (IOException io) {
                e.addSuppressed(io);
                throw e;
            }
            return new ScheduleIndex(SqlStore.open(file, SCHEMA, Durability.REBUILDABLE));
        }
    }

    public @Nullable Reach reach() {
        return store.read(
                        session ->
                                session.first(
                                        "select generation, position, ordinal from journal",
                                        row ->
                                                new Reach(
                                                        row.getString(1),
                                                        new Journal.Place(
                                                                row.getLong(2), row.getLong(3)))))
                .orElse(null);
    }

    /**
     * Brings the index up to the journal's end.
     *
     * @return how many entries were added
     */
    public long catchUp(Journal journal) {
        long from = startingPosition(journal);
        List<Placed> batch = new ArrayList<>();
        long[] added = {0};
        journal.scan(
                from,
                (place, payload) -> {
                    batch.add(new Placed(place, LogEntry.decode(payload)));
                    if (batch.size() >= SchedulerLimits.REBUILD_BATCH) {
                        add(batch, journal.generation());
                        added[0] += batch.size();
                        batch.clear();
                    }
                    return true;
                });
        add(batch, journal.generation());
        added[0] += batch.size();
        if (added[0] > 0) {
            LOG.info("index brought up to the journal entriesAdded={}", added[0]);
        }
        return added[0];
    }

    private long startingPosition(Journal journal) {
        Reach reach = reach();
        Journal.Place last = journal.last();
        if (reach != null
                && reach.generation().equals(journal.generation())
                && last != null
                && reach.last().ordinal() <= last.ordinal()) {
            return reach.last().position();
        }
        if (reach != null) {
            LOG.warn(
                    "the index belongs to another journal, or knows entries that the journal lost; it is made again reach={} journalGeneration={} journalLast={}",
                    reach,
                    journal.generation(),
                    last);
            clear();
        }
        return Journal.START;
    }

    private void clear() {
        store.write(
                session -> {
                    for (String table : List.of("entries", "processes", "deep_hashes", "journal")) {
                        session.update("delete from " + table);
                    }
                    return true;
                });
    }

    /** Adds entries that follow the ones before, in one transaction. */
    public void add(List<Placed> batch, String generation) {
        if (batch.isEmpty()) {
            return;
        }
        store.write(
                session -> {
                    for (Placed placed : batch) {
                        insert(session, placed);
                    }
                    Journal.Place last = batch.getLast().place();
                    session.update(
                            "insert or replace into journal values (1, ?, ?, ?)",
                            generation,
                            last.position(),
                            last.ordinal());
                    return true;
                });
    }

    private static void insert(SqlSession session, Placed placed) throws SQLException {
        LogEntry entry = placed.entry();
        byte[] process = entry.processId().bytes();
        if (entry.kind() == LogEntry.Kind.PROCESS) {
            session.update("insert into processes(id) values (?)", (Object) process);
        }
        session.update(
                "insert into entries select no, ?, ?, ?, ?, ?, ? from processes where id = ?",
                entry.nonce(),
                entry.timestamp(),
                entry.kind().code(),
                placed.place().position(),
                entry.messageId().bytes(),
                entry.assignment().id().bytes(),
                process);
        byte[] deepHash = entry.deepHash();
        if (deepHash != null) {
            session.update(
                    "insert or ignore into deep_hashes select no, ? from processes where id = ?",
                    deepHash,
                    process);
        }
    }

    /** A process's own entry, or null for a process that is not scheduled here. */
    public @Nullable IndexRow process(Id process) {
        return first(OF_PROCESS + " and e.nonce = 0", process.bytes());
    }

    /** The newest entry of a process, its own included; null for an unknown process. */
    public @Nullable IndexRow latest(Id process) {
        return first(OF_PROCESS + " order by e.nonce desc limit 1", process.bytes());
    }

    /** The entry of a message that was posted here, of whichever process. */
    public @Nullable IndexRow posted(Id message) {
        return first(
                ROW + " where e.message = ? and e.kind < 2 order by e.kind desc", message.bytes());
    }

    /** Whether an item with this id was posted as a message. */
    public boolean hasMessage(Id message) {
        return first(ROW + " where e.message = ? and e.kind = 1", message.bytes()) != null;
    }

    /** A process's entry with this message, not counting assignments without an item. */
    public @Nullable IndexRow message(Id process, Id message) {
        return first(
                OF_PROCESS + " and e.message = ? and e.kind = 1", process.bytes(), message.bytes());
    }

    /** A process's entry that assigns this id without an item. */
    public @Nullable IndexRow assigned(Id process, Id message) {
        return first(
                OF_PROCESS + " and e.message = ? and e.kind = 2", process.bytes(), message.bytes());
    }

    /** A process's entry with this assignment. */
    public @Nullable IndexRow assignment(Id process, Id assignment) {
        return first(OF_PROCESS + " and e.assignment = ?", process.bytes(), assignment.bytes());
    }

    /** Whether the process has a pushed message with this deep hash. */
    public boolean hasDeepHash(Id process, byte[] deepHash) {
        return store.read(
                session ->
                        session.first(
                                        "select 1 from deep_hashes where process = (select no from processes where id = ?) and hash = ?",
                                        row -> true,
                                        process.bytes(),
                                        deepHash)
                                .isPresent());
    }

    /** The rows of a page, and one more when there are more. */
    public List<IndexRow> page(Id process, PageQuery query) {
        List<IndexRow> rows = new ArrayList<>();
        if (query.withProcess()) {
            IndexRow own = process(process);
            if (own != null) {
                rows.add(own);
            }
        }
        String column = query.byNonce() ? "e.nonce" : "e.timestamp";
        Long from = query.from();
        Long to = query.to();
        rows.addAll(
                store.read(
                        session ->
                                session.query(
                                        OF_PROCESS
                                                + " and e.kind > 0 and "
                                                + column
                                                + " > ? and "
                                                + column
                                                + " <= ? order by "
                                                + column
                                                + " limit ?",
                                        ScheduleIndex::row,
                                        process.bytes(),
                                        from == null ? Long.MIN_VALUE : from,
                                        to == null ? Long.MAX_VALUE : to,
                                        query.limit() + 1 - rows.size())));
        return rows;
    }

    private @Nullable IndexRow first(String sql, byte[]... ids) {
        Object[] arguments = ids;
        return store.read(session -> session.first(sql, ScheduleIndex::row, arguments))
                .orElse(null);
    }

    private static IndexRow row(ResultSet row) throws SQLException {
        return new IndexRow(
                LogEntry.Kind.of(row.getInt(1)), row.getLong(2), row.getLong(3), row.getLong(4));
    }

    @Override
    public void close() {
        store.close();
    }
}
