package dev.flywheel.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Waits for something to become true; told when it may have. */
final class Waiting {
    /** Only a failing test waits so long, also on a machine that is busy with others. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(180);

    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    void tell() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void until(String what, BooleanSupplier condition) throws InterruptedException {
        lock.lock();
        try {
            long deadlineNs = System.nanoTime() + PATIENCE_NS;
            while (!condition.getAsBoolean()) {
                assertThat(System.nanoTime() - deadlineNs).as("waiting for " + what).isNegative();
                long leftNs = changed.awaitNanos(LOOK_NS);
                assert leftNs <= LOOK_NS;
            }
        } finally {
            lock.unlock();
        }
    }
}
