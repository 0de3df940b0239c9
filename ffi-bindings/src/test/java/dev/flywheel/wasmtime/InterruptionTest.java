package dev.flywheel.wasmtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LiveObjectsCheck.class)
class InterruptionTest {

    private static final String LOOPER =
            """
            (module
              (import "env" "started" (func $started))
              (func (export "forever") call $started (loop $again br $again))
              (func (export "fine")))
            """;

    @Test
    void shouldStopAnEndlessLoopFromAnotherThread() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        try (Guest guest = new Guest(options -> options.epochInterruption(true), "data")) {
            guest.linker.define("env", "started", FunctionType.of(), call -> started.countDown());
            guest.store.setEpochDeadline(2);
            guest.instantiate(LOOPER);
            Thread clock =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        awaitUninterrupted(started);
                                        guest.engine.incrementEpoch();
                                        guest.engine.incrementEpoch();
                                    });
            assertThat(guest.trap("forever").code()).isEqualTo(TrapCode.INTERRUPT);
            clock.join();
            guest.store.setEpochDeadline(1);
            assertThat(guest.call("fine")).isNull();
            guest.store.setEpochDeadline(0);
            assertThat(guest.trap("fine").code()).isEqualTo(TrapCode.INTERRUPT);
        }
    }

    @Test
    void shouldAskAtEachDeadlineAndStopOnlyTheGuestThatMayNotGoOn() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        AtomicBoolean goOn = new AtomicBoolean(true);
        try (Guest guest = new Guest(options -> options.epochInterruption(true), "data")) {
            guest.linker.define("env", "started", FunctionType.of(), call -> started.countDown());
            guest.store.askAtEpochDeadline(
                    () -> {
                        asked.incrementAndGet();
                        return goOn.get();
                    });
            guest.store.setEpochDeadline(1);
            guest.instantiate(LOOPER);
            Thread clock =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        awaitUninterrupted(started);
                                        while (asked.get() < 3) {
                                            guest.engine.incrementEpoch();
                                            Thread.onSpinWait();
                                        }
                                        goOn.set(false);
                                        int before = asked.get();
                                        while (asked.get() == before) {
                                            guest.engine.incrementEpoch();
                                            Thread.onSpinWait();
                                        }
                                    });
            assertThat(guest.trap("forever").code()).isEqualTo(TrapCode.INTERRUPT);
            clock.join();
            goOn.set(true);
            guest.store.setEpochDeadline(0);
            assertThat(guest.call("fine")).isNull();
        }
    }

    @Test
    void shouldStopTheGuestWithWhatTheQuestionThrew() {
        IllegalStateException failure = new IllegalStateException("no answer");
        try (Guest guest = new Guest(options -> options.epochInterruption(true), "data")) {
            guest.linker.define("env", "started", FunctionType.of(), call -> {});
            guest.store.askAtEpochDeadline(
                    () -> {
                        throw failure;
                    });
            guest.store.setEpochDeadline(1);
            guest.instantiate(LOOPER);
            guest.store.setEpochDeadline(0);
            Trap trap = guest.trap("fine");
            assertThat(trap.code()).isEqualTo(TrapCode.HOST);
            assertThat(trap.hostFailure()).isSameAs(failure);
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The loop stores nothing, so a plain load of one place would be made once, before it. */
    private static final String POLLER =
            """
            (module
              (import "env" "started" (func $started))
              (memory (export "memory") 1)
              (memory $poll (export "poll") 1 1)
              (func (export "forever")
                call $started
                (loop $again
                  (drop (i32.atomic.load8_u $poll (i32.const 0)))
                  br $again))
              (func (export "fine") (drop (i32.atomic.load8_u $poll (i32.const 0)))))
            """;

    @Test
    void shouldStopAnEndlessLoopByTakingPagesAway() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        RevocablePages pages;
        try (Guest guest = new Guest(options -> options.hostInstructions(true), "data")) {
            guest.linker.define("env", "started", FunctionType.of(), call -> started.countDown());
            guest.instantiate(POLLER);
            pages = guest.instance().memory("poll").revocable();
            for (int i = 0; i < 3; i++) {
                Thread watch =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            awaitUninterrupted(started);
                                            pages.revoke();
                                        });
                assertThat(guest.trap("forever").code()).isEqualTo(TrapCode.MEMORY_OUT_OF_BOUNDS);
                watch.join();
                assertThat(guest.trap("fine").code()).isEqualTo(TrapCode.MEMORY_OUT_OF_BOUNDS);
                pages.restore();
                assertThat(guest.call("fine")).isNull();
            }
        }
        assertThatThrownBy(pages::revoke).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldStopWhenTheFuelIsUsedUpAndCountTheSameEachTime() {
        try (Guest guest = new Guest(options -> options.fuel(true), "data")) {
            guest.linker.define("env", "started", FunctionType.of(), call -> {});
            guest.store.setFuel(100);
            guest.instantiate(LOOPER);
            guest.store.setFuel(10_000);
            assertThat(guest.call("fine")).isNull();
            long used = 10_000 - guest.store.fuel();
            assertThat(used).isPositive();
            guest.store.setFuel(10_000);
            assertThat(guest.call("fine")).isNull();
            assertThat(10_000 - guest.store.fuel()).isEqualTo(used);
            assertThat(guest.trap("forever").code()).isEqualTo(TrapCode.OUT_OF_FUEL);
            assertThat(guest.trap("fine").code()).isEqualTo(TrapCode.OUT_OF_FUEL);
        }
    }

    @Test
    void shouldRefuseFuelWhereTheEngineHasNone() {
        try (Guest guest = Guest.of("(module)")) {
            assertThatThrownBy(() -> guest.store.setFuel(1))
                    .isInstanceOf(WasmtimeException.class)
                    .hasMessageContaining("fuel");
            assertThatThrownBy(guest.store::fuel).isInstanceOf(WasmtimeException.class);
        }
    }
}
