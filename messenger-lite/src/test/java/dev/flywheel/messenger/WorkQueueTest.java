package dev.flywheel.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.messenger.WorkQueue.Job;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final SetClock clock = new SetClock();
    private final List<String> done = Collections.synchronizedList(new ArrayList<>());
    private WorkQueue queue = new WorkQueue(1, clock);

    @AfterEach
    void close() {
        queue.close();
    }

    private void offer(String lane, String name) {
        queue.offer(new Job(lane, 1, () -> done.add(name)), 0);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(180, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldLetLanesTakeTurns() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        queue.offer(new Job("first", 1, () -> await(go)), 0);
        for (int i = 0; i < 5; i++) {
            offer("flood", "flood " + i);
        }
        offer("quiet", "quiet");
        go.countDown();
        assertThat(queue.awaitIdle(PATIENCE)).isTrue();
        assertThat(done)
                .containsExactly("flood 0", "quiet", "flood 1", "flood 2", "flood 3", "flood 4");
    }

    @Test
    void shouldBoundWhatRunsAtOnceInALane() throws Exception {
        queue.close();
        queue = new WorkQueue(16, clock);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch two = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        for (int i = 0; i < 8; i++) {
            queue.offer(
                    new Job(
                            "lane",
                            2,
                            () -> {
                                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                                two.countDown();
                                await(go);
                                running.decrementAndGet();
                            }),
                    0);
        }
        await(two);
        CountDownLatch other = new CountDownLatch(1);
        queue.offer(new Job("other", 1, other::countDown), 0);
        await(other);
        go.countDown();
        assertThat(queue.awaitIdle(PATIENCE)).isTrue();
        assertThat(most).hasValue(2);
    }

    @Test
    void shouldWaitForTheClock() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        queue.offer(new Job("late", 1, ran::countDown), clock.millis() + 60_000);
        offer("now", "now");
        assertThat(queue.awaitIdle(PATIENCE)).isTrue();
        assertThat(ran.getCount()).isEqualTo(1);
        clock.advance(Duration.ofMinutes(1));
        await(ran);
    }

    @Test
    void shouldTellThatSomethingIsStillRunning() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        queue.offer(new Job("lane", 1, () -> await(go)), 0);
        assertThat(queue.awaitIdle(Duration.ofMillis(1))).isFalse();
        go.countDown();
        assertThat(queue.awaitIdle(PATIENCE)).isTrue();
    }

    @Test
    void shouldInterruptWhatRunsAtClose() {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        queue.offer(
                new Job(
                        "lane",
                        1,
                        () -> {
                            started.countDown();
                            try {
                                never.await();
                                done.add("released");
                            } catch (InterruptedException e) {
                                done.add("interrupted");
                            }
                        }),
                0);
        await(started);
        queue.close();
        assertThat(done).containsExactly("interrupted");
        offer("lane", "after close");
        assertThat(done).hasSize(1);
    }
}
