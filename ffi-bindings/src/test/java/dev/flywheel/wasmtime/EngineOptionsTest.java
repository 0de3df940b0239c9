package dev.flywheel.wasmtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LiveObjectsCheck.class)
class EngineOptionsTest {

    @Test
    void shouldHaveWasmtimesDefaultsButForMemoriesThatMove() {
        assertThat(EngineOptions.builder().build())
                .isEqualTo(
                        new EngineOptions(
                                false,
                                false,
                                false,
                                512 << 10,
                                4L << 30,
                                32 << 20,
                                2L << 30,
                                false,
                                false,
                                true,
                                true,
                                EngineOptions.Optimization.SPEED));
    }

    @Test
    void shouldMakeEnginesOfTheExtremes() {
        EngineOptions small =
                EngineOptions.builder()
                        .epochInterruption(true)
                        .hostInstructions(true)
                        .fuel(true)
                        .maxWasmStackBytes(EngineOptions.WASM_STACK_BYTES_MIN)
                        .memoryReservationBytes(0)
                        .memoryGuardBytes(0)
                        .memoryReservationForGrowthBytes(0)
                        .nanCanonicalization(true)
                        .heapSpectreGuard(false)
                        .parallelCompilation(false)
                        .optimization(EngineOptions.Optimization.NONE)
                        .build();
        EngineOptions large =
                EngineOptions.builder()
                        .maxWasmStackBytes(EngineOptions.WASM_STACK_BYTES_MAX)
                        .memoryReservationBytes(EngineOptions.RESERVATION_BYTES_MAX)
                        .memoryGuardBytes(EngineOptions.GUARD_BYTES_MAX)
                        .memoryReservationForGrowthBytes(EngineOptions.RESERVATION_BYTES_MAX)
                        .memoryMayMove(true)
                        .optimization(EngineOptions.Optimization.SPEED_AND_SIZE)
                        .build();
        byte[] wasm = Engine.wat2wasm("(module (memory 1) (func (export \"f\")))");
        for (EngineOptions options : new EngineOptions[] {small, large}) {
            try (Engine engine = new Engine(options);
                    Module module = engine.compile(wasm)) {
                assertThat(module.exports()).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                Long.MIN_VALUE,
                -1,
                0,
                4096,
                (64 << 10) + 1,
                (1L << 30) + (64 << 10),
                Long.MAX_VALUE
            })
    void shouldRefuseAStackThatTheEngineWouldAbortOn(long bytes) {
        assertThatThrownBy(() -> EngineOptions.builder().maxWasmStackBytes(bytes).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxWasmStackBytes=" + bytes);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1, (1L << 41) + (64 << 10), Long.MAX_VALUE})
    void shouldRefuseAReservationOutOfRange(long bytes) {
        assertThatThrownBy(() -> EngineOptions.builder().memoryReservationBytes(bytes).build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () ->
                                EngineOptions.builder()
                                        .memoryReservationForGrowthBytes(bytes)
                                        .build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EngineOptions.builder().memoryGuardBytes(bytes).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseNegativeStoreLimits() {
        assertThatThrownBy(() -> StoreOptions.of("data", -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxMemoryBytes=-1");
    }

    @Test
    void shouldRefuseTooManySlots() {
        try (Guest guest = Guest.of("(module)")) {
            assertThatThrownBy(() -> guest.store.slots(0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> guest.store.slots(65537))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(guest.store.slots(65536).count()).isEqualTo(65536);
        }
    }
}
