package dev.flywheel.cu.guest.hostile;

import static dev.flywheel.cu.guest.hostile.Binary.HEADER;
import static dev.flywheel.cu.guest.hostile.Binary.hex;

import dev.flywheel.cu.guest.hostile.HostileModule.Fate;
import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.ModuleLimits;
import dev.flywheel.cu.module.binary.WasmOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Modules that would cost the compiler minutes or gigabytes: each is refused before anything is
 * compiled. What Wasmtime needs for some of them is said in {@link ModuleLimits}.
 */
final class Bombs {

    private static final int END = 0x0b;

    private Bombs() {}

    static List<HostileModule> all() {
        List<HostileModule> all = new ArrayList<>();
        bodies(all);
        counts(all);
        segments(all);
        return all;
    }

    /** What is just within a limit. */
    static List<byte[]> harmless() {
        return List.of(
                function(4_096, end()),
                function(0, blocks(20_000)),
                function(0, nested(9_999)),
                function(0, branchTable(4_096, 65_520)),
                function(0, code(out -> repeat(50_000, i -> out.u8(0x10).u8(0)))),
                function(0, code(out -> repeat((1 << 20) - 1, i -> out.u8(0x01)))),
                functions(50_000, 0, end()),
                functions(1_000, 1_000, end()),
                customs(1_000));
    }

    private static void bodies(List<HostileModule> all) {
        bomb(
                all,
                "250 KB of block … br_if",
                function(0, branches(35_000)),
                "too much of blocks of a function: count=35000 max=20000");
        bomb(
                all,
                "1 MB of block … br_if",
                function(0, branches(140_000)),
                "too much of blocks of a function");
        bomb(
                all,
                "7 MB of block … br_if",
                function(0, branches(1_000_000)),
                "too much of code of a function");
        bomb(
                all,
                "one loop over 50,000 locals",
                function(50_000, loopOverLocals(50_000)),
                "too many locals: count=50000");
        bomb(
                all,
                "one loop over 20,000 locals",
                function(20_000, loopOverLocals(20_000)),
                "too much of locals of a function: count=20000 max=16384");
        bomb(
                all,
                "4,000 locals by 6,000 blocks",
                function(4_000, blocks(6_000)),
                "function too complex: locals=4000 blocks=6000");
        bomb(
                all,
                "1,000 functions of 50,000 locals",
                functions(1_000, 50_000, end()),
                "too many locals: count=50000");
        bomb(
                all,
                "300 functions of 4,000 locals",
                functions(300, 4_000, end()),
                "too many locals in all functions");
        bomb(
                all,
                "4 MB of const add",
                function(
                        0,
                        code(
                                out ->
                                        repeat(
                                                700_000,
                                                i ->
                                                        out.u8(0x41)
                                                                .u8(0)
                                                                .u8(0x1a)
                                                                .u8(0x01)
                                                                .u8(0x01)
                                                                .u8(0x01)))),
                "too much of code of a function");
        bomb(
                all,
                "blocks nested 10,000 deep",
                function(0, nested(10_000)),
                "blocks nested too deeply: max=10000");
        bomb(
                all,
                "blocks nested 200,000 deep",
                function(0, nested(200_000)),
                "blocks nested too deeply");
        bomb(
                all,
                "ifs nested 10,000 deep",
                function(
                        0,
                        code(
                                out -> {
                                    repeat(10_000, i -> out.u8(0x41).u8(0).u8(0x04).u8(0x40));
                                    repeat(10_000, i -> out.u8(END));
                                })),
                "blocks nested too deeply");
        bomb(
                all,
                "tries nested 10,000 deep",
                function(
                        0,
                        code(
                                out -> {
                                    repeat(10_000, i -> out.u8(0x06).u8(0x40));
                                    repeat(10_000, i -> out.u8(0x19).u8(END));
                                })),
                "blocks nested too deeply");
        bomb(
                all,
                "20,001 handlers",
                function(
                        0,
                        code(out -> repeat(10_001, i -> out.u8(0x06).u8(0x40).u8(0x19).u8(END)))),
                "too much of blocks of a function");
        bomb(
                all,
                "br_table of 60,000 blocks",
                function(0, branchTable(9_000, 60_000)),
                "too much of labels of a br_table: count=9000 max=4096");
        bomb(
                all,
                "br_table of 70,000 entries",
                function(0, branchTable(1, 70_000)),
                "too many labels of a br_table: count=70000 max=65520");
        bomb(
                all,
                "100,000 calls in one function",
                function(0, code(out -> repeat(100_000, i -> out.u8(0x10).u8(0)))),
                "too much of calls of a function: count=100000 max=50000");
        bomb(
                all,
                "100,000 indirect calls",
                functions(
                        1,
                        0,
                        code(out -> repeat(100_000, i -> out.u8(0x41).u8(0).u8(0x11).u8(0).u8(0))),
                        "0404 01700000"),
                "too much of calls of a function");
        bomb(
                all,
                "try_table of 1,001 clauses",
                function(
                        0,
                        code(
                                out -> {
                                    out.u8(0x1f).u8(0x40).unsigned(1_001);
                                    repeat(1_001, i -> out.u8(2).u8(0));
                                    out.u8(END);
                                })),
                "too many clauses of a try_table: count=1001 max=1000");
    }

    private static void counts(List<HostileModule> all) {
        bomb(
                all,
                "1,000,000 empty functions",
                functions(1_000_000, 0, end()),
                "too many functions: count=1000000 max=50000");
        bomb(
                all,
                "50,001 empty functions",
                functions(50_001, 0, end()),
                "too many functions: count=50001 max=50000");
        bomb(
                all,
                "1,000,000 types",
                module(1, out -> many(out, 1_000_000, "600000")),
                "too many types: count=1000000 max=10000");
        bomb(
                all,
                "1,001 imports",
                module(
                        out -> out.bytes(Bytes.of(hex("010401600000"))),
                        2,
                        out -> many(out, 1_001, "016101620000")),
                "too many imports: count=1001 max=1000");
        bomb(
                all,
                "200,000 exports",
                module(
                        out -> out.bytes(Bytes.of(hex("0503010001"))),
                        7,
                        out -> many(out, 200_000, "01610200")),
                "too many exports: count=200000 max=1000");
        bomb(
                all,
                "10,001 globals",
                module(6, out -> many(out, 10_001, "7f0141000b")),
                "too many globals: count=10001 max=10000");
        bomb(
                all,
                "1,001 tags",
                module(
                        out -> out.bytes(Bytes.of(hex("010401600000"))),
                        13,
                        out -> many(out, 1_001, "0000")),
                "too many tags: count=1001 max=1000");
        bomb(all, "1,001 custom sections", customs(1_001), "too many custom sections");
        bomb(
                all,
                "a name of 100,001 bytes",
                module(0, out -> out.unsigned(100_001).bytes(Bytes.of(new byte[100_001]))),
                "name too long: bytes=100001 max=100000");
        bomb(
                all,
                "64 MiB and a byte",
                new byte[ModuleLimits.MODULE_BYTES_MAX + 1],
                "it has bytes=67108865 max=67108864");
    }

    private static void segments(List<HostileModule> all) {
        bomb(
                all,
                "100,000 data segments",
                module(
                        out -> out.bytes(Bytes.of(hex("0503010001"))),
                        11,
                        out -> many(out, 100_000, "0041000b0161")),
                "too many data segments: count=100000 max=10000");
        bomb(
                all,
                "10,001 element segments",
                module(
                        out -> out.bytes(Bytes.of(hex("0404017000" + "01"))),
                        9,
                        out -> many(out, 10_001, "0041000b00")),
                "too many element segments: count=10001 max=10000");
        bomb(
                all,
                "1,000,001 table entries",
                module(
                        9,
                        out -> {
                            out.unsigned(1)
                                    .u8(1)
                                    .u8(0)
                                    .unsigned(1_000_001)
                                    .bytes(Bytes.of(new byte[1_000_001]));
                        }),
                "too many table entries: count=1000001 max=1000000");
        bomb(
                all,
                "entries over all segments",
                module(
                        9,
                        out -> {
                            out.unsigned(2);
                            repeat(
                                    2,
                                    i ->
                                            out.u8(1)
                                                    .u8(0)
                                                    .unsigned(600_000)
                                                    .bytes(Bytes.of(new byte[600_000])));
                        }),
                "too many table entries: count=600000 max=400000");
        bomb(
                all,
                "two data bytes 500 MB apart",
                module(
                        out -> out.bytes(Bytes.of(hex("0503010001"))),
                        11,
                        out ->
                                out.unsigned(2)
                                        .bytes(
                                                Bytes.of(
                                                        hex(
                                                                "0041000b0161"
                                                                        + "00418080b5ee010b0161")))),
                "data outside of the memory");
    }

    private static void bomb(List<HostileModule> all, String name, byte[] wasm, String reason) {
        boolean unread = wasm.length > ModuleLimits.MODULE_BYTES_MAX;
        all.add(
                new HostileModule(
                        "bomb: " + name,
                        wasm,
                        HostileModule.FORMAT,
                        Fate.REFUSED,
                        unread ? List.of(reason) : List.of(reason, " offset=")));
    }

    // Parts -----------------------------------------------------------------------------------

    private interface Filling {
        void into(WasmOutput out);
    }

    private static void repeat(int times, IntConsumer each) {
        for (int i = 0; i < times; i++) {
            each.accept(i);
        }
    }

    private static void many(WasmOutput out, int count, String hex) {
        Bytes each = Bytes.of(hex(hex));
        out.unsigned(count);
        repeat(count, i -> out.bytes(each));
    }

    /** One section of this filling. */
    private static byte[] module(int number, Filling filling) {
        return module(out -> {}, number, filling);
    }

    private static byte[] module(Filling before, int number, Filling filling) {
        WasmOutput out = new WasmOutput(1 << 16).bytes(Bytes.of(hex(HEADER)));
        before.into(out);
        WasmOutput section = new WasmOutput(1 << 16);
        filling.into(section);
        return out.u8(number).sized(section).toArray();
    }

    private static byte[] customs(int count) {
        WasmOutput out = new WasmOutput(1 << 16).bytes(Bytes.of(hex(HEADER)));
        repeat(count, i -> out.u8(0).u8(2).u8(1).u8('a'));
        return out.toArray();
    }

    private static byte[] function(int locals, byte[] code) {
        return functions(1, locals, code);
    }

    private static byte[] functions(int count, int locals, byte[] code) {
        return functions(count, locals, code, "");
    }

    /**
     * @param tables their section, or nothing
     */
    private static byte[] functions(int count, int locals, byte[] code, String tables) {
        WasmOutput body = new WasmOutput(code.length + 8);
        if (locals == 0) {
            body.u8(0);
        } else {
            body.u8(1).unsigned(locals).u8(0x7f);
        }
        body.bytes(Bytes.of(code));
        WasmOutput declarations = new WasmOutput(64);
        many(declarations, count, "00");
        WasmOutput bodies = new WasmOutput(64).unsigned(count);
        repeat(count, i -> bodies.sized(body));
        return new WasmOutput(64)
                .bytes(Bytes.of(hex(HEADER + "010401600000")))
                .u8(3)
                .sized(declarations)
                .bytes(Bytes.of(hex(tables)))
                .u8(10)
                .sized(bodies)
                .toArray();
    }

    private static byte[] code(Filling filling) {
        WasmOutput out = new WasmOutput(1 << 16);
        filling.into(out);
        return out.u8(END).toArray();
    }

    private static byte[] end() {
        return new byte[] {END};
    }

    private static byte[] branches(int count) {
        return code(
                out ->
                        repeat(
                                count,
                                i -> out.u8(0x02).u8(0x40).u8(0x41).u8(0).u8(0x0d).u8(0).u8(END)));
    }

    private static byte[] blocks(int count) {
        return code(out -> repeat(count, i -> out.u8(0x02).u8(0x40).u8(END)));
    }

    private static byte[] nested(int depth) {
        return code(
                out -> {
                    repeat(depth, i -> out.u8(0x02).u8(0x40));
                    repeat(depth, i -> out.u8(END));
                });
    }

    private static byte[] loopOverLocals(int locals) {
        return code(
                out -> {
                    out.u8(0x03).u8(0x40);
                    repeat(
                            locals,
                            i ->
                                    out.u8(0x20)
                                            .unsigned(i)
                                            .u8(0x41)
                                            .u8(1)
                                            .u8(0x6a)
                                            .u8(0x21)
                                            .unsigned(i));
                    out.u8(0x0c).u8(0).u8(END);
                });
    }

    private static byte[] branchTable(int blocks, int labels) {
        return code(
                out -> {
                    repeat(blocks, i -> out.u8(0x02).u8(0x40));
                    out.u8(0x41).u8(0).u8(0x0e).unsigned(labels);
                    repeat(labels + 1, i -> out.unsigned(i % blocks));
                    repeat(blocks, i -> out.u8(END));
                });
    }
}
