package dev.flywheel.wasmtime;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LiveObjectsCheck.class)
class MemoryTest {

    private static final long PAGE = 64 << 10;

    private static String module(String address) {
        return """
        (module
          (memory (export "memory") ADDRESS 2 100)
          (func (export "load") (param ADDRESS) (result i32) (i32.load (local.get 0)))
          (func (export "store") (param ADDRESS i32) (i32.store (local.get 0) (local.get 1)))
          (func (export "grow") (param ADDRESS) (result ADDRESS) (memory.grow (local.get 0))))
        """
                .replace("ADDRESS", address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"i32", "i64"})
    void shouldShareBytesWithTheGuest(String address) {
        try (Guest guest = Guest.of(module(address))) {
            Memory memory = guest.instance().memory("memory");
            assertThat(memory.type())
                    .isEqualTo(new MemoryType(2, OptionalLong.of(100), address.equals("i64")));
            memory.view().set(JAVA_INT_UNALIGNED, 4097, 0x01020304);
            guest.slots.setI64(0, 4097);
            assertThat(guest.call("load")).isNull();
            assertThat(guest.slots.i32(0)).isEqualTo(0x01020304);
            guest.slots.setI64(0, 100_000);
            guest.slots.setI32(1, 77);
            assertThat(guest.call("store")).isNull();
            assertThat(memory.view().get(JAVA_INT_UNALIGNED, 100_000)).isEqualTo(77);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"i32", "i64"})
    void shouldRemakeTheViewOnlyWhenTheMemoryGrew(String address) {
        try (Guest guest = Guest.of(module(address))) {
            Memory memory = guest.instance().memory("memory");
            MemorySegment view = memory.view();
            assertThat(view.byteSize()).isEqualTo(2 * PAGE);
            assertThat(memory.view()).isSameAs(view);
            guest.slots.setI64(0, 3);
            assertThat(guest.call("grow")).isNull();
            assertThat(guest.slots.i32(0)).isEqualTo(2);
            assertThat(memory.sizePages()).isEqualTo(5);
            assertThat(memory.view().byteSize()).isEqualTo(memory.byteSize()).isEqualTo(5 * PAGE);
            assertThat(memory.view().address()).isEqualTo(memory.address());
            assertThat(memory.grow(1)).isTrue();
            assertThat(memory.view().byteSize()).isEqualTo(6 * PAGE);
            assertThatThrownBy(() -> memory.view().get(JAVA_BYTE, 6 * PAGE))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void shouldStayWhereItIsInsideItsReservation() {
        try (Guest guest = Guest.of(module("i64"))) {
            Memory memory = guest.instance().memory("memory");
            long address = memory.address();
            assertThat(memory.grow(50)).isTrue();
            assertThat(memory.address()).isEqualTo(address);
        }
    }

    @Test
    void shouldKeepOldViewsUsableWhenTheMemoryGrew() {
        long reservation = 8 * PAGE;
        try (Guest guest =
                new Guest(options -> options.memoryReservationBytes(reservation), "data")) {
            guest.instantiate(module("i64"));
            Memory memory = guest.instance().memory("memory");
            MemorySegment old = memory.view();
            old.set(JAVA_BYTE, 0, (byte) 7);
            assertThat(memory.grow(6)).isTrue();
            assertThat(memory.grow(1)).as("past its reservation").isFalse();
            assertThat(old.byteSize()).isEqualTo(2 * PAGE);
            assertThat(old.get(JAVA_BYTE, 0)).isEqualTo((byte) 7);
            assertThat(memory.view().get(JAVA_BYTE, 0)).isEqualTo((byte) 7);
        }
    }

    @Test
    void shouldMoveOutOfItsReservationWhereItMay() {
        try (Guest guest =
                new Guest(
                        options -> options.memoryReservationBytes(8 * PAGE).memoryMayMove(true),
                        "data")) {
            guest.instantiate(module("i64"));
            Memory memory = guest.instance().memory("memory");
            memory.view().set(JAVA_BYTE, 0, (byte) 7);
            assertThat(memory.grow(98)).isTrue();
            assertThat(memory.view().byteSize()).isEqualTo(100 * PAGE);
            assertThat(memory.view().get(JAVA_BYTE, 0)).isEqualTo((byte) 7);
        }
    }

    @Test
    void shouldRefuseGrowthPastItsMaximum() {
        try (Guest guest = Guest.of(module("i64"))) {
            Memory memory = guest.instance().memory("memory");
            assertThat(memory.grow(99)).isFalse();
            assertThat(memory.grow(98)).isTrue();
            assertThat(memory.grow(1)).isFalse();
            assertThatThrownBy(() -> memory.grow(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldRefuseGrowthPastTheStoresLimit() {
        try (Engine engine = new Engine(EngineOptions.builder().build());
                Linker linker = new Linker(engine);
                Module module = engine.compile(Engine.wat2wasm(module("i32")));
                Store store = new Store(engine, StoreOptions.of("data", 4 * PAGE))) {
            Instance instance = linker.instantiate(store, module);
            Slots slots = store.slots(1);
            slots.setI32(0, 3);
            assertThat(instance.function("grow").call(slots)).isNull();
            assertThat(slots.i32(0)).isEqualTo(-1);
            assertThat(instance.memory("memory").grow(3)).isFalse();
            assertThat(instance.memory("memory").grow(2)).isTrue();
        }
    }
}
