package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.module.binary.ModuleReader;
import dev.flywheel.cu.module.pass.MemoryNarrowing;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.Trap;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A narrowed module does what the module did: results, traps with their codes, and memory. */
class MemoryNarrowingTest {

    /** Around every bound there is, for a memory of one page. */
    private static final long[] ADDRESSES = {
        0,
        3,
        65_519,
        65_520,
        65_528,
        65_535,
        65_536,
        131_072,
        (1L << 31) - 1,
        1L << 31,
        (1L << 32) - 65_537,
        (1L << 32) - 16,
        (1L << 32) - 1,
        1L << 32,
        (1L << 32) + 8,
        1L << 33,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -65_536,
        -8,
        -1
    };

    private static final String[] OFFSETS = {
        "0", "1", "65528", "65536", "4294901760", "4294967295", "4294967296", "18446744073709551615"
    };

    private static final String[] LOADS = {
        "i64.load", "i64.load8_s", "i64.load16_u", "i64.load32_s", "i64.load32_u"
    };

    private static final String[] STORES = {
        "i64.store", "i64.store8", "i64.store16", "i64.store32"
    };

    /** Every access at every offset, as functions of an address, and the operations on ranges. */
    private static String accesses(List<String> functions) {
        StringBuilder wat = new StringBuilder("(module (memory (export \"memory\") i64 1 3)\n");
        wat.append("(data (i64.const 8) \"abcdefghijklmnop\") (data $d \"0123456789\")\n");
        for (String offset : OFFSETS) {
            for (String load : LOADS) {
                function(wat, functions, "(" + load + " offset=" + offset + " (local.get 0))");
            }
            for (String store : STORES) {
                function(
                        wat,
                        functions,
                        "(%s offset=%s (local.get 0) (i64.const 0x1122334455667788)) (i64.const 1)"
                                .formatted(store, offset));
            }
            function(
                    wat,
                    functions,
                    "(i64.extend_i32_s (i32.load8_s offset=%s (local.get 0)))".formatted(offset));
            function(
                    wat,
                    functions,
                    "(i64.reinterpret_f64 (f64.load offset=%s (local.get 0)))".formatted(offset));
            function(
                    wat,
                    functions,
                    "(f32.store offset=%s (local.get 0) (f32.const 1.5)) (i64.const 1)"
                            .formatted(offset));
            function(
                    wat,
                    functions,
                    "(i64x2.extract_lane 1 (v128.load offset=%s (local.get 0)))".formatted(offset));
            function(
                    wat,
                    functions,
                    "(i64x2.extract_lane 0 (v128.load32_splat offset=%s (local.get 0)))"
                            .formatted(offset));
            function(
                    wat,
                    functions,
                    ("(i64x2.extract_lane 0 (v128.load16_lane offset=%s 3 (local.get 0)"
                                    + " (v128.const i64x2 7 9)))")
                            .formatted(offset));
            function(
                    wat,
                    functions,
                    ("(v128.store64_lane offset=%s 1 (local.get 0) (v128.const i64x2 7 9))"
                                    + " (i64.const 1)")
                            .formatted(offset));
        }
        for (long length : new long[] {0, 1, 9, 65_536, (1L << 32) - 1, 1L << 32, -1}) {
            function(
                    wat,
                    functions,
                    "(memory.fill (local.get 0) (i32.const 7) (i64.const %d)) (memory.size)"
                            .formatted(length));
            function(
                    wat,
                    functions,
                    "(memory.copy (local.get 0) (i64.const 4) (i64.const %d)) (memory.size)"
                            .formatted(length));
            function(
                    wat,
                    functions,
                    "(memory.copy (i64.const 40) (local.get 0) (i64.const %d)) (memory.size)"
                            .formatted(length));
        }
        for (int length : new int[] {0, 4, 10, 11}) {
            function(
                    wat,
                    functions,
                    "(memory.init $d (local.get 0) (i32.const 0) (i32.const %d)) (memory.size)"
                            .formatted(length));
        }
        function(wat, functions, "(memory.grow (local.get 0))");
        return wat.append(")").toString();
    }

    private static void function(StringBuilder wat, List<String> functions, String code) {
        String name = "f" + functions.size();
        functions.add(code);
        wat.append("(func (export \"%s\") (param i64) (result i64) %s)\n".formatted(name, code));
    }

    @Test
    void shouldAccessMemoryAsBeforeAtEveryBound() {
        List<String> functions = new ArrayList<>();
        byte[] wide = Engine.wat2wasm(accesses(functions));
        Bench.use(
                bench -> {
                    byte[] narrowed = Bench.rewritten(wide, new MemoryNarrowing());
                    List<String> before = outcomes(bench, wide, functions);
                    bench.renew();
                    assertThat(outcomes(bench, narrowed, functions)).isEqualTo(before);
                    assertThat(before).hasSize(functions.size() * ADDRESSES.length);
                    assertThat(before.stream().filter(o -> o.contains("MEMORY_OUT_OF_BOUNDS")))
                            .hasSizeGreaterThan(1_000);
                });
    }

    private static List<String> outcomes(Bench bench, byte[] wasm, List<String> functions) {
        bench.instantiate(wasm);
        List<String> outcomes = new ArrayList<>();
        for (int f = 0; f < functions.size(); f++) {
            for (long address : ADDRESSES) {
                Trap trap = bench.call("f" + f, address);
                String outcome =
                        trap == null ? String.valueOf(bench.i64Result()) : trap.code().name();
                outcomes.add(
                        functions.get(f)
                                + " at "
                                + address
                                + ": "
                                + outcome
                                + " "
                                + Arrays.hashCode(bench.memory().toArray(ValueLayout.JAVA_BYTE)));
            }
        }
        return outcomes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"counter", "toucher", "catcher", "talker", "echo"})
    void shouldRunGuestsToTheSameMemory(String guest) {
        byte[] wasm = Samples.wasm("64/" + guest);
        List<String> tags =
                List.of(
                        "\"Action\",\"value\":\"Inc\"",
                        "\"Action\",\"value\":\"Touch\"},{\"name\":\"Pages\",\"value\":\"20\"",
                        "\"Action\",\"value\":\"Sum\"},{\"name\":\"Pages\",\"value\":\"20\"",
                        "\"Action\",\"value\":\"Fail\"},{\"name\":\"Depth\",\"value\":\"5\"");
        Bench.use(
                bench -> {
                    List<String> wide = answers(bench, wasm, false, tags);
                    bench.renew();
                    bench.relink();
                    assertThat(answers(bench, wasm, true, tags)).isEqualTo(wide);
                });
    }

    private static List<String> answers(
            Bench bench, byte[] wasm, boolean narrowed, List<String> tags) throws Exception {
        PreparedModule prepared =
                ModulePipeline.prepare(wasm, new PreparationOptions(false, narrowed));
        assertThat(prepared.shape().memory().orElseThrow().is64()).isEqualTo(!narrowed);
        assertThat(prepared.shape().rewriting().pointers64()).isTrue();
        bench.guest(prepared);
        List<String> answers = new ArrayList<>();
        for (String tag : tags) {
            answers.add(bench.handle("{\"Id\":\"i\",\"Tags\":[{\"name\":" + tag + "}]}"));
            byte[] memory = bench.memory().toArray(ValueLayout.JAVA_BYTE);
            answers.add(memory.length + " " + Samples.sha256(memory));
        }
        return answers;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(module (memory 1 2))",
                "(module (memory i64 1))",
                "(module (memory i64 1 65536))",
                "(module (import \"env\" \"m\" (memory i64 1 2)))",
                "(module (import \"env\" \"g\" (global i64)) (memory i64 1 2) (data (global.get 0) \"a\"))",
                "(module)"
            })
    void shouldLeaveOtherMemoriesAlone(String wat) throws Exception {
        assertThat(new MemoryNarrowing().apply(ModuleReader.read(Engine.wat2wasm(wat)))).isFalse();
    }
}
