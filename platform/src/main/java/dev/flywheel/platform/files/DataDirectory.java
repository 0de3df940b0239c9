package dev.flywheel.platform.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds all that a node keeps. Made private to its user, held by one node at a
 * time.
 */
public final class DataDirectory implements AutoCloseable {
    /**
     * Below this a node cannot even write its journal's first file; better said at start than at
     * the first message.
     */
    static final long FREE_BYTES_MIN = 64L * 1024 * 1024;

    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rwx------");
    private static final String LOCK_FILE = "node.lock";

    private final Path root;
    private final FileChannel channel;
    private final FileLock lock;

    private DataDirectory(Path root, FileChannel channel, FileLock lock) {
        this.root = root;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Creates the directory (0700) where needed and locks it.
     *
     * @throws DataDirectoryException when another node holds it, it cannot be written, or the disk
     *     is full; the text says which and what to do
     */
    public static DataDirectory lock(Path directory) {
        Path root = directory.toAbsolutePath().normalize();
        try {
            create(root);
            long free = Files.getFileStore(root).getUsableSpace();
            if (free < FREE_BYTES_MIN) {
                throw new DataDirectoryException(
                        "data directory %s is on a full disk: %d MiB free, at least %d needed. Free space, or choose another with --data."
                                .formatted(root, free >> 20, FREE_BYTES_MIN >> 20),
                        null);
            }
            return locked(root);
        } catch (FileSystemException e) {
            throw new DataDirectoryException(
                    "data directory %s cannot be written (%s). Give its user the right to write, or choose another with --data."
                            .formatted(
                                    root,
                                    e.getReason() == null
                                            ? e.getClass().getSimpleName()
                                            : e.getReason()),
                    e);
        } catch (IOException e) {
            throw new DataDirectoryException(
                    "data directory %s cannot be used (%s). Choose another with --data."
                            .formatted(root, e.getMessage()),
                    e);
        }
    }

    private static void create(Path root) throws IOException {
        Files.createDirectories(root);
        if (Files.getFileStore(root).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(root, PRIVATE);
        }
    }

    private static DataDirectory locked(Path root) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        root.resolve(LOCK_FILE),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        FileLock lock = tryLock(channel);
        if (lock == null) {
            String holder = holder(channel);
            channel.close();
            throw new DataDirectoryException(
                    "data directory %s is held by another node%s. Stop that node, or choose another directory with --data."
                            .formatted(root, holder),
                    null);
        }
        channel.truncate(0);
        channel.write(
                ByteBuffer.wrap(
                        Long.toString(ProcessHandle.current().pid())
                                .getBytes(StandardCharsets.UTF_8)),
                0);
        return new DataDirectory(root, channel, lock);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held inside this very program
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(20);
        channel.read(text, 0);
        String pid = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
        return pid.isEmpty() ? "" : " (process " + pid + ")";
    }

    /** The directory, absolute. */
    public Path root() {
        return root;
    }

    /** A path below the directory; not created. */
    public Path resolve(String name) {
        return root.resolve(name);
    }

    /** A directory below it, created where needed. */
    public Path directory(String name) {
        try {
            return Files.createDirectories(root.resolve(name));
        } catch (IOException e) {
            throw new DataDirectoryException(
                    "cannot create %s (%s)".formatted(root.resolve(name), e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new DataDirectoryException("cannot release the lock of " + root, e);
        }
    }
}
