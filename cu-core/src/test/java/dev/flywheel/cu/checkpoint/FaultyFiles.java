package dev.flywheel.cu.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The files of the machine, of which one operation goes wrong. A kill stops all that come after it,
 * and what was not synced by then is cut at random, as after a power failure.
 */
final class FaultyFiles implements CheckpointFiles {
    enum Fault {
        /**
         * Half of a write is done, then the disk is full; all later writes fail, deletes do not.
         */
        DISK_FULL,
        /** The operation fails, once. */
        IO_ERROR,
        /** Half of a write is done, nothing after. */
        KILL
    }

    /** The program is gone. */
    static final class KilledError extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final CheckpointFiles disk = CheckpointFiles.disk();
    private final Map<Path, Long> unsynced = new HashMap<>();
    private final Fault fault;
    private final Random random;
    private long at;
    private long operations;
    private boolean dead;
    private boolean full;

    /** Nothing goes wrong before {@link #fail}. */
    FaultyFiles(Fault fault, long seed) {
        this.fault = fault;
        this.random = new Random(seed);
        this.at = Long.MAX_VALUE;
    }

    /** Lets the operation of this number from now on go wrong. */
    void fail(long number) {
        at = number;
        operations = 0;
    }

    long operations() {
        return operations;
    }

    /** Whether it came to the fault. */
    boolean failed() {
        return operations > at;
    }

    /** The operator made room. */
    void heal() {
        full = false;
        at = Long.MAX_VALUE;
    }

    private boolean isTime(boolean needsRoom) {
        if (dead) {
            throw new KilledError();
        }
        boolean now = operations == at || (full && needsRoom);
        operations++;
        return now;
    }

    private void goWrong(boolean needsRoom) throws IOException {
        switch (fault) {
            case KILL -> kill();
            case IO_ERROR -> throw new IOException("Input/output error");
            case DISK_FULL -> {
                if (needsRoom) {
                    full = true;
                    throw new IOException("No space left on device");
                }
            }
        }
    }

    private void kill() throws IOException {
        dead = true;
        for (Map.Entry<Path, Long> each : unsynced.entrySet()) {
            if (Files.exists(each.getKey())) {
                try (FileChannel channel =
                        FileChannel.open(each.getKey(), StandardOpenOption.WRITE)) {
                    long synced = each.getValue();
                    channel.truncate(synced + random.nextLong(channel.size() - synced + 1));
                }
            }
        }
        throw new KilledError();
    }

    private void step(boolean needsRoom) throws IOException {
        if (isTime(needsRoom)) {
            goWrong(needsRoom);
        }
    }

    @Override
    public Output create(Path file) throws IOException {
        step(true);
        Output out = disk.create(file);
        unsynced.put(file, 0L);
        return new Output() {
            @Override
            public void write(ByteBuffer bytes) throws IOException {
                if (isTime(true)) {
                    if (fault != Fault.IO_ERROR) {
                        out.write(bytes.slice(bytes.position(), bytes.remaining() / 2));
                    }
                    goWrong(true);
                }
                out.write(bytes);
            }

            @Override
            public void sync() throws IOException {
                step(true);
                out.sync();
                unsynced.remove(file);
            }

            @Override
            public void close() throws IOException {
                out.close();
            }
        };
    }

    @Override
    public Input open(Path file) throws IOException {
        step(false);
        Input in = disk.open(file);
        return new Input() {
            @Override
            public long bytes() throws IOException {
                step(false);
                return in.bytes();
            }

            @Override
            public void read(ByteBuffer into, long offset) throws IOException {
                step(false);
                in.read(into, offset);
            }

            @Override
            public void close() throws IOException {
                in.close();
            }
        };
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step(true);
        disk.rename(from, to);
        Long cut = unsynced.remove(from);
        if (cut != null) {
            unsynced.put(to, cut);
        }
    }

    @Override
    public void delete(Path file) throws IOException {
        step(false);
        disk.delete(file);
        unsynced.remove(file);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        step(true);
        disk.createDirectories(directory);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        step(true);
        disk.syncDirectory(directory);
    }

    @Override
    public List<Entry> list(Path directory) throws IOException {
        step(false);
        return disk.list(directory);
    }
}
