package dev.flywheel.scheduler.pipeline;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;
import dev.flywheel.scheduler.SchedulerLimits;
import java.util.concurrent.locks.LockSupport;

/**
 * Blocks until something is published, and naps while earlier stages work on it. The library's own
 * blocking strategy spins there, which suits stages of nanoseconds: a signature takes milliseconds,
 * and on two cores the spinning stages would take the core from the one that signs.
 */
final class ParkingWaitStrategy implements WaitStrategy {
    private final Object published = new Object();

    @Override
    public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier)
            throws AlertException, InterruptedException {
        if (cursor.get() < sequence) {
            synchronized (published) {
                while (cursor.get() < sequence) {
                    barrier.checkAlert();
                    published.wait();
                }
            }
        }
        long available = dependent.get();
        for (int looks = 0; available < sequence; looks++) {
            barrier.checkAlert();
            if (looks < SchedulerLimits.LOOKS_BEFORE_NAP) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(SchedulerLimits.NAP_NS);
            }
            available = dependent.get();
        }
        return available;
    }

    @Override
    public void signalAllWhenBlocking() {
        synchronized (published) {
            published.notifyAll();
        }
    }
}
