package dev.flywheel.wasmtime;

import static dev.flywheel.wasmtime.ValueType.I32;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What AO's guests need of the exceptions proposal: a helper instance whose table the host fills
 * afterwards.
 */
@ExtendWith(LiveObjectsCheck.class)
class LongjmpTest {

    private static final String HELPER =
            """
            (module
              (tag $longjmp)
              (table $late (export "late") 4 4 funcref)
              (func (export "invoke_vjj") (param $index i64) (param $a i64) (param $b i64)
                (local $sp i64)
                (local.set $sp (call_indirect $late (result i64) (i32.const 0)))
                (block $caught
                  (try_table (catch $longjmp $caught)
                    (call_indirect $late (param i32 i64 i64)
                      (i32.wrap_i64 (local.get $index)) (local.get $a) (local.get $b) (i32.const 1)))
                  (return))
                (call_indirect $late (param i64) (local.get $sp) (i32.const 2))
                (call_indirect $late (param i64 i32) (i64.const 1) (i32.const 0) (i32.const 3)))
              (func (export "_emscripten_throw_longjmp") (throw $longjmp)))
            """;

    private static final String GUEST =
            """
            (module
              (import "env" "invoke_vjj" (func $invoke (param i64 i64 i64)))
              (import "env" "_emscripten_throw_longjmp" (func $throw))
              (import "env" "host" (func $host (param i32)))
              (global $sp (mut i64) (i64.const 1000))
              (global $threw (export "threw") (mut i64) (i64.const 0))
              (func (export "save") (result i64) (global.get $sp))
              (func (export "restore") (param i64) (global.set $sp (local.get 0)))
              (func (export "setThrew") (param i64 i32) (global.set $threw (local.get 0)))
              (func $dyn (export "dynCall_vjj") (param i32 i64 i64)
                (global.set $sp (i64.const 1))
                (call $host (local.get 0))
                (if (i32.eqz (local.get 0)) (then (call $throw))))
              (func (export "run") (param i64) (result i64)
                (global.set $sp (i64.const 1000))
                (global.set $threw (i64.const 0))
                (call $invoke (local.get 0) (i64.const 2) (i64.const 3))
                (global.get $sp)))
            """;

    @Test
    void shouldCatchALongjmpInsideTheGuestAndNothingElse() {
        try (Guest guest = new Guest(options -> options.epochInterruption(true), "data")) {
            IllegalStateException hostFailure = new IllegalStateException("host");
            guest.linker.define(
                    "env",
                    "host",
                    FunctionType.of(I32),
                    call -> {
                        if (call.i32(0) == 2) {
                            throw hostFailure;
                        }
                    });
            guest.store.setEpochDeadline(1);
            Instance helper = guest.link(HELPER);
            for (String name : new String[] {"invoke_vjj", "_emscripten_throw_longjmp"}) {
                guest.linker.define(guest.store, "env", name, helper.function(name));
            }
            guest.instantiate(GUEST);
            Table late = helper.table("late");
            String[] order = {"save", "dynCall_vjj", "restore", "setThrew"};
            for (int i = 0; i < order.length; i++) {
                late.set(i, guest.function(order[i]));
            }
            for (int round = 0; round < 10_000; round++) {
                guest.slots.setI64(0, 0); // throws
                assertThat(guest.call("run")).isNull();
                assertThat(guest.slots.i64(0)).isEqualTo(1000);
                assertThat(guest.instance().global("threw").i64()).isEqualTo(1);
            }
            guest.slots.setI64(0, 1); // returns
            assertThat(guest.call("run")).isNull();
            assertThat(guest.slots.i64(0)).isEqualTo(1);
            assertThat(guest.instance().global("threw").i64()).isZero();
            guest.slots.setI64(0, 2); // the host fails
            Trap trap = guest.trap("run");
            assertThat(trap.code()).isEqualTo(TrapCode.HOST);
            assertThat(trap.hostFailure()).isSameAs(hostFailure);
        }
    }
}
