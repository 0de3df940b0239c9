package dev.flywheel.cu.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * A checkpoint that was written or found whole. Holds no file open; one thread at a time. It can be
 * read as long as the store keeps its files, that is, until later ones of the process are written.
 */
public final class Checkpoint {
    private static final byte[] ZEROS = new byte[CheckpointLimits.FRAME_BYTES_MAX];

    private final CheckpointFiles files;
    private final Path file;
    private final CheckpointManifest manifest;
    private final String end;
    private final Sizes sizes;
    private final Consumer<CheckpointDamagedException> onDamage;

    /**
     * Lengths of files.
     *
     * @param bytes of the checkpoint's own file
     * @param fullBytes of the full one at the start of its chain
     * @param deltaBytes of all deltas of its chain, its own included
     */
    public record Sizes(long bytes, long fullBytes, long deltaBytes) {
        static Sizes of(CheckpointChain chain) {
            long all = chain.readers().stream().mapToLong(CheckpointReader::bytes).sum();
            long full = chain.readers().getLast().bytes();
            return new Sizes(chain.top().bytes(), full, all - full);
        }
    }

    Checkpoint(
            CheckpointFiles files,
            Path file,
            CheckpointManifest manifest,
            String end,
            Sizes sizes,
            Consumer<CheckpointDamagedException> onDamage) {
        this.files = files;
        this.file = file;
        this.manifest = manifest;
        this.end = end;
        this.sizes = sizes;
        this.onDamage = onDamage;
    }

    /** What it says of itself. */
    public CheckpointManifest manifest() {
        return manifest;
    }

    /** Its file. */
    public Path file() {
        return file;
    }

    /** The last 32 bytes of its file in lower-case hexadecimal. */
    public String end() {
        return end;
    }

    /** Lengths of its files. */
    public Sizes sizes() {
        return sizes;
    }

    /**
     * Writes the memory's pages that are not zero. Each frame is verified before it is written, and
     * the whole state at the end; when this fails, the target may hold a part of the state and must
     * be discarded, never run.
     *
     * @param target at least as long as the memory, and all zero, as a new mapping is
     * @return the tree of the state, to go on with
     * @throws CheckpointDamagedException when a file is not as it was; the store does not give this
     *     checkpoint again, so {@link CheckpointStore#newest} gives the one before
     * @throws IOException when a file cannot be read
     */
    public StateTree restoreInto(MemorySegment target) throws IOException {
        if (target.byteSize() < manifest.memoryBytes()) {
            throw new IllegalArgumentException(
                    "target too small: bytes=%d memoryBytes=%d"
                            .formatted(target.byteSize(), manifest.memoryBytes()));
        }
        return read(
                new CheckpointChain.Sink() {
                    @Override
                    public void pages(int first, byte[] source, int offset, int pages) {
                        MemorySegment.copy(
                                source,
                                offset,
                                target,
                                ValueLayout.JAVA_BYTE,
                                (long) first * CheckpointLimits.PAGE_BYTES,
                                pages * CheckpointLimits.PAGE_BYTES);
                    }

                    @Override
                    public void zeros(int first, int pages) {
                        // As the target is already.
                    }
                });
    }

    /**
     * Writes the whole memory as one image, without holding it. When this fails, what was written
     * must be discarded.
     *
     * @param out stays open
     * @throws CheckpointDamagedException as {@link #restoreInto}
     */
    public void export(OutputStream out) throws IOException {
        read(
                new CheckpointChain.Sink() {
                    @Override
                    public void pages(int first, byte[] source, int offset, int pages)
                            throws IOException {
                        out.write(source, offset, pages * CheckpointLimits.PAGE_BYTES);
                    }

                    @Override
                    public void zeros(int first, int pages) throws IOException {
                        for (long left = (long) pages * CheckpointLimits.PAGE_BYTES; left > 0; ) {
                            int count = (int) Math.min(left, ZEROS.length);
                            out.write(ZEROS, 0, count);
                            left -= count;
                        }
                    }
                });
    }

    /**
     * Reads all of it, every frame and the state hash, and keeps the tree only.
     *
     * @param progress told the bytes of memory that were verified, up to all, from time to time
     * @return the tree of the state, to be compared
     * @throws CheckpointDamagedException as {@link #restoreInto}
     */
    public StateTree verify(LongConsumer progress) throws IOException {
        return read(
                new CheckpointChain.Sink() {
                    @Override
                    public void pages(int first, byte[] source, int offset, int pages) {
                        zeros(first, pages);
                    }

                    @Override
                    public void zeros(int first, int pages) {
                        progress.accept((long) (first + pages) * CheckpointLimits.PAGE_BYTES);
                    }
                });
    }

    private StateTree read(CheckpointChain.Sink sink) throws IOException {
        try (CheckpointChain chain = CheckpointChain.open(files, file)) {
            if (!chain.top().end().equals(end)) {
                throw chain.top().damaged(0, "another file took its place");
            }
            return chain.read(sink);
        } catch (CheckpointDamagedException e) {
            onDamage.accept(e);
            throw e;
        }
    }

    @Override
    public String toString() {
        return "Checkpoint[file=%s depth=%d bytes=%d]"
                .formatted(file, manifest.link().depth(), sizes.bytes());
    }
}
