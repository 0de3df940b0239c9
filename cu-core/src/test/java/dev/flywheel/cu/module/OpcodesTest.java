package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.ModuleCheck;
import dev.flywheel.cu.module.binary.ModuleReader;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmOutput;
import dev.flywheel.wasmtime.CompileException;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.EngineOptions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Our reader takes the language that the engine takes: each opcode that can be written, each byte
 * that could be a type, stands in a small module of its own, which both get.
 *
 * <p>An instruction stands behind {@code unreachable}, where any operands are there, with all sorts
 * of bytes behind it that could be its immediates.
 */
class OpcodesTest {

    /** What may follow an opcode. */
    private static final List<String> IMMEDIATES =
            List.of(
                    "",
                    "00",
                    "0000",
                    "000000",
                    "00000000",
                    "0000000000000000",
                    "00000000000000000000000000000000",
                    "40",
                    "4000",
                    "7f",
                    "70",
                    "6f",
                    "69",
                    "017f",
                    "0100",
                    "8000",
                    "40000000");

    /** What may stand around an instruction that opens, divides or closes a block. */
    private static final List<List<String>> SHELLS =
            List.of(
                    List.of("", ""),
                    List.of("", "0b"),
                    List.of("0240", ""),
                    List.of("0440", "0b"),
                    List.of("0640", "0b"),
                    List.of("064019", "0b"),
                    List.of("0640", ""));

    /** Ours, not the engine's: a pass makes the engine's of them. */
    private static final Set<String> TRANSLATED = Set.of("06", "07", "09", "18", "19");

    private static Engine engine;

    private int engineTakes;

    @BeforeAll
    static void open() {
        engine = new Engine(EngineOptions.builder().build());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void shouldTakeTheSameInstructionsOfOneByte() {
        TreeSet<String> different = new TreeSet<>();
        for (int opcode = 0; opcode < 0x100; opcode++) {
            if (opcode < 0xfb || opcode == 0xff) {
                compare(HexFormat.of().toHexDigits((byte) opcode), SHELLS, different);
            }
        }
        assertThat(different).containsExactlyInAnyOrderElementsOf(TRANSLATED);
        // 172 of the first version, then sign extension 5, references 5 and typed select, and
        // throw, throw_ref, try_table.
        assertThat(engineTakes).isEqualTo(186);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"fb, 0", "fc, 18", "fd, 236", "fe, 0"})
    void shouldTakeTheSameInstructionsWithAPrefix(String prefix, int count) {
        TreeSet<String> different = new TreeSet<>();
        for (int number = 0; number < 0x120; number++) {
            byte[] leb = new WasmOutput(4).unsigned(number).toArray();
            compare(prefix + HexFormat.of().formatHex(leb), SHELLS.subList(0, 1), different);
        }
        for (int number : new int[] {0xfff, 0x1000, Integer.MAX_VALUE}) {
            byte[] leb = new WasmOutput(4).unsigned(number).toArray();
            compare(prefix + HexFormat.of().formatHex(leb), SHELLS.subList(0, 1), different);
        }
        assertThat(different).isEmpty();
        assertThat(engineTakes).isEqualTo(count);
    }

    /** Notes an opcode that one takes and the other does not, in any form. */
    private void compare(String opcode, List<List<String>> shells, Set<String> different) {
        boolean byEngine = false;
        boolean byUs = false;
        for (List<String> shell : shells) {
            for (String immediates : IMMEDIATES) {
                byte[] wasm =
                        inFunction(
                                "00"
                                        + shell.get(0)
                                        + "00"
                                        + opcode
                                        + immediates
                                        + "00"
                                        + shell.get(1)
                                        + "000b");
                boolean valid = engineTakes(wasm);
                boolean read = weTake(wasm);
                assertThat(valid && !read)
                        .as("the engine alone takes %s %s in %s", opcode, immediates, shell)
                        .isFalse();
                byEngine |= valid;
                byUs |= read;
            }
        }
        if (byEngine) {
            engineTakes++;
        }
        if (byEngine != byUs) {
            different.add(opcode);
        }
    }

    private static boolean engineTakes(byte[] wasm) {
        try {
            engine.validate(wasm);
            return true;
        } catch (CompileException e) {
            return false;
        }
    }

    private static boolean weTake(byte[] wasm) {
        try {
            WasmModule module = ModuleReader.read(wasm);
            ModuleCheck.published(module);
            return true;
        } catch (MalformedModuleException e) {
            return false;
        }
    }

    /** Two tables, a memory, a tag, a global, passive segments and the code of function 0. */
    private static byte[] inFunction(String code) {
        String body = "01017f" + code;
        String sized = lebHex(body.length() / 2) + body;
        return binary(
                "010401600000"
                        + "03020100"
                        + "0404017000"
                        + "01"
                        + "05030100"
                        + "01"
                        + "0d0301"
                        + "0000"
                        + "0606017f0141000b"
                        + "0905010100"
                        + "0100"
                        + "0c0101"
                        + "0a"
                        + lebHex(sized.length() / 2 + 1)
                        + "01"
                        + sized
                        + "0b030101"
                        + "00");
    }

    private static String lebHex(int number) {
        return HexFormat.of().formatHex(new WasmOutput(4).unsigned(number).toArray());
    }

    private static byte[] binary(String sections) {
        return HexFormat.of().parseHex("0061736d01000000" + sections);
    }

    /**
     * The engine also takes noexn (0x74), which only ever holds null, and longer names of the types
     * that have a short one ({@code 0x63 0x70} for {@code 0x70}): no toolchain writes either.
     */
    @Test
    void shouldTakeTheSameTypes() {
        List<String> different = new ArrayList<>();
        for (int type = 0; type < 0x80; type++) {
            String hex = HexFormat.of().toHexDigits((byte) type);
            byte[] parameter = binary("0105016001" + hex + "00");
            byte[] global = binary("020801" + "0161" + "0162" + "03" + hex + "00");
            byte[] table = binary("0404" + "01" + hex + "0001");
            for (byte[] wasm : List.of(parameter, global, table)) {
                if (engineTakes(wasm) != weTake(wasm)) {
                    different.add(hex);
                }
            }
        }
        assertThat(different).containsExactly("74", "74", "74");
        assertThat(engineTakes(binary("01060160016370" + "00"))).isTrue();
        assertThat(weTake(binary("01060160016370" + "00"))).isFalse();
    }

    @Test
    void shouldTakeTheSameLimits() {
        List<String> different = new ArrayList<>();
        for (int flags = 0; flags < 0x40; flags++) {
            String hex = HexFormat.of().toHexDigits((byte) flags);
            for (String numbers : List.of("01", "0101", "010101", "010110")) {
                byte[] memory = binary("05" + size(2, numbers) + "01" + hex + numbers);
                byte[] table = binary("04" + size(3, numbers) + "0170" + hex + numbers);
                if (engineTakes(memory) != weTake(memory)) {
                    different.add("memory " + hex + " " + numbers);
                }
                if (engineTakes(table) != weTake(table)) {
                    different.add("table " + hex + " " + numbers);
                }
            }
        }
        // 64-bit tables, whose sizes the engine's C API cannot tell.
        assertThat(different).containsExactly("table 04 01", "table 05 0101");
    }

    private static String size(int before, String numbers) {
        return lebHex(before + numbers.length() / 2);
    }

    @Test
    void shouldTakeTheSameKindsOfSectionsImportsAndSegments() {
        List<String> different = new ArrayList<>();
        for (int i = 0; i < 0x80; i++) {
            String hex = HexFormat.of().toHexDigits((byte) i);
            for (String rest : List.of("", "00", "0000", "000000", "6f0000", "7000", "700001")) {
                String tail = hex + rest;
                // A type to point to; a memory and a table; an active segment's place.
                List<byte[]> all =
                        List.of(
                                binary("010401600000" + hex + size(0, rest) + rest),
                                binary("010401600000" + "02" + size(5, tail) + "0101610162" + tail),
                                binary(
                                        "010401600000040401700001"
                                                + "05030100"
                                                + "01"
                                                + "07"
                                                + size(3, tail)
                                                + "010161"
                                                + tail),
                                binary("05030100" + "01" + "0b" + size(1, tail) + "01" + tail),
                                binary("040401700001" + "09" + size(1, tail) + "01" + tail));
                for (int kind = 0; kind < all.size(); kind++) {
                    if (engineTakes(all.get(kind)) != weTake(all.get(kind))) {
                        different.add(kind + " " + tail);
                    }
                }
            }
        }
        assertThat(different).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    (func $f return_call $f)                                  | opcode=0x12 (proposal tail calls is off) offset=23
                    (table 1 funcref) (func (return_call_indirect (i32.const 0))) | opcode=0x13 (proposal tail calls
                    (func (param funcref) (drop (ref.as_non_null (local.get 0)))) | opcode=0xd4 (proposal typed function references
                    (type $t (func)) (func (param (ref null $t)) (call_ref $t (local.get 0))) | type=0x63 (proposal typed function references
                    (func $f) (table 1 funcref (ref.func $f))                 | type=0x40 (proposal typed function references
                    (func (param funcref) (block (br_on_null 0 (local.get 0)) drop)) | opcode=0xd5 (proposal typed function references
                    (type (struct (field i32)))                               | form=0x5f (proposal garbage collection
                    (type (array i8))                                         | form=0x5e (proposal garbage collection
                    (rec (type (func)) (type (func)))                         | form=0x4e (proposal garbage collection
                    (func (param anyref))                                     | type=0x6e (proposal garbage collection
                    (func (result i32) (ref.eq (ref.null eq) (ref.null eq)))  | type=-19 (proposal garbage collection
                    (func (drop (ref.i31 (i32.const 1))))                     | prefix=0xfb number=28 (proposal garbage collection
                    (type $f (func)) (type (cont $f))                         | form=0x5d (proposal stack switching
                    (func (result i64 i64) (i64.mul_wide_u (i64.const 1) (i64.const 2))) | prefix=0xfc number=22 (proposal wide arithmetic
                    (func (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0))) | prefix=0xfd number=257 (proposal relaxed SIMD
                    (memory 1) (func (drop (i32.atomic.load (i32.const 0))))  | prefix=0xfe number=16 (proposal threads
                    (memory 1 1 shared)                                       | flags=3 (proposal threads
                    (memory 1 (pagesize 1))                                   | flags=8 (proposal custom page sizes
                    (import "a" "b" (memory 1)) (memory 1)                    | too many memories or tables
                    (memory 1) (memory $b 1) (func (drop (i32.load $b (i32.const 0)))) | too many memories
                    (type (shared (func)))                                    | form=0x65 (proposal shared-everything threads
                    """)
    void shouldNameTheProposalThatIsOff(String fields, String reason) {
        byte[] wasm = Engine.wat2wasm("(module " + fields + ")");
        assertThatExceptionOfType(MalformedModuleException.class)
                .isThrownBy(() -> ModulePipeline.prepare(wasm, PreparationOptions.UNMETERED))
                .withMessageContaining(reason)
                .withMessageMatching(".* offset=\\d+");
    }
}
