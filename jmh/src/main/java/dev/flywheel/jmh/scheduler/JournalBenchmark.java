package dev.flywheel.jmh.scheduler;

import dev.flywheel.platform.sql.Durability;
import dev.flywheel.platform.sql.SqlStore;
import dev.flywheel.scheduler.journal.ChronicleJournal;
import dev.flywheel.scheduler.journal.Journal;
import dev.flywheel.scheduler.journal.JournalOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A group of records appended and committed: the journal, and as peers what else a scheduler could
 * write to. Time is per group; a record is an item and its assignment, 3 kB.
 *
 * <p>Run: {@code jmh/run.sh journal}. The directory is {@code java.io.tmpdir}: on a memory disk a
 * sync costs nothing, set it to a real one.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by the harness
public class JournalBenchmark {
    private static final int RECORD_BYTES = 3_000;

    /** Records of one commit. */
    @Param({"1", "64"})
    public int group;

    /** Whether a commit waits for the disk. */
    @Param({"false", "true"})
    public boolean powerLoss;

    private final byte[] record = new byte[RECORD_BYTES];
    private Path directory;
    private Journal journal;
    private FileChannel file;
    private SqlStore store;

    @Setup(Level.Trial)
    public void open() throws IOException {
        new Random(1).nextBytes(record);
        directory = Files.createTempDirectory("journal-benchmark");
        journal =
                ChronicleJournal.open(
                        new JournalOptions(
                                directory.resolve("journal"), powerLoss, InstantSource.system()),
                        null);
        file =
                FileChannel.open(
                        directory.resolve("file"),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
        store =
                SqlStore.open(
                        directory.resolve("store.db"),
                        List.of("create table log(no integer primary key, record blob not null)"),
                        powerLoss
                                ? Durability.ACK_SURVIVES_POWER_LOSS
                                : Durability.ACK_SURVIVES_KILL);
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        journal.close();
        file.close();
        store.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** The scheduler's journal: checksum, Chronicle Queue, sync where asked for. */
    @Benchmark
    public Journal.Place journal() {
        Journal.Place place = journal.append(record);
        for (int i = 1; i < group; i++) {
            place = journal.append(record);
        }
        journal.commit();
        return place;
    }

    /** The least that any log must do: write the bytes to a file, force it where asked for. */
    @Benchmark
    public long fileChannel() throws IOException {
        long written = 0;
        for (int i = 0; i < group; i++) {
            written += file.write(ByteBuffer.wrap(record));
        }
        if (powerLoss) {
            file.force(false);
        }
        return written;
    }

    /** The store that the index is in, if it were the journal as well. */
    @Benchmark
    public int sqlite() {
        return store.write(
                session -> {
                    int rows = 0;
                    for (int i = 0; i < group; i++) {
                        rows +=
                                session.update(
                                        "insert into log(record) values (?)", (Object) record);
                    }
                    return rows;
                });
    }
}
