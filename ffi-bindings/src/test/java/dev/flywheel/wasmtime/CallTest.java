package dev.flywheel.wasmtime;

import static dev.flywheel.wasmtime.ValueType.F32;
import static dev.flywheel.wasmtime.ValueType.F64;
import static dev.flywheel.wasmtime.ValueType.I32;
import static dev.flywheel.wasmtime.ValueType.I64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LiveObjectsCheck.class)
class CallTest {

    private static final String ALL_TYPES =
            """
            (module
              (func (export "swap") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
                local.get 3 local.get 2 local.get 1 local.get 0)
              (func (export "vector") (param v128) (result i32) i32.const 1)
              (func (export "nothing")))
            """;

    @Test
    void shouldPassAndReturnAllNumberTypes() {
        try (Guest guest = Guest.of(ALL_TYPES)) {
            guest.slots.setI32(0, -7);
            guest.slots.setI64(1, Long.MIN_VALUE + 3);
            guest.slots.setF32(2, -0.25f);
            guest.slots.setF64(3, Math.PI);
            assertThat(guest.call("swap")).isNull();
            assertThat(guest.slots.f64(0)).isEqualTo(Math.PI);
            assertThat(guest.slots.f32(1)).isEqualTo(-0.25f);
            assertThat(guest.slots.i64(2)).isEqualTo(Long.MIN_VALUE + 3);
            assertThat(guest.slots.i32(3)).isEqualTo(-7);
        }
    }

    @Test
    void shouldTellTheFunctionsType() {
        try (Guest guest = Guest.of(ALL_TYPES)) {
            assertThat(guest.function("swap").type())
                    .isEqualTo(
                            new FunctionType(
                                    List.of(I32, I64, F32, F64), List.of(F64, F32, I64, I32)))
                    .hasToString("(i32, i64, f32, f64) -> (f64, f32, i64, i32)");
        }
    }

    @Test
    void shouldRefuseTooFewSlots() {
        try (Guest guest = Guest.of(ALL_TYPES)) {
            assertThatThrownBy(() -> guest.function("swap").call(guest.store.slots(3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("slots=3 needed=4");
        }
    }

    @Test
    void shouldRefuseToCallWhatSlotsCannotHold() {
        try (Guest guest = Guest.of(ALL_TYPES)) {
            assertThatThrownBy(() -> guest.call("vector"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(v128) -> (i32)");
        }
    }

    @Test
    void shouldAnswerNullForAMissingFunction() {
        try (Guest guest = Guest.of(ALL_TYPES)) {
            assertThat(guest.instance().functionOrNull("missing")).isNull();
            assertThatThrownBy(() -> guest.function("missing"))
                    .isInstanceOf(WasmtimeException.class)
                    .hasMessageContaining("name=missing found=nothing");
            assertThatThrownBy(() -> guest.instance().memory("nothing"))
                    .hasMessageContaining("found=Function");
        }
    }
}
