package dev.flywheel.cu.checkpoint;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A linear memory as a stream of bytes from address 0 on, as the reference's compute unit gives and
 * takes it.
 */
public final class MemoryImage {
    /** Read from gzip at once. */
    private static final int COPY_BYTES = 64 << 10;

    /** How an image is packed. */
    public enum Coding {
        /** As it is. */
        RAW,
        /** As the reference stores it. */
        GZIP
    }

    private MemoryImage() {}

    /** An image is not what it should be. Nothing of it was kept. */
    public static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String why) {
            super("memory image refused: " + why);
        }
    }

    /**
     * Reads an image to its end and keeps nothing of it.
     *
     * @param bytesMax as for taking it
     * @return its length
     * @throws RefusedException when it would not be taken
     */
    public static long check(InputStream in, Coding coding, long bytesMax) throws IOException {
        InputStream plain = unpacked(in, coding);
        byte[] page = new byte[CheckpointLimits.PAGE_BYTES];
        long bytes = 0;
        int count = page.length;
        while (count == page.length) {
            count = fill(plain, page);
            bytes += count;
            checkNotTooLong(bytes, Math.min(bytesMax, CheckpointLimits.MEMORY_BYTES_MAX));
        }
        checkIsMemory(bytes);
        return bytes;
    }

    private static void checkNotTooLong(long bytes, long max) throws RefusedException {
        if (bytes > max) {
            throw new RefusedException("longer than a memory may be: max=" + max);
        }
    }

    private static void checkIsMemory(long bytes) throws RefusedException {
        if (bytes == 0 || bytes % CheckpointLimits.MEMORY_UNIT_BYTES != 0) {
            throw new RefusedException(
                    "not the length of a memory: bytes=%d, not a multiple of %d"
                            .formatted(bytes, CheckpointLimits.MEMORY_UNIT_BYTES));
        }
    }

    /**
     * Passes the pages of an image to a writer, one frame in memory at a time.
     *
     * @param bytesMax longest image; a longer one is refused as soon as it shows, whatever its
     *     packed length
     * @return the tree of the memory
     */
    static StateTree copy(InputStream in, Coding coding, long bytesMax, CheckpointWriter writer)
            throws IOException {
        StateTree tree = new StateTree();
        byte[] page = new byte[CheckpointLimits.PAGE_BYTES];
        byte[] hash = new byte[Layout.HASH_BYTES];
        long max = Math.min(bytesMax, CheckpointLimits.MEMORY_BYTES_MAX);
        InputStream plain = unpacked(in, coding);
        long bytes = 0;
        for (int at = 0; ; at++) {
            int count = fill(plain, page);
            if (count == 0) {
                break;
            }
            bytes += count;
            checkNotTooLong(bytes, max);
            if (count < page.length) {
                break;
            }
            tree.hash(page, 0, hash, 0);
            tree.put(at, hash, 0);
            if (tree.isZeroPage(at)) {
                writer.zero(at, 1);
            } else {
                System.arraycopy(page, 0, writer.buffer(), writer.at(), page.length);
                writer.page(at, hash, 0);
            }
        }
        checkIsMemory(bytes);
        tree.grow(bytes);
        return tree;
    }

    private static InputStream unpacked(InputStream in, Coding coding) throws IOException {
        if (coding == Coding.RAW) {
            return in;
        }
        try {
            return new GZIPInputStream(new Unclosed(in), COPY_BYTES);
        } catch (ZipException | EOFException e) {
            throw new RefusedException("no gzip");
        }
    }

    /** The stream stays the caller's. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }

    private static int fill(InputStream in, byte[] page) throws IOException {
        try {
            return in.readNBytes(page, 0, page.length);
        } catch (ZipException e) {
            throw new RefusedException("damaged gzip");
        } catch (EOFException e) {
            throw new RefusedException("cut short");
        }
    }
}
