package dev.flywheel.node.gateway;

import dev.flywheel.platform.sql.Durability;
import dev.flywheel.platform.sql.SqlSession;
import dev.flywheel.platform.sql.SqlStore;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tag;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All that the gateway keeps, in one directory: a SQLite file with entries, the index of what they
 * can be found by, and blocks mined by hand; beside it files with large data. What {@link #put}
 * returned survives {@code kill -9}. Thread-safe.
 */
public final class ItemStore implements AutoCloseable {
    private static final List<String> SCHEMA =
            List.of(
                    """
                    CREATE TABLE IF NOT EXISTS item(
                        seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, signature_type INTEGER NOT NULL,
                        signature BLOB NOT NULL, owner BLOB NOT NULL, owner_address TEXT NOT NULL, target BLOB, anchor BLOB NOT NULL,
                        tags BLOB NOT NULL, data_bytes INTEGER NOT NULL, data_hash BLOB, height INTEGER NOT NULL,
                        received_ms INTEGER NOT NULL, parent BLOB, quantity TEXT NOT NULL, reward TEXT NOT NULL, data_root BLOB NOT NULL,
                        data BLOB)
                    """,
                    "CREATE INDEX IF NOT EXISTS item_height ON item(height)",
                    "CREATE INDEX IF NOT EXISTS item_root ON item(data_root) WHERE length(data_root) > 0",
                    "CREATE INDEX IF NOT EXISTS item_pending ON item(seq) WHERE data_hash IS NULL",
                    "CREATE TABLE IF NOT EXISTS posting(key BLOB, seq INTEGER, PRIMARY KEY(key, seq)) WITHOUT ROWID",
                    "CREATE TABLE IF NOT EXISTS chain(height INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL)",
                    "CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value BLOB NOT NULL)",
                    """
                    CREATE TABLE IF NOT EXISTS chunk(
                        data_root BLOB NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, hash BLOB NOT NULL,
                        PRIMARY KEY(data_root, start))
                    """,
                    "CREATE INDEX IF NOT EXISTS chunk_hash ON chunk(hash)");

    private final InstantSource clock;
    private final SqlStore sql;
    private final DataFiles files;
    private final LocalChain chain;
    private final ChunkStore chunks;

    private ItemStore(
            InstantSource clock,
            SqlStore sql,
            DataFiles files,
            DataFiles chunkFiles,
            LocalChain chain) {
        this.clock = clock;
        this.sql = sql;
        this.files = files;
        this.chain = chain;
        this.chunks = new ChunkStore(sql, files, chunkFiles);
    }

    /**
     * Opens or creates the store.
     *
     * @throws UncheckedIOException when the directory cannot be used
     */
    public static ItemStore open(Path directory, InstantSource clock) {
        try {
            Files.createDirectories(directory);
            SqlStore sql =
                    SqlStore.open(
                            directory.resolve("items.sqlite"),
                            SCHEMA,
                            Durability.ACK_SURVIVES_KILL);
            LocalChain chain = chain(sql, clock);
            DataFiles files = new DataFiles(directory.resolve("data"));
            return new ItemStore(
                    clock, sql, files, new DataFiles(directory.resolve("chunks")), chain);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the gateway's store cannot be opened directory=" + directory, e);
        }
    }

    private static LocalChain chain(SqlStore sql, InstantSource clock) {
        byte[] fresh = new byte[32];
        new SecureRandom().nextBytes(fresh);
        byte[] seed =
                sql.write(
                        session -> {
                            session.update(
                                    "INSERT OR IGNORE INTO meta VALUES('chain-seed', ?)",
                                    (Object) fresh);
                            session.update(
                                    "INSERT INTO chain SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM chain)",
                                    LocalChain.GENESIS_HEIGHT,
                                    clock.millis() / 1_000 * 1_000);
                            return session.first(
                                            "SELECT value FROM meta WHERE name = 'chain-seed'",
                                            row -> row.getBytes(1))
                                    .orElseThrow();
                        });
        Map<Long, Long> anchors = new TreeMap<>();
        sql.read(
                session ->
                        session.query(
                                "SELECT height, time_ms FROM chain ORDER BY height",
                                row -> anchors.put(row.getLong(1), row.getLong(2))));
        return new LocalChain(clock, seed, anchors);
    }

    LocalChain chain() {
        return chain;
    }

    /**
     * Brings a block now, when there is room for one more ({@link GatewayLimits#MINED_BLOCKS_MAX}).
     */
    void mine() {
        sql.write(
                session -> {
                    if (chain.anchorCount() >= GatewayLimits.MINED_BLOCKS_MAX) {
                        return 0;
                    }
                    LocalChain.Anchor mined = chain.mine();
                    return session.update(
                            "INSERT INTO chain VALUES(?, ?)", mined.height(), mined.timeMs());
                });
    }

    /**
     * Keeps an entry and its data, unless its id is known already.
     *
     * @param entry its seq, height and time of arrival are ignored: the store gives them
     * @param data parts of the data in order, or null when they come later as chunks
     * @return the entry as it is kept
     */
    public GatewayItem put(GatewayItem entry, @Nullable List<ByteBuffer> data) {
        byte[] hash = null;
        byte[] inlined = null;
        if (data != null) {
            hash = hash(data);
            if (entry.dataBytes() <= GatewayLimits.INLINE_DATA_BYTES_MAX) {
                inlined = joined(data, (int) entry.dataBytes());
            } else {
                putFile(hash, data);
            }
        }
        return insertOnce(entry, hash, inlined);
    }

    private GatewayItem insertOnce(
            GatewayItem entry, byte @Nullable [] hash, byte @Nullable [] inlined) {
        return sql.write(
                session -> {
                    GatewayItem known = Rows.find(session, entry.id());
                    if (known != null) {
                        return known;
                    }
                    insert(session, entry, hash, inlined);
                    return Rows.require(session, entry.id());
                });
    }

    private void insert(
            SqlSession session,
            GatewayItem entry,
            byte @Nullable [] hash,
            byte @Nullable [] inlined)
            throws SQLException {
        long newest =
                session.first(
                                "SELECT height FROM item ORDER BY seq DESC LIMIT 1",
                                row -> row.getLong(1))
                        .orElse(0L);
        long height =
                Math.max(
                        newest,
                        chain.height()); // so that the order of arrival is the order of heights
        session.update(
                "INSERT INTO item VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                entry.id().bytes(),
                entry.kind().name(),
                (long) entry.signatureType(),
                entry.signature(),
                entry.owner(),
                entry.ownerAddress(),
                entry.target() == null ? null : entry.target().bytes(),
                entry.anchor(),
                entry.tags().encode(),
                entry.dataBytes(),
                hash,
                height,
                clock.millis(),
                entry.parent() == null ? null : entry.parent().bytes(),
                entry.quantity(),
                entry.reward(),
                entry.dataRoot(),
                inlined);
        long seq = session.first("SELECT last_insert_rowid()", row -> row.getLong(1)).orElseThrow();
        post(session, seq, Posting.owner(entry.ownerAddress()));
        if (entry.target() != null) {
            post(session, seq, Posting.recipient(entry.target().toString()));
        }
        if (entry.parent() != null) {
            post(session, seq, Posting.parent(entry.parent().toString()));
        }
        for (Tag tag : entry.tags()) {
            post(session, seq, Posting.tag(tag.name(), tag.value()));
        }
    }

    private static void post(SqlSession session, long seq, byte[] key) throws SQLException {
        session.update("INSERT OR IGNORE INTO posting VALUES(?, ?)", key, seq);
    }

    /** The entry with this id, or null. */
    public @Nullable GatewayItem find(Id id) {
        return sql.read(session -> Optional.ofNullable(Rows.find(session, id))).orElse(null);
    }

    /** One page of what a query asks for. */
    public TransactionQuery.Page query(TransactionQuery query) {
        return sql.read(session -> new QueryPlan(session, query).run());
    }

    /**
     * Ids of the entries in a block, oldest first, at most {@link
     * GatewayLimits#BLOCK_TRANSACTIONS_MAX}.
     */
    List<Id> idsAt(long height) {
        return sql.read(
                session ->
                        session.query(
                                "SELECT id FROM item WHERE height = ? AND parent IS NULL ORDER BY seq LIMIT ?",
                                row -> Id.of(row.getBytes(1)),
                                height,
                                (long) GatewayLimits.BLOCK_TRANSACTIONS_MAX));
    }

    /** All data of an entry, which must have arrived. */
    public byte[] data(GatewayItem item) {
        byte[] inline = inlineData(item);
        if (inline != null) {
            return inline;
        }
        try {
            return files.read(hashOf(item));
        } catch (IOException e) {
            throw new UncheckedIOException("data of an entry is unreadable id=" + item.id(), e);
        }
    }

    /** Writes a part of an entry's data. */
    void copyData(GatewayItem item, long from, long length, OutputStream out) throws IOException {
        byte[] inline = inlineData(item);
        if (inline != null) {
            out.write(inline, (int) from, (int) length);
        } else {
            files.copy(hashOf(item), from, length, out);
        }
    }

    private static byte[] hashOf(GatewayItem item) {
        byte[] hash = item.dataHash();
        if (hash == null) {
            throw new IllegalStateException("data has not arrived id=" + item.id());
        }
        return hash;
    }

    private byte @Nullable [] inlineData(GatewayItem item) {
        if (item.dataBytes() > GatewayLimits.INLINE_DATA_BYTES_MAX) {
            return null;
        }
        return sql.read(
                        session ->
                                session.first(
                                        "SELECT data FROM item WHERE seq = ? AND data IS NOT NULL",
                                        row -> row.getBytes(1),
                                        item.seq()))
                .orElse(null);
    }

    /** Entries kept so far, in all and with data still missing. */
    public Counts counts() {
        return sql.read(
                session ->
                        new Counts(
                                session.first("SELECT max(seq) FROM item", row -> row.getLong(1))
                                        .orElse(0L),
                                session.first(
                                                "SELECT count(*) FROM item WHERE data_hash IS NULL",
                                                row -> row.getLong(1))
                                        .orElse(0L)));
    }

    /** Numbers for metrics. */
    public record Counts(long items, long pending) {}

    /** The store of chunks that shares this file. */
    ChunkStore chunks() {
        return chunks;
    }

    private void putFile(byte[] hash, List<ByteBuffer> data) {
        try {
            files.put(hash, data);
        } catch (IOException e) {
            throw new UncheckedIOException("the gateway cannot keep data (is the disk full?)", e);
        }
    }

    private static byte[] joined(List<ByteBuffer> parts, int bytes) {
        ByteBuffer all = ByteBuffer.allocate(bytes);
        parts.forEach(part -> all.put(part.duplicate()));
        return all.array();
    }

    static byte[] hash(List<ByteBuffer> parts) {
        MessageDigest sha = DataFiles.sha256();
        parts.forEach(part -> sha.update(part.duplicate()));
        return sha.digest();
    }

    @Override
    public void close() {
        sql.close();
    }

    /** Text for a list of {@code n} parameters. */
    static String marks(int n) {
        return "?,"
                .repeat(n)
                .chars()
                .limit(2L * n - 1)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }
}
