package dev.flywheel.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A directory of {@link PageFile}s, for one run of one program: what an earlier run has left is
 * deleted, and so is all at the end. Thread-safe.
 */
public final class PageFiles implements AutoCloseable {
    private static final String SUFFIX = ".pages";

    private final Path directory;
    private final long bytesMax;
    private final Room room;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong names = new AtomicLong();
    private final AtomicLong undeleted = new AtomicLong();

    /** Tells what the disk has left. */
    @FunctionalInterface
    interface Room {
        long bytes() throws IOException;
    }

    private PageFiles(Path directory, long bytesMax, Room room) {
        this.directory = directory;
        this.bytesMax = bytesMax;
        this.room = room;
    }

    /**
     * Makes the directory, for its owner only, or empties it.
     *
     * @param bytesMax of all files together
     */
    public static PageFiles open(Path directory, long bytesMax) throws IOException {
        return open(directory, bytesMax, () -> directory.toFile().getUsableSpace());
    }

    static PageFiles open(Path directory, long bytesMax, Room room) throws IOException {
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        deleteAll(directory);
        return new PageFiles(directory, bytesMax, room);
    }

    private static void deleteAll(Path directory) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Bytes of all files on the disk. */
    public long bytes() {
        return bytes.get();
    }

    /** Bytes that may be added. */
    public long bytesLeft() {
        return bytesMax - bytes.get();
    }

    /**
     * A new file, to be filled.
     *
     * @param pages which it will hold; kept
     * @throws IOException when there is no room for it
     */
    PageFile create(long memoryBytes, BitSet pages) throws IOException {
        long needed = pages.cardinality() * CLibrary.PAGE_BYTES;
        resize(needed);
        Path file = directory.resolve(names.incrementAndGet() + SUFFIX);
        try {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (IOException e) {
            bytes.addAndGet(-needed);
            throw e;
        }
        return new PageFile(this, file, memoryBytes, pages);
    }

    /**
     * Files take more room, or less.
     *
     * @throws IOException when there is no such room
     */
    void resize(long more) throws IOException {
        long after = bytes.addAndGet(more);
        if (more <= 0) {
            return;
        }
        long left = room.bytes() - more;
        if (after > bytesMax || left < PageTrackingLimits.DISK_BYTES_LEFT_MIN) {
            bytes.addAndGet(-more);
            throw new IOException(
                    "no room for memories of sleeping processes: neededBytes=%d bytes=%d bytesMax=%d diskBytesLeft=%d directory=%s"
                            .formatted(more, after - more, bytesMax, left, directory));
        }
    }

    /** One that cannot be deleted still takes its room; the next start deletes it. */
    void delete(Path file, long diskBytes) {
        try {
            Files.deleteIfExists(file);
            bytes.addAndGet(-diskBytes);
        } catch (IOException e) {
            undeleted.incrementAndGet();
        }
    }

    /** Files that could not be deleted; they take room until the next start. */
    public long undeleted() {
        return undeleted.get();
    }

    /** Deletes all files, used or not; what cannot be deleted is, at the next start. */
    @Override
    public void close() {
        try {
            deleteAll(directory);
        } catch (IOException | DirectoryIteratorException e) {
            undeleted.incrementAndGet();
        }
    }
}
