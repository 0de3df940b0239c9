package dev.flywheel.cu.unit.takeover;

import dev.flywheel.cu.guest.GuestLimits;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.sql.ForeignSqlFile;
import dev.flywheel.platform.sql.RowReader;
import dev.flywheel.platform.sql.SqlStoreException;
import dev.flywheel.protocol.HyperBeamPage;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.Tags;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The database of a NodeJS compute unit, as its {@code sqlite.js} makes it. Only read. One thread.
 * Where the file is damaged, what is there is left out.
 */
final class NodeJsDatabase implements AutoCloseable {
    private static final List<String> EVALUATIONS =
            List.of(
                    "id",
                    "processId",
                    "messageId",
                    "deepHash",
                    "nonce",
                    "epoch",
                    "timestamp",
                    "ordinate",
                    "blockHeight",
                    "cron",
                    "output");
    private static final List<String> CHECKPOINTS =
            List.of("processId", "timestamp", "ordinate", "cron", "file", "evaluation", "cachedAt");

    /** Between the parts of an evaluation's id, and the character after it. */
    private static final char SEPARATOR = ',';

    private static final char AFTER_SEPARATOR = '-';
    private static final int ID_CHARS = 43;

    private final ForeignSqlFile file;
    private final boolean hasEvaluations;
    private final boolean hasCheckpoints;
    private final boolean hasMessages;
    private final boolean hasModules;
    private final boolean hasProcesses;

    private NodeJsDatabase(ForeignSqlFile file) {
        this.file = file;
        this.hasEvaluations = file.isTable("evaluations", EVALUATIONS);
        this.hasCheckpoints = file.isTable("checkpoint_files", CHECKPOINTS);
        this.hasMessages = file.isTable("messages", List.of("id", "processId", "seq"));
        this.hasModules = file.isTable("modules", List.of("id", "tags"));
        this.hasProcesses = file.isTable("processes", List.of("id", "tags"));
    }

    /** Looks at a row. */
    @FunctionalInterface
    interface Visitor {
        void visit(Cells row) throws SQLException;
    }

    /**
     * Opens it.
     *
     * @throws IllegalArgumentException when it is another database
     */
    static NodeJsDatabase open(Path path, Path scratch) {
        ForeignSqlFile file = ForeignSqlFile.open(path, scratch);
        try {
            NodeJsDatabase database = new NodeJsDatabase(file);
            if (!database.hasEvaluations && !database.hasCheckpoints) {
                throw new IllegalArgumentException(
                        "database %s is none of a NodeJS compute unit: it has no table evaluations or checkpoint_files as that unit makes them. HyperBEAM has it under cache-mainnet/genesis-wasm/genesis-wasm-db*"
                                .formatted(path));
            }
            return database;
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Whose data is in it.
     *
     * @param ids of processes, sorted
     * @param nameless rows that name no process
     * @param damage why more may be in it; null when these are all
     */
    record Processes(List<Id> ids, long nameless, @Nullable String damage) {
        Processes {
            ids = List.copyOf(ids);
        }
    }

    /** All processes; by the index, so that no result is read for it. */
    Processes processes() {
        NavigableMap<String, Id> found = new TreeMap<>();
        long[] nameless = {0};
        String damage = null;
        try {
            collect(found, nameless);
        } catch (LeftOutException e) {
            damage = e.why();
        }
        return new Processes(List.copyOf(found.values()), nameless[0], damage);
    }

    private void collect(Map<String, Id> found, long[] nameless) throws LeftOutException {
        if (hasCheckpoints) {
            each(
                    "select " + Cells.small("processId") + " from checkpoint_files",
                    row -> {
                        if (!add(row.anyTextOrNull("processId"), found)) {
                            nameless[0]++;
                        }
                    });
        }
        String at = hasEvaluations ? nextEvaluation("") : null;
        while (at != null) {
            boolean named = at.length() > ID_CHARS && at.charAt(ID_CHARS) == SEPARATOR;
            String process = named ? at.substring(0, ID_CHARS) : null;
            if (add(process, found)) {
                at = nextEvaluation(process + AFTER_SEPARATOR);
            } else {
                nameless[0]++;
                at = nextEvaluation(at);
            }
        }
    }

    private static boolean add(@Nullable String process, Map<String, Id> found) {
        Id id = Id.parseOrNull(process);
        if (id == null || process == null) {
            return false;
        }
        if (found.size() >= UnitLimits.IMPORT_PROCESSES_MAX && !found.containsKey(process)) {
            throw new IllegalArgumentException(
                    "database has more than %d processes; name those to take with --process"
                            .formatted(UnitLimits.IMPORT_PROCESSES_MAX));
        }
        found.put(process, id);
        return true;
    }

    private @Nullable String nextEvaluation(String after) throws LeftOutException {
        return first(
                        "select id from evaluations where id > ? and typeof(id) = 'text' order by id limit 1",
                        row -> row.getString(1),
                        after)
                .orElse(null);
    }

    private <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... arguments)
            throws LeftOutException {
        try {
            return file.read(session -> session.first(sql, reader, arguments));
        } catch (SqlStoreException e) {
            throw damaged(e);
        }
    }

    private void each(String sql, Visitor visitor, @Nullable Object... arguments)
            throws LeftOutException {
        SqlStoreException[] ofVisitor = new SqlStoreException[1];
        try {
            file.read(
                    session -> {
                        session.each(
                                sql,
                                row -> {
                                    try {
                                        visitor.visit(new Cells(row));
                                    } catch (SqlStoreException e) {
                                        ofVisitor[0] = e;
                                        throw e;
                                    }
                                    return true;
                                },
                                arguments);
                        return true;
                    });
        } catch (SqlStoreException e) {
            if (e.equals(ofVisitor[0])) {
                throw e; // not this database, but the one that is written
            }
            throw damaged(e);
        }
    }

    private static LeftOutException damaged(SqlStoreException e) {
        return new LeftOutException("the rest cannot be read: " + e.getMessage());
    }

    /** How many processes have file checkpoints. */
    long checkpointCount() {
        try {
            return hasCheckpoints ? count("select count(*) from checkpoint_files") : 0;
        } catch (LeftOutException e) {
            return 0; // then each of them is named when it is to be taken
        }
    }

    private long count(String sql, @Nullable Object... arguments) throws LeftOutException {
        return first(sql, row -> row.getLong(1), arguments).orElse(0L);
    }

    /** File checkpoints of a process; that unit keeps one. */
    void checkpoints(Id process, Visitor visitor) throws LeftOutException {
        if (!hasCheckpoints) {
            return;
        }
        String columns =
                CHECKPOINTS.stream()
                        .map(
                                column ->
                                        column.equals("evaluation")
                                                ? Cells.bounded(
                                                        column, UnitLimits.IMPORT_JSON_BYTES_MAX)
                                                : Cells.small(column))
                        .collect(Collectors.joining(", "));
        each(
                "select " + columns + " from checkpoint_files where \"processId\" = ?",
                visitor,
                process.toString());
    }

    /** Evaluations of a process, by their ids, so by time. */
    void evaluations(Id process, Visitor visitor) throws LeftOutException {
        if (!hasEvaluations) {
            return;
        }
        String columns =
                EVALUATIONS.stream()
                        .map(
                                column ->
                                        column.equals("output")
                                                ? Cells.bounded(
                                                        column, GuestLimits.OUTPUT_BYTES_MAX)
                                                : Cells.small(column))
                        .collect(Collectors.joining(", "));
        each(
                "select "
                        + columns
                        + " from evaluations where id > ? and id < ? order by evaluations.id",
                visitor,
                process.toString() + SEPARATOR,
                process.toString() + AFTER_SEPARATOR);
    }

    /** Whether a message counts as seen under this id, at this place of its log. */
    boolean isSeen(String id, Id process, long epoch, long nonce) throws LeftOutException {
        return hasMessages
                && count(
                                "select count(*) from messages where id = ? and \"processId\" = ? and seq = ?",
                                id,
                                process.toString(),
                                epoch + ":" + nonce)
                        > 0;
    }

    /** How many messages of each process count as seen. Reads the whole table. */
    Map<String, Long> seen() throws LeftOutException {
        Map<String, Long> counts = new HashMap<>();
        if (hasMessages) {
            each(
                    "select " + Cells.small("processId") + " from messages",
                    row -> {
                        String process = row.anyTextOrNull("processId");
                        if (process != null
                                && (counts.size() < UnitLimits.IMPORT_PROCESSES_MAX
                                        || counts.containsKey(process))) {
                            counts.merge(process, 1L, Long::sum);
                        }
                    });
        }
        return counts;
    }

    /** A module's tags; null where they are not known. */
    @Nullable Tags moduleTags(Id module) throws LeftOutException {
        return hasModules ? tags("modules", module) : null;
    }

    /** A process's tags; null where they are not known. */
    @Nullable Tags processTags(Id process) throws LeftOutException {
        return hasProcesses ? tags("processes", process) : null;
    }

    private @Nullable Tags tags(String table, Id id) throws LeftOutException {
        String json =
                first(
                                "select case when typeof(tags) = 'text' and octet_length(tags) <= ?"
                                        + " then tags end from "
                                        + table
                                        + " where id = ?",
                                row -> String.valueOf(row.getString(1)),
                                (long) UnitLimits.IMPORT_JSON_BYTES_MAX,
                                id.toString())
                        .orElse(null);
        if (json == null) {
            return null;
        }
        try {
            JsonNode tags = Json.MAPPER.readTree(json);
            if (tags.isArray()) {
                return HyperBeamPage.tags(tags);
            }
        } catch (JacksonException e) {
            throw new LeftOutException(
                    "tags of %s in table %s are no JSON: %s"
                            .formatted(id, table, e.getOriginalMessage()));
        }
        throw new LeftOutException("tags of %s in table %s are no list".formatted(id, table));
    }

    @Override
    public void close() {
        file.close();
    }
}
