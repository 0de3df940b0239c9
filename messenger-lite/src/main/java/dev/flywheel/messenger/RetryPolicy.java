package dev.flywheel.messenger;

import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/** When what failed is tried again: doubling pauses with jitter. Thread-safe. */
final class RetryPolicy {
    private final MessengerTuning.Retries retries;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock(); // generators are for one thread

    RetryPolicy(MessengerTuning.Retries retries, RandomGenerator random) {
        this.retries = retries;
        this.random = random;
    }

    /**
     * The pause after so many failures in a row: between three quarters and five quarters of first
     * x 2^(failures-1), at most the longest pause.
     */
    long pauseMs(int failures) {
        int doublings = Math.clamp(failures - 1, 0, 30);
        long pauseMs = Math.min(retries.maxMs(), retries.firstMs() << doublings);
        lock.lock();
        try {
            // Many tasks fail together when a unit stops; they should not come back together.
            return pauseMs - pauseMs / 4 + random.nextLong(Math.max(1, pauseMs / 2));
        } finally {
            lock.unlock();
        }
    }

    /** Whether a task that failed again is to be given up. */
    boolean isHopeless(int refusals, long ageMs) {
        return refusals >= retries.refusalsMax() || ageMs >= retries.giveUpMs();
    }
}
