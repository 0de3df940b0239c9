package dev.flywheel.cu.guest;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks every {@link GuestLimits#TICK_MS} for evaluations that have had their time. */
final class DeadlineClock implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DeadlineClock.class);

    private final LongSupplier nanoTime;
    private final Set<Deadline> running = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    DeadlineClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.thread = Thread.ofPlatform().name("guest-clock").daemon(true).unstarted(this::run);
        thread.start();
    }

    private void run() {
        long stepNs = TimeUnit.MILLISECONDS.toNanos(GuestLimits.TICK_MS);
        while (!closed) {
            LockSupport.parkNanos(this, stepNs);
            long now = now();
            for (Deadline each : running) {
                try {
                    each.expire(now);
                } catch (RuntimeException e) {
                    // The others must be stopped all the same; this one is tried again.
                    log.error("guest cannot be stopped yet", e);
                }
            }
        }
    }

    long now() {
        return nanoTime.getAsLong();
    }

    /** Any thread. */
    void watch(Deadline deadline) {
        running.add(deadline);
    }

    /** Any thread. Without effect when it is not watched. */
    void forget(Deadline deadline) {
        running.remove(deadline);
    }

    /** Waits for the last look. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
