package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.module.binary.InstructionReader;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.ModuleReader;
import dev.flywheel.cu.module.binary.ModuleWriter;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.wasmtime.Engine;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read is written again. */
class ReadWriteTest {

    @ParameterizedTest
    @MethodSource("dev.flywheel.cu.module.Samples#allNames")
    void shouldWriteWhatWasRead(String name) throws MalformedModuleException {
        byte[] wasm = Samples.wasm(name);
        assertThat(ModuleWriter.write(ModuleReader.read(wasm))).isEqualTo(wasm);
    }

    @ParameterizedTest
    @MethodSource("dev.flywheel.cu.module.Samples#allNames")
    void shouldWalkCodeWithoutGaps(String name) throws MalformedModuleException {
        for (WasmModule.Function function : ModuleReader.read(Samples.wasm(name)).functions) {
            InstructionReader in = new InstructionReader(function.code);
            int end = function.code.offset();
            while (in.next()) {
                assertThat(in.start()).isEqualTo(end);
                assertThat(in.bytes().length()).isEqualTo(in.end() - in.start()).isPositive();
                end = in.end();
            }
            assertThat(end - function.code.offset()).isEqualTo(function.code.length());
        }
    }

    @Test
    void shouldBeTestedOnAllRealModules() {
        assertThat(Samples.realNames()).hasSize(8);
        assertThat(Samples.allNames()).containsAll(Samples.realNames());
    }

    /**
     * Toolchains that patch sizes later leave them in five bytes. Outside of code the shortest form
     * is written; a second time nothing changes any more.
     */
    @Test
    void shouldWriteNumbersOutsideOfCodeInTheirShortestForm() throws MalformedModuleException {
        String padded =
                "0061736d01000000"
                        + "018980808000"
                        + "81808000"
                        + "6080008000"
                        + "038580808000"
                        + "81808000"
                        + "00"
                        + "0a9180808000"
                        + "81808000"
                        + "8880808000"
                        + "8000"
                        + "41808000"
                        + "1a0b"
                        + "0085808080008180800061";
        byte[] wasm = HexFormat.of().parseHex(padded);
        byte[] written = ModuleWriter.write(ModuleReader.read(wasm));
        assertThat(HexFormat.of().formatHex(written))
                .isEqualTo(
                        "0061736d01000000"
                                + "010401600000"
                                + "03020100"
                                + "0a0901"
                                + "0700"
                                + "41808000"
                                + "1a0b"
                                + "00020161");
        assertThat(ModuleWriter.write(ModuleReader.read(written))).isEqualTo(written);
    }

    @Test
    void shouldKeepEveryKindOfSectionAndSegment() throws MalformedModuleException {
        byte[] wasm =
                Engine.wat2wasm(
                        """
                        (module
                          (type $pair (func (param i32 i64) (result i32 f64)))
                          (import "env" "f" (func $f (param v128 externref) (result funcref)))
                          (import "env" "t" (table 1 8 funcref))
                          (import "env" "g" (global (mut i64)))
                          (import "env" "e" (tag (param i32)))
                          (table $own 2 externref)
                          (memory (export "memory") i64 1 2)
                          (tag $thrown (export "thrown") (param f32))
                          (global (mut f32) (f32.const 1.5))
                          (global $sum i32 (i32.add (i32.const 1) (i32.const 2)))
                          (global funcref (ref.func $start))
                          (start $start)
                          (elem (i32.const 0) $start)
                          (elem $passive func $start $f)
                          (elem declare func $f)
                          (elem $own (i32.const 0) externref (ref.null extern))
                          (elem funcref (item (ref.func $f)) (item (ref.null func)))
                          (data (i64.const 3) "abc")
                          (data $later "def")
                          (func $start)
                          (func (type $pair) (local i32 i32 exnref v128)
                            (memory.init $later (i64.const 0) (i32.const 0) (i32.const 1))
                            (data.drop $later)
                            (block (result exnref)
                              (try_table (catch_all_ref 0) (throw $thrown (f32.const 2)))
                              unreachable)
                            throw_ref)
                          (@custom "one" (after code) "x")
                          (@custom "two" "y"))
                        """);
        assertThat(ModuleWriter.write(ModuleReader.read(wasm))).isEqualTo(wasm);
    }
}
