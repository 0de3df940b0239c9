package dev.flywheel.wasmtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LiveObjectsCheck.class)
class TrapTest {

    private static final String TRAPS =
            """
            (module $trapping
              (memory 1)
              (table 2 funcref)
              (elem (i32.const 1) $other)
              (type $void (func))
              (func $other (param i32))
              (func $unreachable (export "unreachable") unreachable)
              (func (export "outer") call $unreachable)
              (func (export "memory") (drop (i32.load (i32.const 65536))))
              (func (export "table") (call_indirect (type $void) (i32.const 2)))
              (func (export "null") (call_indirect (type $void) (i32.const 0)))
              (func (export "signature") (call_indirect (type $void) (i32.const 1)))
              (func (export "divide") (drop (i32.div_s (i32.const 1) (i32.const 0))))
              (func (export "overflow") (drop (i32.div_s (i32.const 0x80000000) (i32.const -1))))
              (func (export "convert") (drop (i32.trunc_f64_s (f64.const nan))))
              (func $recurse (export "recurse") call $recurse)
              (tag $oops)
              (func (export "throw") throw $oops)
              (func (export "fine")))
            """;

    @ParameterizedTest
    @CsvSource({
        "unreachable, UNREACHABLE_CODE_REACHED",
        "memory, MEMORY_OUT_OF_BOUNDS",
        "table, TABLE_OUT_OF_BOUNDS",
        "null, INDIRECT_CALL_TO_NULL",
        "signature, BAD_SIGNATURE",
        "divide, INTEGER_DIVISION_BY_ZERO",
        "overflow, INTEGER_OVERFLOW",
        "convert, BAD_CONVERSION_TO_INTEGER",
        "recurse, STACK_OVERFLOW",
        "throw, UNCAUGHT_EXCEPTION"
    })
    void shouldTellTheCodeOfATrapAndStayUsable(String function, TrapCode code) {
        try (Guest guest = Guest.of(TRAPS)) {
            Trap trap = guest.trap(function);
            assertThat(trap.code()).isEqualTo(code);
            assertThat(trap.hostFailure()).isNull();
            assertThat(trap.message()).doesNotContain("\n");
            assertThat(guest.call("fine")).isNull();
            assertThat(guest.trap(function).code()).isEqualTo(code);
        }
    }

    @Test
    void shouldNameTheFramesInnermostFirst() {
        try (Guest guest = Guest.of(TRAPS)) {
            Trap trap = guest.trap("outer");
            assertThat(trap.message()).isEqualTo("wasm `unreachable` instruction executed");
            assertThat(trap.frames()).hasSize(2);
            assertThat(trap.frames().get(0).module()).isEqualTo("trapping");
            assertThat(trap.frames().get(0).function()).isEqualTo("unreachable");
            assertThat(trap.frames().get(0).functionIndex()).isEqualTo(1);
            assertThat(trap.frames().get(0).moduleOffset()).isPositive();
            assertThat(trap.frames().get(1).functionIndex()).isEqualTo(2);
        }
    }

    @Test
    void shouldBoundTheFramesOfADeepRecursion() {
        try (Guest guest = Guest.of(TRAPS)) {
            assertThat(guest.trap("recurse").frames()).hasSizeBetween(1, 64);
        }
    }
}
