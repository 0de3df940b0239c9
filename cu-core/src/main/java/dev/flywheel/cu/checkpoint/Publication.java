package dev.flywheel.cu.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;

/** Makes a file appear whole or not at all. */
final class Publication {
    /** Of files that are being written. What a killed program leaves has this name. */
    static final String DRAFT = ".tmp";

    private Publication() {}

    /** Writes what is in a file. */
    @FunctionalInterface
    interface Content {
        /** Returns the manifest that goes to its end. */
        CheckpointManifest write(CheckpointWriter writer) throws IOException;
    }

    /** What was written. */
    record Written(CheckpointManifest manifest, String end, long bytes) {}

    /**
     * Writes a draft, sees it onto the disk, gives it its name, and sees the name onto the disk.
     *
     * @throws IOException when any of it fails; the draft is removed as far as that works. When the
     *     last step failed the file is there, but may be gone after a power failure.
     */
    static Written publish(CheckpointFiles files, Path target, Content content) throws IOException {
        Path directory = target.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException("not the name of a file: " + target);
        }
        Path draft = directory.resolve(target.getFileName() + DRAFT);
        Written written;
        boolean done = false;
        try {
            try (CheckpointFiles.Output out = files.create(draft);
                    CheckpointWriter writer = new CheckpointWriter(out)) {
                CheckpointManifest manifest = content.write(writer);
                byte[] end = writer.end(manifest);
                written = new Written(manifest, HexFormat.of().formatHex(end), writer.bytes());
            }
            files.rename(draft, target);
            done = true;
        } finally {
            if (!done) {
                remove(files, draft);
            }
        }
        files.syncDirectory(directory);
        return written;
    }

    private static void remove(CheckpointFiles files, Path draft) {
        try {
            files.delete(draft);
        } catch (IOException e) {
            // Removed when the store is opened again; the first failure is the one to report.
            return;
        }
    }
}
