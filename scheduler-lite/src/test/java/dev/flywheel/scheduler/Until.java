package dev.flywheel.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for a condition that nothing announces. */
final class Until {
    private static final long PATIENCE_S = 120;
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private Until() {}

    static void holds(String what, Callable<Boolean> condition) throws Exception {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("deadline of: " + what).isLessThan(deadlineNs);
            assertThat(NEVER.await(10, TimeUnit.MILLISECONDS)).isFalse();
        }
    }
}
