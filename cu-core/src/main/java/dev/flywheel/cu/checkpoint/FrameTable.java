package dev.flywheel.cu.checkpoint;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The table of a file as it is read: which runs of pages it has, in ascending order, and where. It
 * takes about twice the room of its bytes in the file; nothing is allocated for a number that the
 * bytes at hand do not bear out. Immutable.
 */
final class FrameTable {
    /** In place of a frame: the run is zero. */
    static final int ZERO = -1;

    private static final int COLUMNS = 4;
    private static final int FIRST = 0;
    private static final int END = 1;
    private static final int FRAME = 2;
    private static final int AT = 3;

    private final long[] offsets;
    private final int[] storedBytes;
    private final int[] plainBytes;
    private final byte[] hashes;

    /** First page, end, frame, page within the frame; run after run. */
    private int[] runs;

    private int runCount;
    private long dataPages;
    private long zeroPages;

    /**
     * @param bytes the table
     * @param framesEnd where the frames end in the file
     * @param pages of the memory
     * @param full whether each page must be there
     * @throws IllegalArgumentException when something does not fit
     */
    FrameTable(ByteBuffer bytes, long framesEnd, int pages, boolean full) {
        int frames =
                count(
                        bytes,
                        Layout.FRAME_FIXED_BYTES + Layout.RUN_BYTES,
                        CheckpointLimits.FRAMES_MAX);
        offsets = new long[frames];
        storedBytes = new int[frames];
        plainBytes = new int[frames];
        hashes = new byte[frames * Layout.HASH_BYTES];
        runs =
                new int
                        [COLUMNS
                                * Math.min(
                                        CheckpointLimits.RUNS_MAX,
                                        bytes.remaining() / Layout.RUN_BYTES)];
        long at = Layout.HEAD_BYTES;
        int end = 0;
        for (int i = 0; i < frames; i++) {
            end = frame(bytes, i, at, end, pages);
            at += storedBytes[i];
            require(at <= framesEnd, "frames reach beyond the table");
        }
        require(at == framesEnd, "frames do not reach the table");
        mergeZeros(bytes, pages);
        require(!bytes.hasRemaining(), "the table is longer than what is in it");
        require(!full || dataPages + zeroPages == pages, "a full checkpoint lacks pages");
    }

    private static int count(ByteBuffer bytes, int each, int max) {
        require(bytes.remaining() >= Integer.BYTES, "the table is cut");
        int count = bytes.getInt();
        require(count >= 0 && count <= max, "too many entries");
        require((long) count * each <= bytes.remaining(), "more entries than bytes");
        return count;
    }

    private int frame(ByteBuffer bytes, int i, long at, int after, int pages) {
        require(bytes.remaining() >= Layout.FRAME_FIXED_BYTES, "the table is cut");
        int plain = bytes.getInt();
        int stored = bytes.getInt();
        int coding = bytes.getInt();
        int number = bytes.getInt();
        bytes.get(hashes, i * Layout.HASH_BYTES, Layout.HASH_BYTES);
        require(
                plain > 0
                        && plain <= CheckpointLimits.FRAME_BYTES_MAX
                        && plain % CheckpointLimits.PAGE_BYTES == 0,
                "not a length of a frame");
        require(
                coding == Layout.ZSTD ? stored > 0 && stored < plain : stored == plain,
                "not a stored length");
        require(coding == Layout.ZSTD || coding == Layout.PLAIN, "unknown coding");
        require(number > 0 && number <= CheckpointLimits.FRAME_PAGES_MAX, "too many runs");
        require((long) number * Layout.RUN_BYTES <= bytes.remaining(), "the table is cut");
        offsets[i] = at;
        storedBytes[i] = stored;
        plainBytes[i] = plain;
        int filled = 0;
        int end = after;
        for (int k = 0; k < number; k++) {
            int first = bytes.getInt();
            int count = bytes.getInt();
            checkRun(first, count, end, pages);
            require(count <= CheckpointLimits.FRAME_PAGES_MAX, "a run is longer than a frame");
            end = first + count;
            add(first, end, i, filled);
            filled += count;
        }
        require(filled * CheckpointLimits.PAGE_BYTES == plain, "runs do not fill their frame");
        dataPages += filled;
        return end;
    }

    private static void checkRun(int first, int count, int after, int pages) {
        require(first >= after, "runs overlap or are out of order");
        require(count > 0 && count <= pages - first, "a run reaches beyond the memory");
    }

    private void add(int first, int end, int frame, int at) {
        int to = COLUMNS * runCount;
        runs[to + FIRST] = first;
        runs[to + END] = end;
        runs[to + FRAME] = frame;
        runs[to + AT] = at;
        runCount++;
    }

    /** Puts the zero runs between the others. */
    private void mergeZeros(ByteBuffer bytes, int pages) {
        int zeros = count(bytes, Layout.RUN_BYTES, CheckpointLimits.RUNS_MAX);
        int[] data = Arrays.copyOf(runs, COLUMNS * runCount);
        runs = new int[data.length + COLUMNS * zeros];
        runCount = 0;
        int next = 0;
        int after = 0;
        for (int i = 0; i < zeros; i++) {
            int first = bytes.getInt();
            int count = bytes.getInt();
            checkRun(first, count, after, pages);
            after = first + count;
            while (next < data.length && data[next + FIRST] < first) {
                next = take(data, next);
            }
            require(runCount == 0 || runs[COLUMNS * (runCount - 1) + END] <= first, "runs overlap");
            require(next == data.length || data[next + FIRST] >= after, "runs overlap");
            add(first, after, ZERO, 0);
            zeroPages += count;
        }
        while (next < data.length) {
            next = take(data, next);
        }
    }

    private int take(int[] data, int next) {
        add(data[next + FIRST], data[next + END], data[next + FRAME], data[next + AT]);
        return next + COLUMNS;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    int frames() {
        return offsets.length;
    }

    long offset(int frame) {
        return offsets[frame];
    }

    int storedBytes(int frame) {
        return storedBytes[frame];
    }

    int plainBytes(int frame) {
        return plainBytes[frame];
    }

    boolean isHash(int frame, byte[] hash) {
        int at = frame * Layout.HASH_BYTES;
        return Arrays.equals(hashes, at, at + Layout.HASH_BYTES, hash, 0, hash.length);
    }

    int runs() {
        return runCount;
    }

    int first(int run) {
        return runs[COLUMNS * run + FIRST];
    }

    int end(int run) {
        return runs[COLUMNS * run + END];
    }

    /** Or {@link #ZERO}. */
    int frame(int run) {
        return runs[COLUMNS * run + FRAME];
    }

    /** Page within the frame at which the run begins. */
    int at(int run) {
        return runs[COLUMNS * run + AT];
    }

    long dataPages() {
        return dataPages;
    }

    long zeroPages() {
        return zeroPages;
    }
}
