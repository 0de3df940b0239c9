package dev.flywheel.platform.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One SQLite file: a write connection and a few read connections. Writes are transactions, one at a
 * time; the unit that owns the file has one writer, so that nobody waits. Readers see the last
 * commit and are never held up by the writer.
 */
public final class SqlStore implements AutoCloseable {
    /**
     * Readers on virtual threads beyond this wait a moment; more connections than cores gain
     * nothing.
     */
    private static final int READERS = 4;

    /** A read takes microseconds; who waits this long has found a bug or a dead disk. */
    private static final int READER_WAIT_MS = 30_000;

    private final Path file;
    private final SqlSession writer;
    private final ReentrantLock writing = new ReentrantLock();
    private final BlockingQueue<SqlSession> readers = new ArrayBlockingQueue<>(READERS);
    private volatile boolean closed;

    private SqlStore(Path file, SqlSession writer) {
        this.file = file;
        this.writer = writer;
    }

    /**
     * Opens or creates the file and runs the schema's statements (each must be safe to repeat:
     * {@code create table if not exists}).
     *
     * @throws SqlStoreException when the file cannot be opened or is damaged; the text names it
     */
    public static SqlStore open(Path file, List<String> schema, Durability durability) {
        List<Connection> opened = new ArrayList<>();
        try {
            Connection write = connect(file, durability);
            opened.add(write);
            try (Statement statement = write.createStatement()) {
                for (String sql : schema) {
                    statement.execute(sql);
                }
            }
            write.setAutoCommit(false);
            SqlStore store = new SqlStore(file, new SqlSession(write));
            for (int i = 0; i < READERS; i++) {
                Connection read = connect(file, durability);
                opened.add(read);
                try (Statement statement = read.createStatement()) {
                    statement.execute("pragma query_only = true");
                }
                store.readers.add(new SqlSession(read));
            }
            return store;
        } catch (SQLException e) {
            SqlStoreException failure = new SqlStoreException("cannot open the store", file, e);
            for (Connection connection : opened) {
                closeQuietly(connection, failure);
            }
            throw failure;
        }
    }

    private static Connection connect(Path file, Durability durability) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("pragma journal_mode = wal");
            statement.execute("pragma synchronous = " + durability.synchronous());
            statement.execute("pragma busy_timeout = 10000");
            statement.execute("pragma temp_store = memory");
            statement.execute("pragma cache_size = -16384"); // 16 MiB a connection
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    private static void closeQuietly(Connection connection, SqlStoreException failure) {
        try {
            connection.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Runs {@code work} as one transaction: committed when it returns, undone when it throws.
     *
     * @throws SqlStoreException when the work or the commit failed (disk full, file damaged);
     *     nothing of it remains
     */
    public <T> T write(SqlWork<T> work) {
        writing.lock();
        try {
            requireOpen();
            T result = work.run(writer);
            writer.connection().commit();
            return result;
        } catch (SQLException e) {
            SqlStoreException failure = new SqlStoreException("write failed", file, e);
            rollback(failure);
            throw failure;
        } catch (RuntimeException | Error e) {
            rollback(e);
            throw e;
        } finally {
            writing.unlock();
        }
    }

    private void rollback(Throwable failure) {
        try {
            if (!closed) {
                writer.connection().rollback();
            }
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Runs {@code work} on a read connection.
     *
     * @throws SqlStoreException when it failed
     */
    public <T> T read(SqlWork<T> work) {
        requireOpen();
        SqlSession session = reader();
        try {
            return work.run(session);
        } catch (SQLException e) {
            throw new SqlStoreException("read failed", file, e);
        } finally {
            readers.add(session);
        }
    }

    private SqlSession reader() {
        try {
            SqlSession session = readers.poll(READER_WAIT_MS, TimeUnit.MILLISECONDS);
            if (session == null) {
                throw new SqlStoreException(
                        "no read connection became free in " + READER_WAIT_MS + " ms", file, null);
            }
            return session;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SqlStoreException("interrupted while waiting for a read connection", file, e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new SqlStoreException("store is closed", file, null);
        }
    }

    /** Waits for the current work, then closes the file. Safe to repeat. */
    @Override
    public void close() {
        writing.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            SqlStoreException failure = new SqlStoreException("close failed", file, null);
            for (int i = 0; i < READERS; i++) {
                closeQuietly(reader().connection(), failure);
            }
            closeQuietly(writer.connection(), failure);
            if (failure.getSuppressed().length > 0) {
                throw failure;
            }
        } finally {
            writing.unlock();
        }
    }
}
