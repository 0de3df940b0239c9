package dev.flywheel.cu.checkpoint;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One file that is read. Opening it looks at both ends and the manifest; whether every byte is as
 * it was written is another question, see {@link #verifyBytes}. One thread.
 */
final class CheckpointReader implements AutoCloseable {
    /** Read at once: stays in the processor's cache from the read to the hash. */
    private static final int CHUNK_BYTES = 128 << 10;

    private final Path file;
    private final CheckpointFiles.Input in;
    private final MessageDigest digest = Hashes.sha256();
    private long bytes;
    private long tableAt;
    private int tableBytes;
    private byte[] end = new byte[Layout.HASH_BYTES];
    private @Nullable CheckpointManifest manifest;
    private @Nullable FrameTable table;

    private CheckpointReader(Path file, CheckpointFiles.Input in) {
        this.file = file;
        this.in = in;
    }

    /**
     * @throws CheckpointDamagedException when what is looked at is no checkpoint
     * @throws java.nio.file.NoSuchFileException when it is not there
     */
    static CheckpointReader open(CheckpointFiles files, Path file) throws IOException {
        CheckpointReader reader = new CheckpointReader(file, files.open(file));
        try {
            reader.readEnds();
            return reader;
        } catch (IOException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private void readEnds() throws IOException {
        bytes = in.bytes();
        if (bytes < Layout.HEAD_BYTES + Layout.TRAILER_BYTES
                || bytes > CheckpointLimits.FILE_BYTES_MAX) {
            throw damaged(0, "not the length of a checkpoint: bytes=" + bytes);
        }
        ByteBuffer head = read(0, Layout.HEAD_BYTES);
        if (!starts(head, Layout.HEAD_MAGIC)) {
            throw damaged(0, "not a checkpoint");
        }
        if (head.getInt() != Layout.VERSION || head.getInt() != 0) {
            throw damaged(8, "a version that this program does not know");
        }
        long trailerAt = bytes - Layout.TRAILER_BYTES;
        ByteBuffer trailer = read(trailerAt, Layout.TRAILER_BYTES);
        tableAt = trailer.getLong();
        tableBytes = trailer.getInt();
        int manifestBytes = trailer.getInt();
        if (!starts(trailer, Layout.END_MAGIC)) {
            throw damaged(trailerAt, "cut short, or its end is damaged");
        }
        trailer.get(end);
        if (tableBytes < 0
                || tableBytes > CheckpointLimits.TABLE_BYTES_MAX
                || manifestBytes < 0
                || manifestBytes > CheckpointLimits.MANIFEST_BYTES_MAX
                || tableAt != trailerAt - manifestBytes - tableBytes
                || tableAt < Layout.HEAD_BYTES) {
            throw damaged(trailerAt, "parts do not fit the file");
        }
        try {
            manifest = ManifestJson.read(read(manifestAt(), manifestBytes).array());
        } catch (IllegalArgumentException e) {
            throw damaged(manifestAt(), String.valueOf(e.getMessage()));
        }
    }

    private static boolean starts(ByteBuffer buffer, byte[] magic) {
        byte[] found = new byte[magic.length];
        buffer.get(found);
        return Arrays.equals(found, magic);
    }

    private ByteBuffer read(long offset, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        readInto(buffer, offset);
        return buffer.flip();
    }

    private void readInto(ByteBuffer buffer, long offset) throws IOException {
        try {
            in.read(buffer, offset);
        } catch (EOFException e) {
            throw damaged(offset, "it got shorter while it was read");
        }
    }

    CheckpointDamagedException damaged(long offset, String why) {
        return new CheckpointDamagedException(file, offset, why);
    }

    Path file() {
        return file;
    }

    CheckpointManifest manifest() {
        return Objects.requireNonNull(manifest, "open reads it");
    }

    long manifestAt() {
        return tableAt + tableBytes;
    }

    int tableBytes() {
        return tableBytes;
    }

    long bytes() {
        return bytes;
    }

    /** Its last bytes, in hexadecimal. */
    String end() {
        return HexFormat.of().formatHex(end);
    }

    /** Its table, read at the first call. */
    FrameTable table() throws IOException {
        if (table == null) {
            CheckpointManifest of = manifest();
            try {
                table = new FrameTable(read(tableAt, tableBytes), tableAt, of.pages(), of.isFull());
            } catch (IllegalArgumentException e) {
                throw damaged(tableAt, String.valueOf(e.getMessage()));
            }
        }
        return table;
    }

    /**
     * Reads all of it.
     *
     * @throws CheckpointDamagedException when a byte differs from what was written
     */
    void verifyBytes() throws IOException {
        digest.reset();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        long until = bytes - Layout.HASH_BYTES;
        for (long at = 0; at < until; at += chunk.limit()) {
            chunk.clear().limit((int) Math.min(CHUNK_BYTES, until - at));
            readInto(chunk, at);
            digest.update(chunk.array(), 0, chunk.limit());
        }
        if (!Arrays.equals(digest.digest(), end)) {
            throw locate();
        }
    }

    /** Where the damage is, as far as the frames tell. */
    private CheckpointDamagedException locate() throws IOException {
        try (Frame frame = new Frame(this)) {
            for (int i = 0; i < table().frames(); i++) {
                frame.load(i, new StateTree());
            }
        } catch (CheckpointDamagedException e) {
            return e;
        }
        return damaged(
                tableAt,
                "its hash differs, yet each frame holds: table, manifest or the hash itself");
    }

    /** One frame at a time of a file, plain, with the hashes of its pages. Owns two buffers. */
    static final class Frame implements AutoCloseable {
        final byte[] plain = new byte[CheckpointLimits.FRAME_BYTES_MAX];
        final byte[] hashes = new byte[CheckpointLimits.FRAME_PAGES_MAX * Layout.HASH_BYTES];
        private final byte[] stored = new byte[CheckpointLimits.FRAME_BYTES_MAX];
        private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
        private final CheckpointReader reader;
        private int loaded = FrameTable.ZERO;

        Frame(CheckpointReader reader) {
            this.reader = reader;
        }

        /**
         * Nothing where it is loaded already.
         *
         * @param hasher hashes the pages; is not changed
         * @throws CheckpointDamagedException when its hash differs; the buffers hold nothing then
         */
        void load(int frame, StateTree hasher) throws IOException {
            if (frame == loaded) {
                return;
            }
            loaded = FrameTable.ZERO;
            FrameTable table = reader.table();
            int plainBytes = table.plainBytes(frame);
            int storedBytes = table.storedBytes(frame);
            long at = table.offset(frame);
            boolean packed = storedBytes < plainBytes;
            reader.readInto(ByteBuffer.wrap(packed ? stored : plain, 0, storedBytes), at);
            if (packed) {
                int length;
                try {
                    // Never more than there is room for, whatever the frame says of itself.
                    length = zstd.decompressByteArray(plain, 0, plainBytes, stored, 0, storedBytes);
                } catch (ZstdException e) {
                    throw reader.damaged(at, "a frame is no zstd");
                }
                if (length != plainBytes) {
                    throw reader.damaged(at, "a frame has another length");
                }
            }
            int pages = plainBytes / CheckpointLimits.PAGE_BYTES;
            for (int i = 0; i < pages; i++) {
                hasher.hash(plain, i * CheckpointLimits.PAGE_BYTES, hashes, i * Layout.HASH_BYTES);
            }
            reader.digest.reset();
            reader.digest.update(hashes, 0, pages * Layout.HASH_BYTES);
            if (!table.isHash(frame, reader.digest.digest())) {
                throw reader.damaged(at, "a frame has another hash");
            }
            loaded = frame;
        }

        @Override
        public void close() {
            zstd.close();
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
