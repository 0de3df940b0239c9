package dev.flywheel.scheduler.journal;

import dev.flywheel.scheduler.SchedulerLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.RollingChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;

/**
 * A Chronicle Queue with its readers. Appending has one thread; reading any. What the library
 * throws for damaged or full files is of every kind, {@link InternalError} included: callers catch
 * it.
 */
final class OpenQueue implements AutoCloseable {
    static {
        // Read when the library's classes load: nothing is reported to its maker, nothing printed.
        System.setProperty("chronicle.analytics.disable", "true");
        System.setProperty("chronicle.announcer.disable", "true");
        System.setProperty("chronicle.disk.monitor.disable", "true");
    }

    private final InstantSource clock;
    private final AtomicLong latestMs = new AtomicLong();
    private final RollingChronicleQueue queue;
    private final BlockingQueue<ExcerptTailer> tailers =
            new ArrayBlockingQueue<>(SchedulerLimits.JOURNAL_TAILERS);
    private @Nullable ExcerptAppender appender; // of the appending thread, as are the following
    private int appendedCycle = -1;

    /** Files that were begun and not forced yet: one when a day begins, else none. */
    private final List<Path> unforced = new ArrayList<>();

    private @Nullable FileChannel forced;

    OpenQueue(Path directory, JournalOptions options) {
        this.clock = options.clock();
        this.queue =
                SingleChronicleQueueBuilder.binary(directory)
                        .rollCycle(RollCycles.FAST_DAILY)
                        .blockSize(SchedulerLimits.JOURNAL_BLOCK_BYTES)
                        .timeProvider(this::risingMs)
                        .build();
        int newest = queue.lastCycle();
        if (newest >= 0) {
            latestMs.set((long) newest * RollCycles.FAST_DAILY.lengthInMillis());
        }
        for (int i = 0; i < SchedulerLimits.JOURNAL_TAILERS; i++) {
            tailers.add(tailer());
        }
    }

    /**
     * The clock without its steps back: the queue orders its files by their days, and a record in
     * an earlier day's file would come before older ones.
     */
    private long risingMs() {
        return latestMs.accumulateAndGet(clock.millis(), Math::max);
    }

    private ExcerptTailer tailer() {
        ExcerptTailer tailer = queue.createTailer();
        tailer.singleThreadedCheckDisabled(true); // lent to one thread at a time
        return tailer;
    }

    /** Appends and returns the position. */
    long append(byte[] frame) {
        ExcerptAppender writer = appender();
        writer.writeBytes(Bytes.wrapForRead(frame));
        long position = writer.lastIndexAppended();
        if (cycle(position) != appendedCycle) {
            appendedCycle = cycle(position);
            unforced.add(Objects.requireNonNull(writer.currentFile()).toPath());
        }
        return position;
    }

    /**
     * Waits until the disk has all that was appended. The library's own sync() asks for msync
     * through an optional native library and does nothing, silently, where that is missing;
     * fdatasync of a file covers its mapped pages too.
     */
    void force() throws IOException {
        for (Path file : unforced) {
            if (forced != null) {
                forced.force(false);
                forced.close();
            }
            forced = FileChannel.open(file, StandardOpenOption.WRITE);
        }
        unforced.clear();
        if (forced != null) {
            forced.force(false);
        }
    }

    private ExcerptAppender appender() {
        ExcerptAppender writer = appender;
        if (writer == null) {
            writer = queue.createAppender();
            writer.singleThreadedCheckDisabled(true);
            appender = writer;
        }
        return writer;
    }

    /** The day's file that a position is in. */
    int cycle(long position) {
        return RollCycles.FAST_DAILY.toCycle(position);
    }

    /** Number of a record within its file. */
    long sequence(long position) {
        return RollCycles.FAST_DAILY.toSequenceNumber(position);
    }

    /** The position that the library's own bookkeeping takes for the last; -1 when empty. */
    long lastPosition() {
        return queue.lastIndex();
    }

    /** What reads one record after the other. */
    interface Reading {
        /** The next record's bytes; null at the end. */
        byte @Nullable [] next();

        /** Position of the record that was read last. */
        long position();
    }

    /** Uses a reader. */
    @FunctionalInterface
    interface Use<T> {
        T with(Reading reading);
    }

    /**
     * Lends a reader that stands at {@code position}, or at the start.
     *
     * @throws JournalException when there is no record at the position
     */
    <T> T reading(long position, Use<T> use) {
        ExcerptTailer tailer = lend();
        try {
            if (position == Journal.START) {
                tailer.toStart();
            } else if (!tailer.moveToIndex(position)) {
                throw new JournalException(
                        "the journal %s has no record at position %d"
                                .formatted(queue.fileAbsolutePath(), position),
                        null);
            }
            return use.with(new Tailing(tailer));
        } finally {
            tailers.add(tailer);
        }
    }

    private ExcerptTailer lend() {
        try {
            ExcerptTailer tailer =
                    tailers.poll(SchedulerLimits.JOURNAL_WAIT_MS, TimeUnit.MILLISECONDS);
            if (tailer == null) {
                throw new JournalException(
                        "no reader of the journal %s became free in %d ms"
                                .formatted(
                                        queue.fileAbsolutePath(), SchedulerLimits.JOURNAL_WAIT_MS),
                        null);
            }
            return tailer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JournalException("interrupted while waiting for a reader", e);
        }
    }

    @Override
    public void close() {
        queue.close();
        try {
            if (forced != null) {
                forced.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Tailing(ExcerptTailer tailer) implements Reading {
        @Override
        public byte @Nullable [] next() {
            try (DocumentContext document = tailer.readingDocument()) {
                if (!document.isPresent()) {
                    return null;
                }
                Bytes<?> bytes = Objects.requireNonNull(document.wire()).bytes();
                byte[] frame = new byte[Math.toIntExact(bytes.readRemaining())];
                bytes.read(frame);
                return frame;
            }
        }

        @Override
        public long position() {
            return tailer.lastReadIndex();
        }
    }
}
