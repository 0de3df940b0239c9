package dev.flywheel.scheduler.journal;

import dev.flywheel.scheduler.SchedulerLimits;
import org.jspecify.annotations.Nullable;

/**
 * What a walk over a queue found.
 *
 * @param last the last good record; null when there is none
 * @param damage why the walk ended there although the queue goes on; null when it ended at its end
 */
record Checked(Journal.@Nullable Place last, @Nullable String damage) {

    /**
     * Walks over the queue, from a little before a record that was good once, or from its start.
     */
    static Checked walk(OpenQueue queue, Journal.@Nullable Place trusted) {
        Journal.Place last = null;
        try {
            long from = Journal.START;
            long ordinal = 0;
            if (trusted != null) {
                // Within its file positions are as dense as ordinals; the file's first is far
                // enough.
                long back =
                        Math.min(
                                SchedulerLimits.JOURNAL_TAIL_RECORDS,
                                queue.sequence(trusted.position()));
                from = trusted.position() - back;
                ordinal = trusted.ordinal() - back;
            }
            Walk walk = new Walk(ordinal);
            queue.reading(from, walk::over);
            last = walk.last;
            return new Checked(last, walk.damage == null ? hidden(queue, last) : walk.damage);
        } catch (JournalException e) {
            return new Checked(last, e.getMessage());
        } catch (Exception | InternalError | AssertionError e) {
            return new Checked(last, "the queue cannot be read: " + e);
        }
    }

    /**
     * Records behind a gap: readers would never see them, and the next one would land there too.
     */
    private static @Nullable String hidden(OpenQueue queue, Journal.@Nullable Place last) {
        long believed = queue.lastPosition();
        long seen = last == null ? -1 : last.position();
        return believed <= seen
                ? null
                : "the queue believes that its last record is at %d, readers see none after %d"
                        .formatted(believed, seen);
    }

    private static final class Walk {
        private long expected;
        private Journal.@Nullable Place last;
        private @Nullable String damage;

        Walk(long ordinal) {
            this.expected = ordinal;
        }

        /** Whether all was good. */
        boolean over(OpenQueue.Reading reading) {
            try {
                for (byte[] bytes = reading.next(); bytes != null; bytes = reading.next()) {
                    Frame frame = Frame.decodeOrNull(bytes);
                    if (frame == null || frame.ordinal() != expected) {
                        damage =
                                frame == null
                                        ? "checksum of record %d does not fit".formatted(expected)
                                        : "record %d stands where %d should"
                                                .formatted(frame.ordinal(), expected);
                        return false;
                    }
                    last = new Journal.Place(reading.position(), expected);
                    expected++;
                }
                return true;
            } catch (Exception | InternalError | AssertionError e) {
                damage = "record %d cannot be read: %s".formatted(expected, e);
                return false;
            }
        }
    }
}
