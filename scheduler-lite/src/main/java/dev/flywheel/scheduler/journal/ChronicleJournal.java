package dev.flywheel.scheduler.journal;

import dev.flywheel.scheduler.SchedulerLimits;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal in a Chronicle Queue. Opening checks the tail of the queue and cuts it at the first
 * record that is damaged or missing.
 */
public final class ChronicleJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(ChronicleJournal.class);

    /** No file was synced by name yet. */
    private static final int NO_CYCLE = -1;

    private final JournalOptions options;
    private final JournalFiles files;
    private volatile OpenQueue queue;
    private volatile @Nullable Place last;
    private volatile String generation;
    private final AtomicLong forces = new AtomicLong();
    private boolean broken; // of the appending thread, as are the following
    private int namedCycle = NO_CYCLE;
    private boolean closed;

    private ChronicleJournal(JournalOptions options, @Nullable Known known) {
        this.options = options;
        this.files = new JournalFiles(options);
        files.prepare();
        this.generation = files.generation();
        Place trusted =
                known != null && known.generation().equals(generation) ? known.last() : null;
        this.queue = checked(trusted);
    }

    /**
     * What an index knows of a journal.
     *
     * @param generation of the positions
     * @param last a record that was good once
     */
    public record Known(String generation, Place last) {}

    /**
     * Opens or creates a journal.
     *
     * @param known saves checking everything: the check begins a little before that record
     * @throws JournalException when the directory cannot be used
     */
    public static ChronicleJournal open(JournalOptions options, @Nullable Known known) {
        return new ChronicleJournal(options, known);
    }

    /** An open queue without damage; sets {@link #last} and {@link #generation}. */
    private OpenQueue checked(@Nullable Place trusted) {
        String damage;
        try {
            OpenQueue opened = files.openWithoutHints();
            Checked found = Checked.walk(opened, trusted);
            if (found.damage() == null) {
                last = found.last();
                return opened;
            }
            damage = found.damage();
            opened.close();
        } catch (JournalException e) {
            damage = e.getMessage() + ": " + e.getCause();
        }
        long good = goodRecords();
        files.keepFirst(good, damage);
        generation = files.generation();
        OpenQueue opened = files.open();
        Checked again = Checked.walk(opened, null);
        if (again.damage() != null) {
            opened.close();
            throw new JournalException(
                    "the good part of the journal %s is damaged as well (%s): the disk is failing"
                            .formatted(options.directory(), again.damage()),
                    null);
        }
        last = again.last();
        return opened;
    }

    /** Length of the good part, from the very start: it is about to be copied. */
    private long goodRecords() {
        try (OpenQueue opened = files.openWithoutHints()) {
            Place end = Checked.walk(opened, null).last();
            return end == null ? 0 : end.ordinal() + 1;
        } catch (JournalException e) {
            LOG.error("nothing of the damaged journal can be read", e);
            return 0;
        }
    }

    @Override
    public Place append(byte[] payload) {
        if (payload.length > SchedulerLimits.JOURNAL_RECORD_BYTES_MAX) {
            throw new JournalException(
                    "a record of %d bytes exceeds %d"
                            .formatted(payload.length, SchedulerLimits.JOURNAL_RECORD_BYTES_MAX),
                    null);
        }
        repair();
        Place before = last;
        long ordinal = before == null ? 0 : before.ordinal() + 1;
        try {
            Place place = new Place(queue.append(Frame.encode(ordinal, payload)), ordinal);
            last = place;
            return place;
        } catch (Exception | InternalError | AssertionError e) {
            broken = true;
            throw new JournalException(
                    "the journal %s cannot be written; is the disk full?"
                            .formatted(options.directory()),
                    e);
        }
    }

    /**
     * After a failed append the queue's end is in doubt: it is closed, opened and checked again.
     * Half a record vanishes; a whole one, whose append failed later, stays and is seen by {@link
     * #last}.
     */
    @Override
    public void repair() {
        if (!broken) {
            return;
        }
        try {
            queue.close();
        } catch (Exception | InternalError | AssertionError e) {
            LOG.warn("the broken journal closed badly directory={}", options.directory(), e);
        }
        queue = checked(last);
        broken = false;
    }

    @Override
    public void commit() {
        if (!options.survivesPowerLoss()) {
            return; // the kernel has it, and the kernel outlives this program
        }
        Place end = last;
        if (end == null || broken) {
            return;
        }
        try {
            queue.force();
            forces.incrementAndGet();
        } catch (Exception | InternalError | AssertionError e) {
            throw new JournalException(
                    "the journal %s cannot be synced".formatted(options.directory()), e);
        }
        int cycle = queue.cycle(end.position());
        if (cycle != namedCycle) {
            files.forceNames();
            namedCycle = cycle;
        }
    }

    /** How often a commit waited for the disk. */
    public long forces() {
        return forces.get();
    }

    @Override
    public byte[] read(long position) {
        if (position == START) {
            throw new IllegalArgumentException("there is no record at the start position");
        }
        try {
            return queue.reading(
                    position, reading -> payload(Objects.requireNonNull(reading.next()), position));
        } catch (JournalException e) {
            throw e;
        } catch (Exception | InternalError | AssertionError e) {
            throw unreadable(position, e);
        }
    }

    private byte[] payload(byte[] bytes, long position) {
        Frame frame = Frame.decodeOrNull(bytes);
        if (frame == null) {
            throw unreadable(position, null);
        }
        return frame.payload();
    }

    private JournalException unreadable(long position, @Nullable Throwable cause) {
        return new JournalException(
                "the record at position %d of the journal %s is damaged"
                        .formatted(position, options.directory()),
                cause);
    }

    @Override
    public void scan(long position, Visitor visitor) {
        try {
            queue.reading(
                    position,
                    reading -> {
                        if (position != START) {
                            Objects.requireNonNull(reading.next());
                        }
                        for (byte[] bytes = reading.next(); bytes != null; bytes = reading.next()) {
                            Frame frame = Frame.decodeOrNull(bytes);
                            if (frame == null) {
                                throw unreadable(reading.position(), null);
                            }
                            Place place = new Place(reading.position(), frame.ordinal());
                            if (!visitor.visit(place, frame.payload())) {
                                return false;
                            }
                        }
                        return true;
                    });
        } catch (InternalError | AssertionError e) {
            throw unreadable(position, e);
        }
    }

    @Override
    public @Nullable Place last() {
        return last;
    }

    @Override
    public String generation() {
        return generation;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        commit();
        queue.close();
    }
}
