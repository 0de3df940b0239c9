package dev.flywheel.cu.unit.peer;

import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.protocol.SchedulePage;
import dev.flywheel.protocol.ScheduledEntry;
import org.jspecify.annotations.Nullable;

/**
 * Whoever keeps the logs of processes, and what it is asked. All methods block, and throw {@code
 * StatusException} when there is no usable answer. Thread-safe.
 */
public sealed interface Scheduler permits SchedulerUnit, HyperBeamNode, CheckedScheduler {

    /**
     * Where a message stands.
     *
     * @param nonce its place in the log
     * @param entry the entry itself; null from schedulers that tell only the place
     */
    record Place(long nonce, @Nullable ScheduledEntry entry) {}

    /** A scheduler's time in milliseconds and the height of its chain. */
    record Now(long timestamp, long blockHeight) {}

    /** The record of a process. */
    ProcessRecord process(Id process);

    /** Where a message stands, by its id or its assignment's. */
    Place place(Id process, Id message);

    /**
     * A page of the log.
     *
     * @param after nonce of the last entry that is known; negative for the log's beginning
     */
    SchedulePage page(Id process, long after);

    /** The entry that the scheduler has at this place now; null when it has none there. */
    @Nullable ScheduledEntry entry(Id process, long nonce);

    /** The scheduler's clock, by which cron messages are due. */
    Now now(Id process);
}
