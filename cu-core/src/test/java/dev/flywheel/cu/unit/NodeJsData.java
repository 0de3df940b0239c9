package dev.flywheel.cu.unit;

import dev.flywheel.protocol.JsonText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The database and the checkpoint files of a NodeJS unit, with the tables that it makes. */
final class NodeJsData implements AutoCloseable {
    private static final String[] SCHEMA = {
        "pragma journal_mode = wal",
        "create table processes(id text primary key, signature text, data text, anchor text, owner text,"
                + " tags jsonb, block jsonb) without rowid",
        "create table modules(id text primary key, owner text, tags jsonb) without rowid",
        "create table evaluations(id text primary key, processId text, messageId text, deepHash text,"
                + " nonce integer, epoch integer, timestamp integer, ordinate text, blockHeight integer,"
                + " cron text, output jsonb, evaluatedAt integer) without rowid",
        "create table messages(id text, processId text, seq text, primary key (id, processId)) without rowid",
        "create table checkpoint_files(id text primary key, processId text unique, timestamp integer,"
                + " ordinate text, cron text, file text, evaluation text, cachedAt integer) without rowid"
    };

    /** Any; files are made older than it. */
    static final long RECORDED_MS = 1_795_456_700_000L;

    final Path database;
    final Path memories;
    private final Connection connection;

    NodeJsData(Path directory) throws SQLException, IOException {
        memories = Files.createDirectories(directory.resolve("checkpoints of the unit"));
        database = directory.resolve("genesis-wasm-db.sqlite");
        connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        try (Statement statement = connection.createStatement()) {
            for (String sql : SCHEMA) {
                statement.execute(sql);
            }
        }
    }

    void insert(String table, @Nullable Object... values) throws SQLException {
        String marks = "?" + ", ?".repeat(values.length - 1);
        try (PreparedStatement statement =
                connection.prepareStatement("insert into " + table + " values (" + marks + ")")) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    void module(String id, String format) throws SQLException {
        insert(
                "modules",
                id,
                "{\"address\":\"owner\"}",
                "[{\"name\":\"Type\",\"value\":\"Module\"},{\"name\":\"Module-Format\",\"value\":\""
                        + format
                        + "\"}]");
    }

    /** The result of an entry. */
    void evaluation(String process, long nonce, String message, long timestamp, String output)
            throws SQLException {
        insert(
                "evaluations",
                process + "," + timestamp + "," + nonce,
                process,
                message,
                null,
                nonce,
                0,
                timestamp,
                Long.toString(nonce),
                0,
                null,
                output,
                RECORDED_MS);
        insert("messages", message, process, "0:" + nonce);
    }

    /** The result of a cron message after an entry. */
    void cron(String process, long ordinate, String cron, long timestamp, String output)
            throws SQLException {
        insert(
                "evaluations",
                process + "," + timestamp + "," + ordinate + "," + cron,
                process,
                null,
                null,
                null,
                null,
                timestamp,
                Long.toString(ordinate),
                0,
                cron,
                output,
                RECORDED_MS);
    }

    /** The text of a checkpoint's evaluation. */
    static String evaluation(
            String process, String module, long nonce, long timestamp, String more) {
        JsonText json = new JsonText(512).beginObject().name("processId").string(process);
        json.name("moduleId").string(module).name("timestamp").number(timestamp);
        json.name("epoch").number(0).name("nonce").number(nonce).name("blockHeight").number(0);
        json.name("ordinate").string(Long.toString(nonce)).endObject();
        String text = json.toString();
        return text.substring(0, text.length() - 1) + more + "}";
    }

    void checkpoint(String process, long nonce, long timestamp, String file, String evaluation)
            throws SQLException {
        insert(
                "checkpoint_files",
                process + "," + timestamp + "," + nonce,
                process,
                timestamp,
                Long.toString(nonce),
                null,
                file,
                evaluation,
                RECORDED_MS);
    }

    static String fileOf(String process) {
        return "state-" + process + ".dat";
    }

    Path memory(String process, byte[] memory, boolean packed) throws IOException {
        Path file = memories.resolve(fileOf(process));
        try (OutputStream out = Files.newOutputStream(file);
                OutputStream plain = packed ? new GZIPOutputStream(out) : out) {
            plain.write(memory);
        }
        Files.setLastModifiedTime(file, FileTime.fromMillis(RECORDED_MS - 1));
        return file;
    }

    /** As when the unit is stopped. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
