package dev.flywheel.scheduler.gateway;

import dev.flywheel.scheduler.SchedulerLimits;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The base layer's height, asked for in the background so that no message waits for it. While the
 * gateway does not answer the last known height stays; it never falls. Thread-safe.
 */
public final class BlockHeights implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlockHeights.class);

    /** No answer yet, and no entry that could tell. */
    public static final long UNKNOWN = -1;

    private final GatewayClient gateway;
    private final AtomicLong height;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private boolean reachable = true; // of the one that refreshes

    /**
     * Asks once, and then in the background.
     *
     * @param known from an earlier run, or {@link #UNKNOWN}
     */
    public BlockHeights(GatewayClient gateway, long known) {
        this.gateway = gateway;
        this.height = new AtomicLong(known);
        this.thread = Thread.ofVirtual().name("scheduler-height").unstarted(this::run);
        refresh();
        thread.start();
    }

    /** The highest height seen, or {@link #UNKNOWN}. */
    public long current() {
        return height.get();
    }

    private void run() {
        try {
            while (!closing.await(pauseMs(), TimeUnit.MILLISECONDS)) {
                refresh();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int pauseMs() {
        return current() == UNKNOWN
                ? SchedulerLimits.HEIGHT_RETRY_MS
                : SchedulerLimits.HEIGHT_REFRESH_MS;
    }

    private void refresh() {
        try {
            long now = gateway.height();
            height.accumulateAndGet(now, Math::max);
            if (!reachable) {
                LOG.info(
                        "the gateway tells the block height again gateway={} height={}",
                        gateway,
                        now);
            }
            reachable = true;
        } catch (IOException e) {
            if (reachable) {
                LOG.warn(
                        "the gateway does not tell the block height, {} gateway={} because {}",
                        current() == UNKNOWN
                                ? "nothing can be scheduled until it does"
                                : "the last known one stays height=" + current(),
                        gateway,
                        e.getMessage());
            }
            reachable = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        thread.interrupt();
    }
}
