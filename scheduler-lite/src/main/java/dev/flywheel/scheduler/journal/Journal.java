package dev.flywheel.scheduler.journal;

import org.jspecify.annotations.Nullable;

/**
 * An append-only log of byte records. One thread appends and commits; any thread reads. A record is
 * visible to readers as soon as it is appended; what it survives is said by {@link #commit}.
 */
public interface Journal extends AutoCloseable {
    /** Stands for "before the first record" where a position is asked for. */
    long START = -1;

    /**
     * Where a record lies.
     *
     * @param position opaque, rising; valid for this {@link #generation} only
     * @param ordinal how many records come before it
     */
    record Place(long position, long ordinal) {}

    /** Sees records in their order. */
    @FunctionalInterface
    interface Visitor {
        /**
         * @param payload the record's bytes, the visitor's own
         * @return whether to go on
         */
        boolean visit(Place place, byte[] payload);
    }

    /**
     * Appends a record.
     *
     * @throws JournalException when it could not be written (disk full); nothing of it remains
     *     after the journal was used again
     */
    Place append(byte[] payload);

    /**
     * Makes the journal usable again after an append failed; does nothing when none did. Appending
     * thread.
     *
     * @throws JournalException when it cannot be used yet
     */
    void repair();

    /**
     * Makes all that was appended as durable as this journal promises.
     *
     * @throws JournalException when the disk refused; the records are there but may not survive
     */
    void commit();

    /**
     * Reads one record.
     *
     * @throws JournalException when there is none at this position, or it is damaged
     */
    byte[] read(long position);

    /**
     * Visits the records after {@code position} until the end, or until the visitor has enough.
     *
     * @param position of a record, or {@link #START}
     * @throws JournalException at a damaged record
     */
    void scan(long position, Visitor visitor);

    /** The newest record; null while there is none. */
    @Nullable Place last();

    /**
     * Names this series of positions. Another text means that positions from before are worthless:
     * the journal was replaced, or rewritten after damage.
     */
    String generation();

    /** Waits for nothing; uncommitted records are committed. */
    @Override
    void close();
}
