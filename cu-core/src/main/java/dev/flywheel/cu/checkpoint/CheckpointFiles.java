package dev.flywheel.cu.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** All that the store does with files, so that a test can let each of it fail. Thread-safe. */
public interface CheckpointFiles {
    /** The files of the machine. */
    static CheckpointFiles disk() {
        return new DiskFiles();
    }

    /**
     * What is in a directory.
     *
     * @param bytes length of a file, 0 for a directory
     */
    record Entry(String name, boolean isDirectory, long bytes) {}

    /** A file that is being written. One thread. */
    interface Output extends Closeable {
        /** Appends all of it. */
        void write(ByteBuffer bytes) throws IOException;

        /** Returns when all is on the disk. */
        void sync() throws IOException;
    }

    /** A file that is read. One thread. */
    interface Input extends Closeable {
        long bytes() throws IOException;

        /**
         * Fills the buffer from there.
         *
         * @throws java.io.EOFException when the file ends before
         */
        void read(ByteBuffer into, long offset) throws IOException;
    }

    /** A new file, readable by its owner only. */
    Output create(Path file) throws IOException;

    /**
     * @throws java.nio.file.NoSuchFileException when it is not there
     */
    Input open(Path file) throws IOException;

    /** In one step, within a file system; replaces nothing that the store wrote. */
    void rename(Path from, Path to) throws IOException;

    /** Nothing where there is none. */
    void delete(Path file) throws IOException;

    /** Makes it and what is above it. */
    void createDirectories(Path directory) throws IOException;

    /** Returns when the names in it are on the disk. */
    void syncDirectory(Path directory) throws IOException;

    /** Empty where there is none. */
    List<Entry> list(Path directory) throws IOException;
}
