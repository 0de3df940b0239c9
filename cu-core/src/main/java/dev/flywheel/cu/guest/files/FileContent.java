package dev.flywheel.cu.guest.files;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one regular file, in chunks that are made when they are first written, so that holes
 * cost nothing, and that copies share until one of them writes. The caller bounds the length.
 */
final class FileContent {
    static final int CHUNK_BYTES = 16 << 10;

    /**
     * Bytes from the start of a chunk, the others being zero; written in place only by the content
     * whose mark it carries.
     */
    private static final class Chunk {
        final byte[] bytes;
        final Mark owner;

        Chunk(byte[] bytes, Mark owner) {
            this.bytes = bytes;
            this.owner = owner;
        }
    }

    /** Tells owners apart; it is what it is. */
    private static final class Mark {}

    private @Nullable Chunk[] chunks = new @Nullable Chunk[0];
    private long length;

    /** Changed when a copy is made: from then on neither owns the chunks of before. */
    private Mark mark = new Mark();

    long length() {
        return length;
    }

    FileContent copy() {
        FileContent copy = new FileContent();
        copy.chunks = chunks.clone();
        copy.length = length;
        mark = new Mark();
        return copy;
    }

    /** At most {@code count} bytes from {@code position}, fewer at the end, none beyond it. */
    byte[] read(long position, long count) {
        int available = (int) Math.max(0, Math.min(count, length - position));
        byte[] bytes = new byte[available];
        int done = 0;
        while (done < available) {
            int index = (int) ((position + done) / CHUNK_BYTES);
            int at = (int) ((position + done) % CHUNK_BYTES);
            int piece = Math.min(available - done, CHUNK_BYTES - at);
            Chunk chunk = chunks[index];
            if (chunk != null && at < chunk.bytes.length) {
                int there = Math.min(piece, chunk.bytes.length - at);
                System.arraycopy(chunk.bytes, at, bytes, done, there);
            }
            done += piece;
        }
        return bytes;
    }

    /** Writes all of it, after zeros up to {@code position} where the file was shorter. */
    void write(long position, byte[] bytes) {
        setLength(Math.max(length, position + bytes.length));
        int done = 0;
        while (done < bytes.length) {
            int index = (int) ((position + done) / CHUNK_BYTES);
            int at = (int) ((position + done) % CHUNK_BYTES);
            int piece = Math.min(bytes.length - done, CHUNK_BYTES - at);
            System.arraycopy(bytes, done, writable(index, at + piece), at, piece);
            done += piece;
        }
    }

    /** Cuts the file, or appends zeros. */
    void setLength(long wanted) {
        int count = Math.toIntExact((wanted + CHUNK_BYTES - 1) / CHUNK_BYTES);
        if (count != chunks.length) {
            chunks = Arrays.copyOf(chunks, count);
        }
        if (wanted < length && wanted % CHUNK_BYTES != 0) {
            // What was cut off must read as zeros if the file grows again.
            int kept = (int) (wanted % CHUNK_BYTES);
            Chunk last = chunks[count - 1];
            if (last != null && last.bytes.length > kept) {
                chunks[count - 1] = new Chunk(Arrays.copyOf(last.bytes, kept), mark);
            }
        }
        length = wanted;
    }

    /** The bytes of a chunk that may be written, at least {@code end} of them. */
    private byte[] writable(int index, int end) {
        Chunk chunk = chunks[index];
        if (chunk == null) {
            chunk = new Chunk(new byte[end], mark);
        } else if (chunk.bytes.length < end) {
            int room = Math.min(CHUNK_BYTES, Math.max(end, 2 * chunk.bytes.length));
            chunk = new Chunk(Arrays.copyOf(chunk.bytes, room), mark);
        } else if (chunk.owner != mark) {
            chunk = new Chunk(chunk.bytes.clone(), mark);
        }
        chunks[index] = chunk;
        return chunk.bytes;
    }
}
