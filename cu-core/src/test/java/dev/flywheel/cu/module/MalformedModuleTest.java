package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.ModuleLimits;
import dev.flywheel.cu.module.binary.WasmOutput;
import dev.flywheel.wasmtime.Engine;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Broken and hostile binaries are refused with the place and the reason. */
class MalformedModuleTest {

    private static final String HEADER = "0061736d01000000";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''                   | 0  | not a WebAssembly binary
                    0061736d02000000     | 0  | not a WebAssembly binary
                    h 01                 | 9  | unexpected end
                    h 0105               | 10 | unexpected end: wanted=5 left=0
                    h 01808080808000     | 14 | number of more than 32 bits
                    h 01ffffffff7f       | 14 | number of more than 32 bits
                    h 0e00               | 8  | section unknown, doubled or out of order
                    h 01010001 0100      | 11 | section unknown, doubled or out of order
                    h 03010001 0100      | 11 | section unknown, doubled or out of order
                    h 010200 00          | 11 | section is longer than what it holds
                    h 0105ffffffff07     | 15 | too many types: count=2147483647
                    h 0101 7f            | 11 | more types than bytes: count=127 left=0
                    h 0104 0150 0000     | 12 | not a function type
                    h 0105 0160 017300   | 14 | value type not supported: type=0x73
                    h 0205 0101 ff00 00  | 11 | name is not UTF-8
                    h 0302 01 00         | 12 | functions without code: declared=1 bodies=0
                    h 0a02 01 00         | 11 | function bodies and declarations differ
                    h 0404 01 70 02 00   | 13 | limits not supported: flags=2
                    h 0404 01 70 04 00   | 14 | 64-bit tables are not supported
                    h 0503 02 00 00      | 11 | too many memories: count=2
                    h 0705 01 01 61 00 00| 15 | index points to nothing: of=function index=0
                    h 0801 05            | 11 | index points to nothing: of=start function index=5
                    h 0b02 01 03         | 12 | data segment of an unknown form: flags=3
                    h 0b03 01 00 41      | 13 | unexpected end
                    """)
    void shouldTellWhereAndWhy(String hex, int offset, String reason) {
        String bytes = hex.replace("h", HEADER).replace(" ", "");
        assertThatExceptionOfType(MalformedModuleException.class)
                .isThrownBy(() -> prepare(HexFormat.of().parseHex(bytes)))
                .withMessageContaining(reason)
                .withMessageEndingWith(" offset=" + offset);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''             | unexpected end
                    0b 01          | code behind the end of a function
                    05 0b          | instruction belongs to no open block
                    19 0b          | instruction belongs to no open block
                    0640 19 07 00 0b0b | instruction belongs to no open block: opcode=0x7
                    0240 0b        | blocks left open at the end of a function: 1
                    0c 01 0b       | no such label: label=1 open=1
                    0e 01 00 02 0b | no such label: label=2 open=1
                    0640 09 00 0b0b| rethrow of no caught exception
                    ff             | instruction not supported: opcode=0xff
                    06 40 18 01 0b | no such label: label=1 open=1
                    fc 20          | instruction not supported: prefix=0xfc number=32
                    fd 80 02       | instruction not supported: prefix=0xfd number=256
                    fe 00          | instruction not supported: opcode=0xfe
                    0263 0b        | block type not supported
                    42 ffffffffffffffffff02 | number of more than 64 bits
                    41 ffffffff4f  | number of more than 32 bits
                    28 00 ffffffffffffffffff02 | number of more than 64 bits
                    """)
    void shouldRefuseBrokenCode(String hex, String reason) {
        byte[] code = HexFormat.of().parseHex(hex.replace(" ", ""));
        if (code.length == 0) {
            assertRefused(function(0, code), "blocks left open at the end of a function: 1");
            return;
        }
        assertRefused(function(0, code), reason);
    }

    @Test
    void shouldRefuseWhatCostsTheCompilerTooMuch() {
        assertRefused(function(4_097, repeat(0x01, 10)), "too much of locals of a function");
        assertRefused(function(0, blocks(20_001)), "too much of blocks of a function");
        assertRefused(function(4_000, blocks(5_001)), "function too complex");
        assertRefused(function(0, nested(10_000)), "blocks nested too deeply");
        assertRefused(function(0, repeat(0x01, 1 << 20)), "too much of code of a function");
        assertRefused(function(0, calls(50_001)), "too much of calls of a function");
        assertRefused(function(0, branchTable(5_000)), "too much of labels of a br_table");
        assertRefused(functions(50_001, 0), "too many functions");
        assertRefused(functions(1_001, 1_000), "too many locals in all functions");
    }

    @Test
    void shouldAcceptWhatIsJustWithinTheLimits() throws MalformedModuleException {
        prepare(function(4_096, repeat(0x01, 10)));
        prepare(function(0, blocks(20_000)));
        prepare(function(0, nested(9_999)));
        prepare(function(0, repeat(0x01, (1 << 20) - 1)));
        prepare(functions(1_000, 1_000));
    }

    @Test
    void shouldRefuseDataOutsideOfTheMemory() {
        assertRefused(
                Engine.wat2wasm("(module (memory 1) (data (i32.const 65534) \"abc\"))"),
                "data outside of the memory: start=65534 bytes=3 memoryBytes=65536");
        assertRefused(
                Engine.wat2wasm("(module (memory i64 1) (data (i64.const -1) \"abc\"))"),
                "data outside of the memory: start=18446744073709551615");
    }

    @Test
    void shouldRefuseMoreThanTheModuleLimits() {
        byte[] large = new byte[ModuleLimits.MODULE_BYTES_MAX + 1];
        assertRefused(large, "module too large: bytes=67108865 max=67108864");
    }

    @Test
    void shouldRefuseNamesThatAreOursOrDoubled() {
        assertRefused(
                Engine.wat2wasm("(module (memory (export \"flywheel.gas\") 1))"),
                "export name is reserved");
        byte[] doubled = Engine.wat2wasm("(module (memory (export \"a\") (export \"b\") 1))");
        doubled[lastIndexOf(doubled, (byte) 'b')] = 'a';
        assertRefused(doubled, "two exports of one name");
    }

    private static void prepare(byte[] wasm) throws MalformedModuleException {
        assertThat(ModulePipeline.prepare(wasm, PreparationOptions.UNMETERED).wasm()).isNotEmpty();
    }

    private static void assertRefused(byte[] wasm, String reason) {
        assertThatExceptionOfType(MalformedModuleException.class)
                .isThrownBy(() -> prepare(wasm))
                .withMessageContaining(reason);
    }

    private static int lastIndexOf(byte[] bytes, byte b) {
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (bytes[i] == b) {
                return i;
            }
        }
        throw new AssertionError("no such byte");
    }

    private static byte[] function(int locals, byte[] code) {
        return module(1, locals, code);
    }

    private static byte[] functions(int count, int locals) {
        return module(count, locals, new byte[] {0x0b});
    }

    /** That many functions, all of the same code. */
    private static byte[] module(int count, int locals, byte[] code) {
        WasmOutput body = new WasmOutput(code.length + 8);
        if (locals == 0) {
            body.unsigned(0);
        } else {
            body.unsigned(1).unsigned(locals).u8(0x7f);
        }
        body.bytes(Bytes.of(code));
        WasmOutput declarations = new WasmOutput(64).unsigned(count);
        WasmOutput bodies = new WasmOutput(64).unsigned(count);
        for (int i = 0; i < count; i++) {
            declarations.unsigned(0);
            bodies.sized(body);
        }
        WasmOutput out = new WasmOutput(64);
        out.bytes(Bytes.of(HexFormat.of().parseHex(HEADER + "010401600000")));
        return out.u8(3).sized(declarations).u8(10).sized(bodies).toArray();
    }

    private static byte[] repeat(int opcode, int count) {
        byte[] code = new byte[count + 1];
        Arrays.fill(code, 0, count, (byte) opcode);
        code[count] = 0x0b;
        return code;
    }

    private static byte[] blocks(int count) {
        WasmOutput out = new WasmOutput(64);
        for (int i = 0; i < count; i++) {
            out.u8(0x02).u8(0x40).u8(0x0b);
        }
        return out.u8(0x0b).toArray();
    }

    private static byte[] nested(int depth) {
        WasmOutput out = new WasmOutput(64);
        for (int i = 0; i < depth; i++) {
            out.u8(0x02).u8(0x40);
        }
        for (int i = 0; i <= depth; i++) {
            out.u8(0x0b);
        }
        return out.toArray();
    }

    private static byte[] calls(int count) {
        WasmOutput out = new WasmOutput(64);
        for (int i = 0; i < count; i++) {
            out.u8(0x10).u8(0);
        }
        return out.u8(0x0b).toArray();
    }

    private static byte[] branchTable(int labels) {
        WasmOutput out = new WasmOutput(64);
        for (int i = 0; i < labels; i++) {
            out.u8(0x02).u8(0x40);
        }
        out.u8(0x41).u8(0).u8(0x0e).unsigned(labels - 1);
        for (int i = 0; i < labels; i++) {
            out.unsigned(i);
        }
        for (int i = 0; i <= labels; i++) {
            out.u8(0x0b);
        }
        return out.toArray();
    }
}
