package dev.flywheel.cu.module;

import static dev.flywheel.wasmtime.ValueType.I32;
import static dev.flywheel.wasmtime.ValueType.I64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.ModuleReader;
import dev.flywheel.cu.module.pass.Longjmp;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.HostFunction;
import dev.flywheel.wasmtime.Trap;
import dev.flywheel.wasmtime.TrapCode;
import dev.flywheel.wasmtime.ValueType;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LongjmpTest {

    private static final HostFunction NEVER =
            call -> {
                throw new AssertionError("import was called");
            };

    /**
     * Protected calls of functions that longjmp, trap, fail in the host, or return; through the
     * table, without dynCall exports. P is the type of pointers.
     */
    private static final String GUEST =
            """
            (module
              (import "env" "invoke_vi" (func $invoke_vi (param P i32)))
              (import "env" "invoke_ji" (func $invoke_ji (param P i32) (result i64)))
              (import "env" "invoke_d" (func $invoke_d (param P) (result f64)))
              (import "env" "_emscripten_throw_longjmp" (func $throw))
              (import "env" "host" (func $host (param i32)))
              (table 8 funcref)
              (elem (i32.const 1) $work $value $float $nested $throw)
              (global $sp (mut P) (P.const 1000))
              (global $threw (mut P) (P.const 0))
              (global $log (export "log") (mut i32) (i32.const 0))
              (func (export "stackSave") (result P) (global.get $sp))
              (func (export "stackRestore") (param P) (global.set $sp (local.get 0)))
              (func (export "setThrew") (param P i32)
                (if (i32.eqz (call $thrown)) (then (global.set $threw (local.get 0)))))
              (func $thrown (result i32) (i32.eq (i32.const 0) (ZERO (global.get $threw))) (i32.eqz))
              ;; 0 longjmps, 1 traps, 2 calls the host, else returns
              (func $work (param i32)
                (global.set $sp (P.sub (global.get $sp) (P.const 16)))
                (if (i32.eqz (local.get 0)) (then (call $throw)))
                (if (i32.eq (local.get 0) (i32.const 1)) (then unreachable))
                (if (i32.eq (local.get 0) (i32.const 2)) (then (call $host (local.get 0))))
                (global.set $sp (P.add (global.get $sp) (P.const 16))))
              (func $value (param i32) (result i64) (call $work (local.get 0)) (i64.const 77))
              (func $float (result f64) (f64.const 1.25))
              ;; catches what it calls, then throws on when it caught
              (func $nested (param i32)
                (if (i32.gt_s (local.get 0) (i32.const 0))
                  (then (call $invoke_vi (P.const 4) (i32.sub (local.get 0) (i32.const 1))))
                  (else (call $throw)))
                (global.set $log (i32.add (global.get $log) (i32.const 1)))
                (if (call $thrown) (then (global.set $threw (P.const 0)) (call $throw))))
              (func $start (global.set $sp (P.const 1000)) (global.set $threw (P.const 0)))
              (func $state (result i32)
                (i32.or (i32.shl (call $thrown) (i32.const 16)) (LOW (global.get $sp))))
              (func (export "run") (param i32 i32) (result i32)
                (call $start)
                (call $invoke_vi (WIDE (local.get 0)) (local.get 1))
                (call $state))
              (func (export "value") (param i32) (result i64)
                (call $start)
                (call $invoke_ji (P.const 2) (local.get 0)))
              (func (export "float") (result i64)
                (call $start)
                (i64.trunc_f64_s (f64.mul (call $invoke_d (P.const 3)) (f64.const 100))))
              (func (export "bare") (call $throw)))
            """;

    private static final int THREW = 1 << 16;

    private static byte[] guest(ValueType pointer) throws Exception {
        boolean wide = pointer == I64;
        String wat =
                GUEST.replace("ZERO", wide ? "i32.wrap_i64" : "i32.and (i32.const -1)")
                        .replace("LOW", wide ? "i32.wrap_i64" : "i32.and (i32.const -1)")
                        .replace("WIDE", wide ? "i64.extend_i32_u" : "i32.and (i32.const -1)")
                        .replaceAll("\\bP\\b", wide ? "i64" : "i32");
        return Bench.rewritten(Engine.wat2wasm(wat), new Longjmp());
    }

    private static void define(Bench bench, ValueType pointer, HostFunction host) {
        bench.host("invoke_vi", FunctionType.of(pointer, I32), NEVER);
        bench.host("invoke_ji", FunctionType.of(pointer, I32).returning(I64), NEVER);
        bench.host("invoke_d", FunctionType.of(pointer).returning(ValueType.F64), NEVER);
        bench.host("_emscripten_throw_longjmp", FunctionType.of(), NEVER);
        bench.host("host", FunctionType.of(I32), host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"I32", "I64"})
    void shouldCatchALongjmpAndRestoreTheStackPointer(ValueType pointer) {
        Bench.use(
                bench -> {
                    define(bench, pointer, NEVER);
                    bench.instantiate(guest(pointer));
                    for (int round = 0; round < 1_000; round++) {
                        assertThat(bench.result("run", 1, 0)).isEqualTo(THREW | 1000);
                        assertThat(bench.result("run", 1, 3)).isEqualTo(1000);
                    }
                    // An entry of the table that was the import itself.
                    assertThat(bench.trap("run", 5, 0).code()).isEqualTo(TrapCode.BAD_SIGNATURE);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"I32", "I64"})
    void shouldReturnValuesAndZeroAfterALongjmp(ValueType pointer) {
        Bench.use(
                bench -> {
                    define(bench, pointer, NEVER);
                    bench.instantiate(guest(pointer));
                    assertThat(bench.result("value", 3)).isEqualTo(77);
                    assertThat(bench.result("value", 0)).isZero();
                    assertThat(bench.result("float")).isEqualTo(125);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"I32", "I64"})
    void shouldUnwindNestedCallsOneByOne(ValueType pointer) {
        Bench.use(
                bench -> {
                    define(bench, pointer, NEVER);
                    bench.instantiate(guest(pointer));
                    assertThat(bench.result("run", 4, 0)).isEqualTo(THREW | 1000);
                    assertThat(bench.instance().global("log").i32()).isZero();
                    assertThat(bench.result("run", 4, 40)).isEqualTo(THREW | 1000);
                    assertThat(bench.instance().global("log").i32()).isEqualTo(40);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"I32", "I64"})
    void shouldLetTrapsAndFailuresOfTheHostPass(ValueType pointer) {
        IllegalStateException failure = new IllegalStateException("host");
        Bench.use(
                bench -> {
                    define(
                            bench,
                            pointer,
                            call -> {
                                throw failure;
                            });
                    bench.instantiate(guest(pointer));
                    assertThat(bench.trap("run", 1, 1).code())
                            .isEqualTo(TrapCode.UNREACHABLE_CODE_REACHED);
                    Trap host = bench.trap("run", 1, 2);
                    assertThat(host.code()).isEqualTo(TrapCode.HOST);
                    assertThat(host.hostFailure()).isSameAs(failure);
                    assertThat(bench.trap("run", 0, 0).code())
                            .isEqualTo(TrapCode.INDIRECT_CALL_TO_NULL);
                    assertThat(bench.trap("run", 99, 0).code())
                            .isEqualTo(TrapCode.TABLE_OUT_OF_BOUNDS);
                });
    }

    @Test
    void shouldLeaveALongjmpThatNobodyAwaitsUncaught() {
        Bench.use(
                bench -> {
                    define(bench, I32, NEVER);
                    bench.instantiate(guest(I32));
                    assertThat(bench.trap("bare").code()).isEqualTo(TrapCode.UNCAUGHT_EXCEPTION);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "32, Fail, 1, 1, 'caught 1, returned 0, crooked 0'",
        "64, Fail, 1, 1, 'caught 1, returned 0, crooked 0'",
        "32, Pass, 3, 2, 'caught 0, returned 6, crooked 0'",
        "64, Pass, 3, 2, 'caught 0, returned 6, crooked 0'",
        "32, Fail, 10, 7, 'caught 70, returned 0, crooked 0'",
        "64, Fail, 10, 7, 'caught 70, returned 0, crooked 0'",
        "32, Fail, 100000, 1, 'caught 100000, returned 0, crooked 0'",
        "64, Fail, 100000, 1, 'caught 100000, returned 0, crooked 0'",
    })
    void shouldServeAGuestWithoutLeavingIt(
            int bits, String action, int times, int depth, String answer) {
        String message =
                """
                {"Id":"i","Tags":[{"name":"Action","value":"%s"},
                {"name":"Times","value":"%d"},{"name":"Depth","value":"%d"}]}
                """
                        .formatted(action, times, depth);
        Bench.use(
                bench -> {
                    byte[] wasm = Samples.wasm(bits + "/catcher");
                    bench.guest(ModulePipeline.prepare(wasm, PreparationOptions.UNMETERED));
                    assertThat(bench.handle(message)).contains(answer);
                });
    }

    @ParameterizedTest
    @MethodSource("dev.flywheel.cu.module.Samples#realNames")
    void shouldMakeTheBytesOfTheReference(String name) throws Exception {
        byte[] made = Bench.rewritten(Samples.wasm(name), new Longjmp());
        assertThat(Samples.sha256(made)).isEqualTo(reference().getProperty(name + ".longjmp"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"32/catcher", "64/catcher"})
    void shouldMakeTheBytesOfTheReferenceOfGuestsToo(String name) throws Exception {
        byte[] made = Bench.rewritten(Samples.wasm(name), new Longjmp());
        assertThat(Samples.sha256(made))
                .isEqualTo(reference().getProperty(name.replace('/', '.') + ".longjmp"));
    }

    private static Properties reference() {
        return Samples.properties("/dev/flywheel/cu/module/reference.properties");
    }

    @Test
    void shouldLeaveModulesWithoutLongjmpAndCatchersOfCppExceptionsAlone() throws Exception {
        String[] untouched = {
            "(module)",
            "(module (import \"env\" \"invoke_vi\" (func (param i32 i32))))",
            "(module (import \"env\" \"_emscripten_throw_longjmp\" (func (param i32))))",
            """
            (module (import "env" "_emscripten_throw_longjmp" (func))
              (import "env" "__cxa_find_matching_catch_2" (func (result i32)))
              (import "env" "invoke_vi" (func (param i32 i32))))
            """
        };
        for (String wat : untouched) {
            assertThat(new Longjmp().apply(ModuleReader.read(Engine.wat2wasm(wat)))).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    (import "env" "invoke_vi" (func (param i32 i32)))   | stackSave
                    (import "env" "invoke_" (func))                     | is no protected call
                    (import "env" "invoke_v" (func (param i32))) (func (export "stackSave") (result i32) unreachable) | there is none
                    """)
    void shouldSayWhatAModuleLacks(String fields, String reason) {
        byte[] wasm =
                Engine.wat2wasm(
                        "(module (import \"env\" \"_emscripten_throw_longjmp\" (func)) "
                                + fields
                                + ")");
        assertThatExceptionOfType(MalformedModuleException.class)
                .isThrownBy(() -> new Longjmp().apply(ModuleReader.read(wasm)))
                .withMessageContaining(reason);
    }
}
