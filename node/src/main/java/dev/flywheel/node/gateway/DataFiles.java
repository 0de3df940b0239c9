package dev.flywheel.node.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Data too large for the database, one file each, named by its SHA-256: what is there once is
 * shared. Thread-safe.
 */
final class DataFiles {
    private final Path directory;
    private final AtomicLong drafts = new AtomicLong();

    /** Removes what an interrupted write left behind. */
    DataFiles(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        try (var left = Files.newDirectoryStream(directory, ".draft-*")) {
            for (Path draft : left) {
                Files.delete(draft);
            }
        }
    }

    /**
     * Keeps {@code parts}, in order, under {@code hash}. The file is complete and named when this
     * returns.
     */
    void put(byte[] hash, List<ByteBuffer> parts) throws IOException {
        Path file = file(hash);
        if (Files.exists(file)) {
            return;
        }
        Path draft = draft();
        try {
            try (FileChannel channel =
                    FileChannel.open(
                            draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (ByteBuffer part : parts) {
                    write(channel, part.duplicate());
                }
                channel.force(true);
            }
            keep(draft, file);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /**
     * Joins files of {@code pieces}, in order, to one file here; returns its SHA-256. Holds one
     * piece in memory.
     */
    byte[] join(DataFiles pieces, List<byte[]> hashes) throws IOException {
        MessageDigest sha = sha256();
        Path draft = draft();
        try {
            try (FileChannel channel =
                    FileChannel.open(
                            draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (byte[] hash : hashes) {
                    byte[] piece = pieces.read(hash);
                    sha.update(piece);
                    write(channel, ByteBuffer.wrap(piece));
                }
                channel.force(true);
            }
            byte[] hash = sha.digest();
            keep(draft, file(hash));
            return hash;
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    void delete(byte[] hash) throws IOException {
        Files.deleteIfExists(file(hash));
    }

    byte[] read(byte[] hash) throws IOException {
        return Files.readAllBytes(file(hash));
    }

    /** Writes {@code length} bytes from {@code from} on to {@code out}. */
    void copy(byte[] hash, long from, long length, OutputStream out) throws IOException {
        try (FileChannel channel = FileChannel.open(file(hash), StandardOpenOption.READ)) {
            WritableByteChannel target = Channels.newChannel(out);
            ByteBuffer piece = ByteBuffer.allocate(GatewayLimits.COPY_BYTES);
            long at = from;
            long end = from + length;
            while (at < end) {
                piece.clear().limit((int) Math.min(piece.capacity(), end - at));
                int read = channel.read(piece, at);
                if (read < 0) {
                    throw new IOException(
                            "data file ends early file="
                                    + file(hash)
                                    + " at="
                                    + at
                                    + " end="
                                    + end);
                }
                at += read;
                target.write(piece.flip());
            }
        }
    }

    private static void write(FileChannel channel, ByteBuffer rest) throws IOException {
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    private static void keep(Path draft, Path file) throws IOException {
        Files.createDirectories(
                Objects.requireNonNull(file.getParent(), "a data file lies in a folder"));
        Files.move(
                draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path draft() {
        return directory.resolve(
                ".draft-" + ProcessHandle.current().pid() + "-" + drafts.incrementAndGet());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private Path file(byte[] hash) {
        String name = HexFormat.of().formatHex(hash);
        return directory.resolve(name.substring(0, 2)).resolve(name);
    }
}
