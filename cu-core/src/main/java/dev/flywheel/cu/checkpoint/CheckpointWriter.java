package dev.flywheel.cu.checkpoint;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Writes one file from its first byte to its last: pages in ascending order, then the end. Holds
 * two frames, whatever the memory's size. One thread.
 */
final class CheckpointWriter implements AutoCloseable {
    /** Half the time of level 3 for a few per cent of the length: pauses count here. */
    private static final int LEVEL = 1;

    private final CheckpointFiles.Output out;
    private final MessageDigest all = Hashes.sha256();
    private final MessageDigest frameHash = Hashes.sha256();
    private final TableWriter table = new TableWriter();
    private final ZstdCompressCtx zstd = new ZstdCompressCtx();
    private final byte[] plain = new byte[CheckpointLimits.FRAME_BYTES_MAX];
    private final byte[] stored =
            new byte[(int) Zstd.compressBound(CheckpointLimits.FRAME_BYTES_MAX)];
    private int filled;
    private long bytes;

    /** The output stays the caller's. */
    CheckpointWriter(CheckpointFiles.Output out) throws IOException {
        this.out = out;
        zstd.setLevel(LEVEL).setChecksum(false).setContentSize(true);
        append(
                ByteBuffer.allocate(Layout.HEAD_BYTES)
                        .put(Layout.HEAD_MAGIC)
                        .putInt(Layout.VERSION)
                        .array(),
                Layout.HEAD_BYTES);
    }

    /** Pages that hold only zeros now. */
    void zero(int page, int pages) {
        table.zero(page, pages);
    }

    /** Where the next page's bytes are to be put, see {@link #page}. */
    byte[] buffer() {
        return plain;
    }

    /** From where in {@link #buffer}. */
    int at() {
        return filled;
    }

    /** The page whose bytes were put into the buffer, with its hash. */
    void page(int page, byte[] hash, int offset) throws IOException {
        table.page(page);
        frameHash.update(hash, offset, Layout.HASH_BYTES);
        filled += CheckpointLimits.PAGE_BYTES;
        if (filled == plain.length) {
            endFrame();
        }
    }

    private void endFrame() throws IOException {
        if (filled == 0) {
            return;
        }
        int length = zstd.compressByteArray(stored, 0, stored.length, plain, 0, filled);
        byte[] hash = frameHash.digest();
        if (length < filled) {
            append(stored, length);
            table.endFrame(filled, length, Layout.ZSTD, hash);
        } else {
            append(plain, filled);
            table.endFrame(filled, filled, Layout.PLAIN, hash);
        }
        filled = 0;
    }

    /**
     * Writes the rest and sees it onto the disk.
     *
     * @return the file's last bytes, by which a delta names it
     * @throws IllegalArgumentException when the manifest is too long
     */
    byte[] end(CheckpointManifest manifest) throws IOException {
        endFrame();
        byte[] json = ManifestJson.write(manifest);
        byte[] entries = table.end();
        long tableAt = bytes;
        append(entries, entries.length);
        append(json, json.length);
        ByteBuffer trailer =
                ByteBuffer.allocate(Layout.TRAILER_BYTES - Layout.HASH_BYTES)
                        .putLong(tableAt)
                        .putInt(entries.length)
                        .putInt(json.length)
                        .put(Layout.END_MAGIC);
        append(trailer.array(), trailer.capacity());
        byte[] end = all.digest();
        out.write(ByteBuffer.wrap(end));
        bytes += end.length;
        out.sync();
        return end;
    }

    private void append(byte[] source, int length) throws IOException {
        all.update(source, 0, length);
        out.write(ByteBuffer.wrap(source, 0, length));
        bytes += length;
    }

    /** Bytes written. */
    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        zstd.close();
    }
}
