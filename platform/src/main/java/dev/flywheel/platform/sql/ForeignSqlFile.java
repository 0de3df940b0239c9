package dev.flywheel.platform.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A SQLite file that belongs to another program, only read, and never changed: nothing is written
 * into it or beside it. What its last user left in a write-ahead log counts; such a file is copied
 * with its log first, since SQLite could read the two only by writing beside them. One thread.
 *
 * <p>The file is not trusted: views, triggers and functions of its schema are not run by who asks
 * only {@linkplain #isTable tables}, and a damaged page ends the call that meets it.
 */
public final class ForeignSqlFile implements AutoCloseable {
    private static final String LOG = "-wal";

    private final Path file;
    private final Connection connection;
    private final SqlSession session;
    private final @Nullable Path copy;

    private ForeignSqlFile(Path file, Connection connection, @Nullable Path copy) {
        this.file = file;
        this.connection = connection;
        this.session = new SqlSession(connection);
        this.copy = copy;
    }

    /** What a file looked like, to see whether somebody writes to it. */
    private record Look(long bytes, @Nullable FileTime changed) {
        static Look at(Path file) throws IOException {
            return Files.exists(file)
                    ? new Look(Files.size(file), Files.getLastModifiedTime(file))
                    : new Look(0, null);
        }
    }

    /**
     * Opens it.
     *
     * @param scratch directory for a copy, on a disk with room for one; made when it is needed,
     *     removed by {@link #close}
     * @throws SqlStoreException when it is no SQLite file, or is being written; the text names it
     */
    public static ForeignSqlFile open(Path file, Path scratch) {
        Path copy = null;
        try {
            if (!Files.isRegularFile(file)) {
                throw new IOException("there is no such file");
            }
            Path log = Path.of(file + LOG);
            if (Look.at(log).bytes() > 0) {
                copy = copied(file, log, scratch);
            }
            // What nobody else writes needs no locks, and so no files beside it.
            String url =
                    "jdbc:sqlite:"
                            + (copy == null ? file : copy).toAbsolutePath().toUri()
                            + (copy == null ? "?mode=ro&immutable=1" : "");
            return opened(file, url, copy);
        } catch (IOException | SQLException e) {
            SqlStoreException failure = new SqlStoreException("cannot read the database", file, e);
            delete(copy, failure);
            throw failure;
        }
    }

    private static ForeignSqlFile opened(Path file, String url, @Nullable Path copy)
            throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        try (Statement statement = connection.createStatement()) {
            statement.execute("pragma query_only = true");
            statement.execute("pragma trusted_schema = false");
            statement.execute("pragma cell_size_check = true");
            statement.execute("pragma temp_store = memory");
            statement.executeQuery("select count(*) from sqlite_schema").close();
            return new ForeignSqlFile(file, connection, copy);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static Path copied(Path file, Path log, Path scratch) throws IOException {
        Look fileBefore = Look.at(file);
        Look logBefore = Look.at(log);
        Files.createDirectories(scratch);
        long free = Files.getFileStore(scratch).getUsableSpace();
        if (free < fileBefore.bytes() + logBefore.bytes()) {
            throw new IOException(
                    "it has a write-ahead log and is copied to be read, %d MiB; on the disk of %s are %d MiB free"
                            .formatted(
                                    (fileBefore.bytes() + logBefore.bytes()) >> 20,
                                    scratch,
                                    free >> 20));
        }
        Path copy = scratch.resolve("copy.sqlite");
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(log, Path.of(copy + LOG), StandardCopyOption.REPLACE_EXISTING);
        if (!Look.at(file).equals(fileBefore) || !Look.at(log).equals(logBefore)) {
            IOException busy =
                    new IOException(
                            "it is being written, so a program still uses it; stop that first");
            delete(copy, busy);
            throw busy;
        }
        return copy;
    }

    private static void delete(@Nullable Path copy, Exception failure) {
        if (copy == null) {
            return;
        }
        try {
            for (String end : List.of("", LOG, "-shm", "-journal")) {
                Files.deleteIfExists(Path.of(copy + end));
            }
            Path scratch = copy.getParent();
            if (scratch != null && Files.isDirectory(scratch, LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(scratch);
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Whether there is a plain table of this name with all these columns. */
    public boolean isTable(String table, List<String> columns) {
        return read(
                session -> {
                    boolean plain =
                            session.first(
                                            "select 1 from sqlite_schema where type = 'table' and name = ?"
                                                    + " and sql not like 'create virtual%'",
                                            row -> true, table)
                                    .isPresent();
                    return plain
                            && session.query(
                                            "select name from pragma_table_info(?)",
                                            row -> row.getString(1),
                                            table)
                                    .containsAll(columns);
                });
    }

    /**
     * Runs queries.
     *
     * @throws SqlStoreException when one failed
     */
    public <T> T read(SqlWork<T> work) {
        try {
            return work.run(session);
        } catch (SQLException e) {
            throw new SqlStoreException("cannot read the database", file, e);
        }
    }

    /** Closes it, and removes the copy. */
    @Override
    public void close() {
        SqlStoreException failure = new SqlStoreException("close failed", file, null);
        try {
            connection.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
        delete(copy, failure);
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }
}
