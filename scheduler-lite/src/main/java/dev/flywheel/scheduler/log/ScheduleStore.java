package dev.flywheel.scheduler.log;

import dev.flywheel.scheduler.gateway.BlockHeights;
import dev.flywheel.scheduler.journal.ChronicleJournal;
import dev.flywheel.scheduler.journal.Journal;
import dev.flywheel.scheduler.journal.JournalException;
import dev.flywheel.scheduler.journal.JournalOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/** Journal and index of one directory, opened together and agreeing. */
public final class ScheduleStore implements AutoCloseable {
    private final FileStore disk;
    private final Journal journal;
    private final ScheduleIndex index;

    private ScheduleStore(FileStore disk, Journal journal, ScheduleIndex index) {
        this.disk = disk;
        this.journal = journal;
        this.index = index;
    }

    /**
     * Opens or creates both, and brings the index up to the journal.
     *
     * @throws JournalException when the directory cannot be used
     */
    public static ScheduleStore open(
            Path directory, boolean survivesPowerLoss, InstantSource clock) {
        FileStore disk;
        try {
            disk = Files.getFileStore(Files.createDirectories(directory));
        } catch (IOException e) {
            throw new JournalException(
                    "the scheduler's directory %s cannot be written (%s). Give the node's user the right to write, or choose another data directory."
                            .formatted(directory, e),
                    e);
        }
        ScheduleIndex index = ScheduleIndex.open(directory.resolve("index.db"));
        try {
            ScheduleIndex.Reach reach = index.reach();
            Journal journal =
                    ChronicleJournal.open(
                            new JournalOptions(
                                    directory.resolve("journal"), survivesPowerLoss, clock),
                            reach == null
                                    ? null
                                    : new ChronicleJournal.Known(reach.generation(), reach.last()));
            try {
                index.catchUp(journal);
            } catch (RuntimeException e) {
                journal.close();
                throw e;
            }
            return new ScheduleStore(disk, journal, index);
        } catch (RuntimeException e) {
            index.close();
            throw e;
        }
    }

    public Journal journal() {
        return journal;
    }

    public Schedule schedule() {
        return new Schedule(index, journal);
    }

    /** Block height of the newest entry. */
    public long lastBlockHeight() {
        Journal.Place last = journal.last();
        return last == null
                ? BlockHeights.UNKNOWN
                : LogEntry.decode(journal.read(last.position())).blockHeight();
    }

    /** Space left on the disk that the journal grows on. */
    public long freeBytes() {
        try {
            return disk.getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException("the free space of the disk cannot be asked for", e);
        }
    }

    @Override
    public void close() {
        journal.close();
        index.close();
    }
}
