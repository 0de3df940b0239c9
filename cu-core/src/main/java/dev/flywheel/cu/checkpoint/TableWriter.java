package dev.flywheel.cu.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * The table of a file that is being written.
 *
 * <pre>
 *   4  number of frames, and for each
 *        4  plain length   4  stored length   4  coding   4  number of runs   32  hash
 *        for each run of pages    4  first page   4  number of pages
 *   4  number of zero runs, and for each  4  first page   4  number of pages
 * </pre>
 *
 * <p>The hash of a frame is SHA-256 over the SHA-256 of each of its pages, which a {@link
 * StateTree} has at hand.
 */
final class TableWriter {
    private final Runs zeros = new Runs();
    private final Runs frame = new Runs();
    private final ByteArrayOutputStream frames = new ByteArrayOutputStream();
    private int count;

    /** Runs of pages in ascending order; what touches becomes one. */
    private static final class Runs {
        private final ByteArrayOutputStream done = new ByteArrayOutputStream();
        private int count;
        private int first;
        private int end = -1;

        void add(int page, int pages) {
            assert page >= end : "page=" + page + " end=" + end;
            if (page == end) {
                end += pages;
                return;
            }
            flush();
            first = page;
            end = page + pages;
        }

        private void flush() {
            if (end >= 0) {
                done.writeBytes(
                        ByteBuffer.allocate(Layout.RUN_BYTES)
                                .putInt(first)
                                .putInt(end - first)
                                .array());
                count++;
                end = -1;
            }
        }

        /** Ends the last run; the number of all. */
        int end() {
            flush();
            return count;
        }

        /** The runs, which are forgotten. */
        byte[] take() {
            byte[] runs = done.toByteArray();
            done.reset();
            count = 0;
            return runs;
        }
    }

    void zero(int page, int pages) {
        zeros.add(page, pages);
    }

    /** A page of the frame that is being filled. */
    void page(int page) {
        frame.add(page, 1);
    }

    void endFrame(int plainBytes, int storedBytes, int coding, byte[] hash) {
        frames.writeBytes(
                ByteBuffer.allocate(Layout.FRAME_FIXED_BYTES)
                        .putInt(plainBytes)
                        .putInt(storedBytes)
                        .putInt(coding)
                        .putInt(frame.end())
                        .put(hash)
                        .array());
        frames.writeBytes(frame.take());
        count++;
    }

    byte[] end() {
        ByteArrayOutputStream table = new ByteArrayOutputStream(8 + frames.size());
        table.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(count).array());
        table.writeBytes(frames.toByteArray());
        table.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(zeros.end()).array());
        table.writeBytes(zeros.take());
        return table.toByteArray();
    }
}
