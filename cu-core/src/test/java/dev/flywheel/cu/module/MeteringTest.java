package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.ModuleReader;
import dev.flywheel.cu.module.pass.Metering;
import dev.flywheel.cu.module.pass.SimpleMetering;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.Global;
import dev.flywheel.wasmtime.TrapCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeteringTest {

    private static final String FOLDER = "/dev/flywheel/cu/module/";

    private static byte[] metered() throws Exception {
        String wat = new String(Samples.resource(FOLDER + "gas.wat"), StandardCharsets.UTF_8);
        return Bench.rewritten(Engine.wat2wasm(wat), new Metering());
    }

    @Test
    void shouldChargeWhatTheReferenceCharges() {
        Properties expected = Samples.properties(FOLDER + "gas.properties");
        assertThat(expected).hasSizeGreaterThan(50);
        Bench.use(
                bench -> {
                    byte[] wasm = metered();
                    for (String key : expected.stringPropertyNames()) {
                        bench.instantiate(wasm);
                        int dot = key.indexOf('.');
                        long argument = Long.parseLong(key.substring(dot + 1));
                        long result = bench.result(key.substring(0, dot), argument);
                        long gas = Metering.DEFAULT_LIMIT - gas(bench).i64();
                        assertThat(result + "," + gas).as(key).isEqualTo(expected.getProperty(key));
                        bench.renew();
                    }
                });
    }

    private static Global gas(Bench bench) {
        return bench.instance().global(Metering.GAS_GLOBAL);
    }

    @Test
    void shouldLeaveNothingWhenTheLimitIsMetAndLessWhenItIsPassed() {
        Bench.use(
                bench -> {
                    bench.instantiate(metered());
                    gas(bench).setI64(1868); // loop.1
                    assertThat(bench.result("loop", 1)).isEqualTo(1);
                    assertThat(gas(bench).i64()).isZero();
                    gas(bench).setI64(1867);
                    bench.call("loop", 1);
                    assertThat(gas(bench).i64()).isNegative();
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(loop (br 0))",
                "(loop (br_if 0 (i32.const 1)))",
                "(loop (if (i32.const 0) (then (return))) (br_table 0 0 (i32.const 3)))",
                "(loop (loop (br 1)))",
                // No loop, and 2^40 calls.
                "(call 1) (call 1)) (func (call 2) (call 2)) (func (call 3) (call 3)) "
                        + "(func (call 4) (call 4)) (func (call 5) (call 5)) (func (call 6) (call 6)) "
                        + "(func (call 7) (call 7)) (func (call 8) (call 8)) (func (call 9) (call 9)) "
                        + "(func (call 10) (call 10)) (func (call 11) (call 11)) (func nop"
            })
    void shouldStopCodeThatWouldNotStop(String code) {
        Bench.use(
                bench -> {
                    String wat = "(module (func (export \"run\") " + code + "))";
                    bench.instantiate(Bench.rewritten(Engine.wat2wasm(wat), new Metering()));
                    gas(bench).setI64(100_000);
                    assertThat(bench.trap("run").code())
                            .isEqualTo(TrapCode.UNREACHABLE_CODE_REACHED);
                    assertThat(gas(bench).i64()).isBetween(-1_000L, -1L);
                });
    }

    @Test
    void shouldLeaveGasOfAnotherTrapVisible() {
        Bench.use(
                bench -> {
                    byte[] wasm =
                            Bench.rewritten(
                                    Engine.wat2wasm(
                                            "(module (func (export \"trap\") unreachable))"),
                                    new Metering());
                    bench.instantiate(wasm);
                    bench.trap("trap");
                    assertThat(gas(bench).i64()).isEqualTo(Metering.DEFAULT_LIMIT - 92);
                });
    }

    @ParameterizedTest
    @MethodSource("dev.flywheel.cu.module.Samples#realNames")
    void shouldRefuseWhatTheReferenceRefusesAndHaveAnOracleOfItsBytes(String name)
            throws Exception {
        Properties reference = Samples.properties(FOLDER + "reference.properties");
        String expected = reference.getProperty(name + ".gas");
        if (expected.equals("refused")) {
            assertThatExceptionOfType(MalformedModuleException.class)
                    .isThrownBy(() -> Bench.rewritten(Samples.wasm(name), new Metering()))
                    .withMessageContaining("gas cannot be counted");
        } else {
            byte[] simple = Bench.rewritten(Samples.wasm(name), new SimpleMetering());
            assertThat(Samples.sha256(simple)).isEqualTo(expected);
            byte[] made = Bench.rewritten(Samples.wasm(name), new Metering());
            assertThat(made.length).isLessThan(simple.length);
            Bench.use(bench -> bench.engine.compile(made).close());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    (tag)                                              | tags
                    (func (result i32 i32) unreachable)                | several results
                    (func (param v128))                                | values that are no numbers
                    (func (local funcref))                             | locals that are no numbers
                    (table 1 externref)                                | a table
                    (memory 1) (data "abc")                            | segments other than active ones
                    (func $f) (elem func $f)                           | segments other than active ones
                    (global i32 (i32.add (i32.const 1) (i32.const 2))) | an initialiser of several instructions
                    (import "metering" "usegas" (func (param i64)))    | importing metering function is not allowed
                    """)
    void shouldRefuseWhatTheReferenceCannotRead(String fields, String reason) {
        assertThatExceptionOfType(MalformedModuleException.class)
                .isThrownBy(() -> meter("(module " + fields + ")"))
                .withMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(drop (i32.trunc_sat_f32_s (f32.const 1)))",
                "(memory.fill (i32.const 0) (i32.const 0) (i32.const 0))",
                "(drop (ref.null func))",
                "(i32.const 1) (block (param i32) (drop))",
                "(drop (v128.const i32x4 0 0 0 0))",
            })
    void shouldRefuseInstructionsWithoutAPrice(String code) {
        assertThatExceptionOfType(MalformedModuleException.class)
                .isThrownBy(() -> meter("(module (memory 1) (func " + code + "))"))
                .withMessageContaining("instruction without a price in gas: opcode=0x");
    }

    @Test
    void shouldNameThePlaceAsPublishedWhenAnotherPassHasRewrittenTheCode() throws Exception {
        byte[] wasm = Engine.wat2wasm("(module (func nop) (func nop nop try nop catch_all end))");
        int begins = wasm.length - 8; // nop nop (try void) nop catch_all end end
        assertThatExceptionOfType(MalformedModuleException.class)
                .isThrownBy(() -> RewrittenModule.of(wasm, List.of(Pass.LEGACY, Pass.GAS)))
                .withMessageContaining("instruction without a price in gas: opcode=0x1f")
                .withMessageEndingWith("in the function that begins at offset=" + begins);
    }

    private static void meter(String wat) throws Exception {
        new Metering().apply(ModuleReader.read(Engine.wat2wasm(wat)));
    }
}
