package dev.flywheel.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A memory that was put away: on a disk only, until a restore point {@link PageTracking#wake goes
 * on} from it.
 *
 * <pre>
 *   few own pages    image [ a ][ b ][   ][ c ]     mapped, shared by all processes of a module
 *                    own        [ B']               read over it
 *   many             own   [ a ][ B'][   ][ c ]     mapped
 * </pre>
 *
 * <p>Belongs to whoever got it; closed, or handed to {@code wake}, once.
 */
public final class SleepingMemory implements AutoCloseable {
    private final long bytes;
    private final @Nullable PageFile image;
    private final @Nullable PageFile own;
    private final boolean mapped;
    private final int checksum;
    private boolean closed;

    private SleepingMemory(
            long bytes,
            @Nullable PageFile image,
            @Nullable PageFile own,
            boolean mapped,
            int checksum) {
        this.bytes = bytes;
        this.image = image;
        this.own = own;
        this.mapped = mapped;
        this.checksum = checksum;
    }

    /** All of it lies in this file, of which it takes over one use. */
    static SleepingMemory mapped(PageFile own) {
        return new SleepingMemory(own.byteSize(), null, own, true, 0);
    }

    /**
     * What differs from the image, or from zeros, lies in the other file; one use of each is taken
     * over.
     */
    static SleepingMemory differing(
            long bytes, @Nullable PageFile image, @Nullable PageFile own, int checksum) {
        return new SleepingMemory(bytes, image, own, false, checksum);
    }

    /** Length of the memory. */
    public long byteSize() {
        return mapped && own != null ? own.byteSize() : bytes;
    }

    /** Whether all of it lies in a file of its own. */
    boolean isMapped() {
        return mapped;
    }

    /** Bytes on the disk that are its own. */
    public long diskBytes() {
        return own == null ? 0 : own.diskBytes();
    }

    /** What is mapped. */
    @Nullable PageFile base() {
        return mapped ? own : image;
    }

    /** What is read over it. */
    @Nullable PageFile differences() {
        return mapped ? null : own;
    }

    /** Makes a memory, all zero and of this length, what was put away. */
    void mapOver(MemorySegment memory) throws IOException {
        PageFile base = base();
        long failure =
                base == null
                        ? 0
                        : base.mapOver(memory.address(), Extents.of(base.pages(), base.byteSize()));
        if (failure < 0) {
            throw refused(base, failure);
        }
        PageFile over = differences();
        if (over != null) {
            long page = CLibrary.PAGE_BYTES;
            over.read(
                    (first, end) ->
                            new PageFile.Run(
                                    memory.asSlice(first * page, (end - first) * page), end),
                    checksum);
        }
    }

    static IOException refused(@Nullable PageFile file, long failure) {
        return new IOException(
                "cannot map a memory that was put away: file="
                        + file
                        + ", "
                        + CLibrary.text(failure)
                        + ". Raise vm.max_map_count, or ulimit -n when files are too many.");
    }

    int checksum() {
        return checksum;
    }

    /** Deletes what is its own. Twice does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (image != null) {
                image.release();
            }
            if (own != null) {
                own.release();
            }
        }
    }
}
