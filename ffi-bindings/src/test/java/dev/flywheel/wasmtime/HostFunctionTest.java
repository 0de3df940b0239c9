package dev.flywheel.wasmtime;

import static dev.flywheel.wasmtime.ValueType.F32;
import static dev.flywheel.wasmtime.ValueType.F64;
import static dev.flywheel.wasmtime.ValueType.I32;
import static dev.flywheel.wasmtime.ValueType.I64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LiveObjectsCheck.class)
class HostFunctionTest {

    private static final FunctionType NOTHING = FunctionType.of();

    private static final String CALLER =
            """
            (module
              (import "env" "f" (func $f))
              (func $inner call $f)
              (func (export "run") call $inner))
            """;

    private static Guest guest(Object data) {
        return new Guest(options -> options, data);
    }

    @Test
    void shouldPassAndReturnAllNumberTypes() {
        try (Guest guest = guest("data")) {
            List<Number> seen = new ArrayList<>();
            guest.linker.define(
                    "env",
                    "f",
                    FunctionType.of(I32, I64, F32, F64).returning(F64),
                    call -> {
                        seen.addAll(List.of(call.i32(0), call.i64(1), call.f32(2), call.f64(3)));
                        call.returnF64(call.f64(3) * 2);
                    });
            guest.linker.define(
                    "env", "i32", FunctionType.of().returning(I32), call -> call.returnI32(-1));
            guest.linker.define(
                    "env",
                    "i64",
                    FunctionType.of().returning(I64),
                    call -> call.returnI64(1L << 40));
            guest.linker.define(
                    "env", "f32", FunctionType.of().returning(F32), call -> call.returnF32(0.5f));
            guest.instantiate(
                    """
                    (module
                      (import "env" "f" (func $f (param i32 i64 f32 f64) (result f64)))
                      (import "env" "i32" (func $i32 (result i32)))
                      (import "env" "i64" (func $i64 (result i64)))
                      (import "env" "f32" (func $f32 (result f32)))
                      (func (export "run") (result f64 i32 i64 f32)
                        (call $f (i32.const -3) (i64.const -4) (f32.const 1.5) (f64.const 2.25))
                        call $i32 call $i64 call $f32))
                    """);
            assertThat(guest.call("run")).isNull();
            assertThat(seen).containsExactly(-3, -4L, 1.5f, 2.25);
            assertThat(guest.slots.f64(0)).isEqualTo(4.5);
            assertThat(guest.slots.i32(1)).isEqualTo(-1);
            assertThat(guest.slots.i64(2)).isEqualTo(1L << 40);
            assertThat(guest.slots.f32(3)).isEqualTo(0.5f);
        }
    }

    @Test
    void shouldStopTheGuestWhenItThrowsAndHandOverWhatItThrew() {
        try (Guest guest = guest("data")) {
            IOException thrown = new IOException("no such thing");
            guest.linker.define(
                    "env",
                    "f",
                    NOTHING,
                    call -> {
                        throw thrown;
                    });
            guest.instantiate(CALLER);
            Trap trap = guest.trap("run");
            assertThat(trap.code()).isEqualTo(TrapCode.HOST);
            assertThat(trap.hostFailure()).isSameAs(thrown);
            assertThat(trap.message()).isEqualTo("no such thing");
            assertThat(trap.frames()).hasSize(2);
            assertThat(guest.trap("run").hostFailure()).isSameAs(thrown);
        }
    }

    @Test
    void shouldSurviveErrorsOfTheJvm() {
        try (Guest guest = guest("data")) {
            guest.linker.define("env", "f", NOTHING, call -> recurse(0));
            guest.instantiate(CALLER);
            assertThat(guest.trap("run").hostFailure()).isInstanceOf(StackOverflowError.class);
            assertThat(guest.trap("run").hostFailure()).isInstanceOf(StackOverflowError.class);
        }
    }

    @SuppressWarnings("InfiniteRecursion") // wanted
    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    @Test
    void shouldNotBeCaughtByTheGuest() {
        try (Guest guest = guest("data")) {
            guest.linker.define(
                    "env",
                    "f",
                    NOTHING,
                    call -> {
                        throw new IllegalStateException("host");
                    });
            guest.instantiate(
                    """
                    (module
                      (import "env" "f" (func $f))
                      (func (export "run")
                        (block $caught (try_table (catch_all $caught) (call $f)))))
                    """);
            assertThat(guest.trap("run").code()).isEqualTo(TrapCode.HOST);
        }
    }

    @Test
    void shouldSeeTheDataOfItsStore() {
        try (Guest guest = guest("first");
                Store other =
                        new Store(
                                guest.engine, StoreOptions.of("second", Guest.MEMORY_BYTES_MAX))) {
            List<Object> seen = new ArrayList<>();
            guest.linker.define("env", "f", NOTHING, call -> seen.add(call.data()));
            guest.instantiate(CALLER);
            try (Module module = guest.engine.compile(Engine.wat2wasm(CALLER))) {
                Function second = guest.linker.instantiate(other, module).function("run");
                assertThat(second.call(other.slots(1))).isNull();
                assertThat(guest.call("run")).isNull();
            }
            assertThat(seen).containsExactly("second", "first");
        }
    }

    @Test
    void shouldCallBackIntoTheGuest() {
        try (Guest guest = guest("data")) {
            List<Integer> levels = new ArrayList<>();
            guest.linker.define(
                    "env",
                    "f",
                    FunctionType.of(I32).returning(I32),
                    call -> {
                        int level = call.i32(0);
                        levels.add(level);
                        if (level < 5) {
                            Slots slots = guest.store.slots(1);
                            slots.setI32(0, level + 1);
                            assertThat(guest.function("run").call(slots)).isNull();
                            call.returnI32(slots.i32(0) + call.i32(0));
                        } else {
                            call.returnI32(0);
                        }
                    });
            guest.instantiate(
                    """
                    (module
                      (import "env" "f" (func $f (param i32) (result i32)))
                      (func (export "run") (param i32) (result i32) (call $f (local.get 0))))
                    """);
            guest.slots.setI32(0, 1);
            assertThat(guest.call("run")).isNull();
            assertThat(levels).containsExactly(1, 2, 3, 4, 5);
            assertThat(guest.slots.i32(0)).isEqualTo(4 + 3 + 2 + 1);
        }
    }

    @Test
    void shouldStopMutualRecursionOfGuestAndHost() {
        try (Guest guest = guest("data")) {
            guest.linker.define(
                    "env",
                    "f",
                    NOTHING,
                    call -> {
                        Trap trap = guest.call("run");
                        throw new IllegalStateException(trap == null ? "returned" : trap.message());
                    });
            guest.instantiate(CALLER);
            assertThat(guest.trap("run").message()).contains("nested too deeply");
            assertThat(guest.trap("run").message()).contains("nested too deeply");
        }
    }

    @Test
    void shouldFailWhenItReturnsNothingOrAnotherType() {
        try (Guest guest = guest("data")) {
            FunctionType type = FunctionType.of().returning(I32);
            guest.linker.define("env", "silent", type, call -> {});
            guest.linker.define("env", "wrong", type, call -> call.returnI64(1));
            guest.linker.define("env", "missing", type, call -> call.returnI32(call.i32(0)));
            guest.instantiate(
                    """
                    (module
                      (import "env" "silent" (func $silent (result i32)))
                      (import "env" "wrong" (func $wrong (result i32)))
                      (import "env" "missing" (func $missing (result i32)))
                      (func (export "silent") (drop (call $silent)))
                      (func (export "wrong") (drop (call $wrong)))
                      (func (export "missing") (drop (call $missing))))
                    """);
            assertThat(guest.trap("silent").message())
                    .contains("returned no result: function=env.silent");
            assertThat(guest.trap("wrong").message())
                    .contains("returns another type: function=env.wrong");
            assertThat(guest.trap("missing").message()).contains("no such parameter: i=0");
        }
    }

    @Test
    void shouldRefuseADefinitionThatIsTakenOrTakesMoreThanNumbers() {
        try (Guest guest = guest("data")) {
            guest.linker.define("env", "f", NOTHING, call -> {});
            assertThatThrownBy(() -> guest.linker.define("env", "f", NOTHING, call -> {}))
                    .isInstanceOf(WasmtimeException.class)
                    .hasMessageContaining("module=env name=f");
            FunctionType vector = FunctionType.of(ValueType.V128);
            assertThatThrownBy(() -> guest.linker.define("env", "g", vector, call -> {}))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldOutliveItsLinkerWhileAStoreUsesIt() {
        try (Engine engine = new Engine(EngineOptions.builder().build());
                Store store = new Store(engine, StoreOptions.of("data", 0))) {
            Function run;
            try (Linker linker = new Linker(engine);
                    Module module = engine.compile(Engine.wat2wasm(CALLER))) {
                linker.define("env", "f", NOTHING, call -> {});
                run = linker.instantiate(store, module).function("run");
            }
            assertThat(LiveObjects.counts())
                    .containsEntry("host-function", 1L)
                    .containsEntry("linker", 0L);
            assertThat(run.call(store.slots(1))).isNull();
        }
    }

    @Test
    void shouldRefuseToCloseTheStoreFromInside() {
        try (Guest guest = guest("data")) {
            guest.linker.define("env", "f", NOTHING, call -> guest.store.close());
            guest.instantiate(CALLER);
            assertThat(guest.trap("run").hostFailure())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("while a call runs");
            assertThat(guest.trap("run").code()).isEqualTo(TrapCode.HOST);
        }
    }
}
