package dev.flywheel.node.gateway;

import dev.flywheel.platform.sql.SqlSession;
import dev.flywheel.platform.sql.SqlStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chunks of transactions whose data is not whole yet. Each chunk was proven to belong to its data
 * root. Thread-safe.
 */
final class ChunkStore {
    private final SqlStore sql;
    private final DataFiles files;
    private final DataFiles chunkFiles;

    /** A transaction that waits: the size of its data. */
    private record Waiting(long seq, long dataBytes) {}

    @SuppressWarnings("ArrayRecordComponent") // a row, never compared
    private record Kept(long start, long end, byte[] hash) {}

    ChunkStore(SqlStore sql, DataFiles files, DataFiles chunkFiles) {
        this.sql = sql;
        this.files = files;
        this.chunkFiles = chunkFiles;
    }

    /** Size of the data that a transaction with this root waits for, or null when none waits. */
    @Nullable Long waitingBytes(byte[] dataRoot) {
        return sql.read(session -> waiting(session, dataRoot)).map(Waiting::dataBytes).orElse(null);
    }

    /** Whether a transaction with this root has all its data. */
    boolean isComplete(byte[] dataRoot) {
        return sql.read(
                session ->
                        session.first(
                                        "SELECT 1 FROM item WHERE data_root = ? AND length(data_root) > 0 LIMIT 1",
                                        row -> row.getInt(1),
                                        (Object) dataRoot)
                                .isPresent());
    }

    /** Keeps one proven chunk, and completes the transaction when it was the last. */
    void add(byte[] dataRoot, DataRoot.Span span, byte[] chunk) {
        try {
            byte[] hash = DataRoot.sha256(chunk);
            chunkFiles.put(hash, List.of(ByteBuffer.wrap(chunk)));
            sql.write(
                    session ->
                            session.update(
                                    "INSERT OR IGNORE INTO chunk VALUES(?, ?, ?, ?)",
                                    dataRoot,
                                    span.from(),
                                    span.to(),
                                    hash));
            complete(dataRoot);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the gateway cannot keep a chunk (is the disk full?)", e);
        }
    }

    /** One at a time: two last chunks may arrive together. */
    private synchronized void complete(byte[] dataRoot) throws IOException {
        Waiting waiting = sql.read(session -> waiting(session, dataRoot)).orElse(null);
        List<Kept> chunks =
                sql.read(
                        session ->
                                session.query(
                                        "SELECT start, end, hash FROM chunk WHERE data_root = ? ORDER BY start",
                                        row ->
                                                new Kept(
                                                        row.getLong(1),
                                                        row.getLong(2),
                                                        row.getBytes(3)),
                                        (Object) dataRoot));
        if (waiting == null || !isWhole(chunks, waiting.dataBytes())) {
            return;
        }
        byte[] hash = files.join(chunkFiles, chunks.stream().map(Kept::hash).toList());
        byte[] inline =
                waiting.dataBytes() <= GatewayLimits.INLINE_DATA_BYTES_MAX
                        ? files.read(hash)
                        : null;
        sql.write(
                session -> {
                    session.update(
                            "UPDATE item SET data_hash = ?, data = ? WHERE data_root = ?"
                                    + " AND length(data_root) > 0 AND data_bytes = ? AND data_hash IS NULL",
                            hash,
                            inline,
                            dataRoot,
                            waiting.dataBytes());
                    return session.update(
                            "DELETE FROM chunk WHERE data_root = ?", (Object) dataRoot);
                });
        for (Kept kept : chunks) {
            if (!isWanted(kept.hash())) {
                chunkFiles.delete(kept.hash());
            }
        }
    }

    /** Two transactions may wait for chunks of equal content. */
    private boolean isWanted(byte[] hash) {
        return sql.read(
                session ->
                        session.first(
                                        "SELECT 1 FROM chunk WHERE hash = ? LIMIT 1",
                                        row -> row.getInt(1),
                                        (Object) hash)
                                .isPresent());
    }

    private static boolean isWhole(List<Kept> chunks, long bytes) {
        long at = 0;
        for (Kept kept : chunks) {
            if (kept.start() != at) {
                return false;
            }
            at = kept.end();
        }
        return at == bytes;
    }

    private static Optional<Waiting> waiting(SqlSession session, byte[] dataRoot)
            throws SQLException {
        return session.first(
                "SELECT seq, data_bytes FROM item WHERE data_root = ? AND length(data_root) > 0 AND data_hash IS NULL LIMIT 1",
                row -> new Waiting(row.getLong(1), row.getLong(2)),
                (Object) dataRoot);
    }
}
