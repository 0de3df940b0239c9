package dev.flywheel.cu.unit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuestWorkersTest {
    private final List<CountDownLatch> gates = new ArrayList<>();
    private GuestWorkers workers = workers(1, 4);

    private static GuestWorkers workers(int running, int most) {
        return new GuestWorkers(
                Thread.ofPlatform().name("guest-", 0).factory(),
                new GuestWorkers.Sizes(running, most, 10),
                System::nanoTime);
    }

    @AfterEach
    void stop() {
        gates.forEach(CountDownLatch::countDown);
        workers.close();
    }

    /** A step that lasts until its gate opens. */
    private CountDownLatch stick() {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        gates.add(gate);
        workers.execute(
                () -> {
                    started.countDown();
                    await(gate);
                });
        return started;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldReplaceAThreadThatIsLongInOneStepWhileOthersWait() {
        await(stick());
        await(stick()); // only another thread can start it
        CountDownLatch done = new CountDownLatch(1);
        workers.execute(done::countDown);
        await(done);
        assertThat(workers.threads()).isEqualTo(3);
    }

    @Test
    void shouldGoBackToItsSizeWhenTheLongStepsEnd() {
        await(stick());
        await(stick());
        gates.forEach(CountDownLatch::countDown);
        AtomicInteger threads = new AtomicInteger(2);
        for (int i = 0; i < 10 || threads.get() > 1; i++) {
            CountDownLatch done = new CountDownLatch(1);
            workers.execute(done::countDown);
            await(done);
            threads.set(workers.threads());
        }
        assertThat(threads).hasValue(1);
    }

    @Test
    void shouldHaveNoMoreThreadsThanItMay() {
        workers.close();
        workers = workers(1, 2);
        await(stick());
        await(stick());
        CountDownLatch never = stick();
        assertThat(workers.threads()).isEqualTo(2);
        assertThat(workers.waiting()).isEqualTo(1);
        gates.getFirst().countDown();
        await(never);
    }

    @Test
    void shouldGoOnAfterAStepThatThrows() {
        workers.execute(
                () -> {
                    throw new IllegalStateException("on purpose");
                });
        CountDownLatch done = new CountDownLatch(1);
        workers.execute(done::countDown);
        await(done);
    }

    @Test
    void shouldRunWhatIsQueuedBeforeItEndsAndRefuseMore() {
        AtomicInteger run = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            workers.execute(run::incrementAndGet);
        }
        workers.close();
        assertThat(run).hasValue(100);
        assertThatThrownBy(() -> workers.execute(run::incrementAndGet))
                .hasMessageContaining("closed");
    }
}
