package dev.flywheel.cu.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongConsumer;

/** Work on single files, for whoever has no store: the command line. Stateless. */
public final class CheckpointTool {
    private CheckpointTool() {}

    /**
     * What a file holds.
     *
     * @param storedBytes of its frames
     * @param dataPages stored in it
     * @param zeroPages that it names as zero
     */
    public record Inspection(
            Path file,
            CheckpointManifest manifest,
            String end,
            long bytes,
            int frames,
            long storedBytes,
            long dataPages,
            long zeroPages) {

        static Inspection of(CheckpointReader reader) throws IOException {
            FrameTable table = reader.table();
            long stored = 0;
            for (int i = 0; i < table.frames(); i++) {
                stored += table.storedBytes(i);
            }
            return new Inspection(
                    reader.file(),
                    reader.manifest(),
                    reader.end(),
                    reader.bytes(),
                    table.frames(),
                    stored,
                    table.dataPages(),
                    table.zeroPages());
        }
    }

    /**
     * Looks at manifests and tables only, not at whether every byte holds.
     *
     * @return the file, then what it builds upon, the full one last
     * @throws CheckpointDamagedException when that does not fit together
     */
    public static List<Inspection> inspect(Path file) throws IOException {
        try (CheckpointChain chain = CheckpointChain.open(CheckpointFiles.disk(), file)) {
            List<Inspection> all = new ArrayList<>();
            for (CheckpointReader reader : chain.readers()) {
                all.add(Inspection.of(reader));
            }
            return all;
        }
    }

    /**
     * Reads a checkpoint and what it builds upon: every byte, every frame, the state hash.
     *
     * @param progress see {@link Checkpoint#verify}
     * @return it, to be exported
     * @throws CheckpointDamagedException when something is not as it was written
     */
    public static Checkpoint verify(Path file, LongConsumer progress) throws IOException {
        Checkpoint checkpoint = whole(file);
        checkpoint.verify(progress);
        return checkpoint;
    }

    /**
     * What a checkpoint says of itself, and the tree of the state that it holds.
     *
     * @param tree to be compared with others
     */
    public record Verified(CheckpointManifest manifest, StateTree tree) {}

    /** As {@link #verify}, with the tree. */
    public static Verified read(Path file, LongConsumer progress) throws IOException {
        Checkpoint checkpoint = whole(file);
        return new Verified(checkpoint.manifest(), checkpoint.verify(progress));
    }

    private static Checkpoint whole(Path file) throws IOException {
        CheckpointFiles files = CheckpointFiles.disk();
        try (CheckpointChain chain = CheckpointChain.open(files, file)) {
            chain.verifyBytes(new CheckpointChain.Known());
            return new Checkpoint(
                    files,
                    file,
                    chain.top().manifest(),
                    chain.top().end(),
                    Checkpoint.Sizes.of(chain),
                    e -> {});
        }
    }

    /**
     * Makes a file of a memory image, see {@link CheckpointStore#importImage}.
     *
     * @param file appears whole or not at all
     */
    public static CheckpointManifest importImage(
            InputStream in,
            MemoryImage.Coding coding,
            CheckpointState state,
            Path file,
            long madeMs)
            throws IOException {
        CheckpointName name = CheckpointName.of(String.valueOf(file.getFileName()));
        long seq = name == null || name.nonce() != state.place().nonce() ? 0 : name.seq();
        return Publication.publish(
                        CheckpointFiles.disk(),
                        file,
                        image(in, coding, state, CheckpointLimits.MEMORY_BYTES_MAX, seq, madeMs))
                .manifest();
    }

    static Publication.Content image(
            InputStream in,
            MemoryImage.Coding coding,
            CheckpointState state,
            long bytesMax,
            long seq,
            long madeMs) {
        return writer -> {
            StateTree tree = MemoryImage.copy(in, coding, bytesMax, writer);
            return new CheckpointManifest(
                    state.origin(),
                    state.place(),
                    tree.memoryBytes(),
                    state.globals(),
                    HexFormat.of().formatHex(tree.root(state.globals())),
                    CheckpointManifest.Link.full(seq),
                    madeMs);
        };
    }
}
