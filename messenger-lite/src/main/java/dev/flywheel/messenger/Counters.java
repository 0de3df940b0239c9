package dev.flywheel.messenger;

import java.util.concurrent.atomic.LongAdder;

/** Counts what happened since the start, as {@link MessengerCounters} names it. Thread-safe. */
final class Counters {
    final LongAdder accepted = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder known = new LongAdder();
    final LongAdder wallets = new LongAdder();
    final LongAdder results = new LongAdder();
    final LongAdder retries = new LongAdder();
    final LongAdder givenUp = new LongAdder();
    final LongAdder dropped = new LongAdder();

    MessengerCounters read(long openTasks, long monitors, long inFlight) {
        return new MessengerCounters(
                accepted.sum(),
                refused.sum(),
                delivered.sum(),
                known.sum(),
                wallets.sum(),
                results.sum(),
                retries.sum(),
                givenUp.sum(),
                dropped.sum(),
                openTasks,
                monitors,
                inFlight);
    }
}
