package dev.flywheel.wasmtime;

import static dev.flywheel.wasmtime.ValueType.I32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

@ExtendWith(LiveObjectsCheck.class)
class LifetimeTest {

    private static final String COUNTER =
            """
            (module
              (import "env" "wait" (func $wait))
              (memory (export "memory") 1)
              (table (export "table") 1 funcref)
              (global (export "global") (mut i32) (i32.const 7))
              (func (export "wait") call $wait)
              (func (export "get") (result i32) i32.const 7))
            """;

    @Test
    void shouldRefuseAllUseAfterClose() {
        Guest guest = new Guest(options -> options.fuel(true), "data");
        guest.linker.define("env", "wait", FunctionType.of(), call -> {});
        guest.store.setFuel(1000);
        guest.instantiate(COUNTER);
        Function get = guest.function("get");
        Memory memory = guest.instance().memory("memory");
        java.lang.foreign.MemorySegment view = memory.view();
        Table table = guest.instance().table("table");
        Global global = guest.instance().global("global");
        Module module = guest.engine.compile(Engine.wat2wasm("(module)"));
        guest.close();
        module.close();
        refused(() -> get.call(guest.slots));
        refused(() -> guest.slots.setI32(0, 1));
        refused(memory::view);
        refused(memory::byteSize);
        refused(() -> memory.grow(1));
        refused(() -> view.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0));
        refused(table::size);
        refused(global::i32);
        refused(() -> guest.instance().export("other"));
        refused(() -> guest.store.setEpochDeadline(1));
        refused(() -> guest.store.setFuel(1));
        refused(guest.store::fuel);
        refused(() -> guest.store.slots(1));
        refused(() -> guest.linker.define("env", "g", FunctionType.of(I32), call -> {}));
        refused(guest.linker::copy);
        refused(guest.engine::incrementEpoch);
        refused(() -> guest.engine.compile(new byte[8]));
        refused(() -> new Store(guest.engine, StoreOptions.of("data", 0)));
        refused(module::serialize);
        refused(module::imports);
    }

    @Test
    void shouldCloseTwiceWithoutHarm() {
        Guest guest = Guest.of("(module)");
        guest.close();
        guest.close();
        assertThat(LiveObjects.counts().values()).containsOnly(0L);
    }

    @Test
    void shouldCloseInAnyOrder() {
        Engine engine = new Engine(EngineOptions.builder().build());
        Module module =
                engine.compile(
                        Engine.wat2wasm(
                                "(module (func (export \"get\") (result i32) i32.const 7))"));
        Linker linker = new Linker(engine);
        Store store = new Store(engine, StoreOptions.of("data", 0));
        Function get = linker.instantiate(store, module).function("get");
        engine.close();
        linker.close();
        module.close();
        Slots slots = store.slots(1);
        assertThat(get.call(slots)).isNull();
        assertThat(slots.i32(0)).isEqualTo(7);
        store.close();
    }

    @Test
    void shouldRefuseACloseAndAnotherThreadsCallWhileACallRuns() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try (Guest guest = new Guest(options -> options, "data");
                ExecutorService threads =
                        Executors.newSingleThreadExecutor(
                                GuestStack.threads("guest", guest.engine.options()))) {
            guest.linker.define(
                    "env",
                    "wait",
                    FunctionType.of(),
                    call -> {
                        inside.countDown();
                        leave.await();
                    });
            guest.instantiate(COUNTER);
            Future<?> running = threads.submit(() -> assertThat(guest.call("wait")).isNull());
            inside.await();
            try {
                assertThatThrownBy(guest.store::close)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("while a call runs");
                assertThatThrownBy(() -> guest.call("get"))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("in use by another thread");
            } finally {
                leave.countDown();
            }
            running.get();
            assertThat(guest.call("get")).isNull();
        }
    }

    @Test
    void shouldEitherCallOrRefuseWhenACloseRaces() throws Exception {
        for (int round = 0; round < 50; round++) {
            Guest guest = new Guest(options -> options, "data");
            guest.linker.define("env", "wait", FunctionType.of(), call -> {});
            guest.instantiate(COUNTER);
            CountDownLatch start = new CountDownLatch(1);
            try (ExecutorService threads =
                    Executors.newSingleThreadExecutor(
                            GuestStack.threads("guest", guest.engine.options()))) {
                Future<Integer> calls =
                        threads.submit(
                                () -> {
                                    start.countDown();
                                    int returned = 0;
                                    try {
                                        while (guest.call("wait") == null) {
                                            returned++;
                                        }
                                    } catch (IllegalStateException refused) {
                                        return returned;
                                    }
                                    throw new AssertionError("trapped");
                                });
                start.await();
                closeUntilDone(guest);
                assertThat(calls.get()).isNotNegative();
            }
            guest.close();
        }
    }

    private static void closeUntilDone(Guest guest) {
        while (true) {
            try {
                guest.store.close();
                return;
            } catch (IllegalStateException callRuns) {
                Thread.onSpinWait();
            }
        }
    }

    private static void refused(Executable use) {
        assertThatThrownBy(use::execute).isInstanceOf(IllegalStateException.class);
    }
}
