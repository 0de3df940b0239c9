package dev.flywheel.platform.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/** Writes files that only their owner may read, whole or not at all. */
public final class PrivateFiles {
    private PrivateFiles() {}

    /**
     * Puts {@code bytes} into {@code file} (0600): a reader, also one after a crash, sees the old
     * content or the new, never a part. The bytes are on disk when it returns.
     */
    public static void replace(Path file, byte[] bytes) throws IOException {
        replace(file, ByteBuffer.wrap(bytes));
    }

    /** The same with content in several pieces, one after the other. */
    public static void replace(Path file, ByteBuffer... pieces) throws IOException {
        Path directory =
                Objects.requireNonNull(
                        file.toAbsolutePath().getParent(), "the root directory is no file");
        Path draft =
                directory.resolve(
                        ".%s.%d.%d.tmp"
                                .formatted(
                                        file.getFileName(),
                                        ProcessHandle.current().pid(),
                                        Thread.currentThread().threadId()));
        FileAttribute<?>[] attributes =
                Files.getFileStore(directory).supportsFileAttributeView("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        Files.deleteIfExists(draft);
        try (FileChannel channel =
                FileChannel.open(
                        draft,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        attributes)) {
            for (ByteBuffer piece : pieces) {
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
            }
            channel.force(true);
        }
        Files.move(
                draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
