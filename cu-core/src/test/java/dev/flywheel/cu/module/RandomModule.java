package dev.flywheel.cu.module;

import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.WasmOutput;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;

/**
 * A valid module, at random by seed: some functions {@code (i32) -> i32}, the first of which is
 * exported as {@code f}, that log by {@code env.log} and use one family of instructions.
 */
final class RandomModule {

    /** What the code is full of. */
    enum Flavour {
        /** Exceptions of the older kind, with three tags of none, one and two numbers. */
        LEGACY,
        /** What the reference can meter. */
        GAS,
        /** Calls by {@code invoke_ii} that longjmps end. */
        LONGJMP,
        /** Accesses to a memory of 64 bits, many of them outside. */
        NARROW
    }

    /** Functions imported for longjmp, after the log. */
    static final int INVOKE = 1;

    static final int THROW = 2;

    private final Flavour flavour;
    private final Random random;
    private final int functions;
    private final WasmOutput out = new WasmOutput(4096);

    RandomModule(Flavour flavour, long seed) {
        this.flavour = flavour;
        this.random = new Random(seed);
        this.functions = 2 + random.nextInt(3);
    }

    int functions() {
        return functions;
    }

    /** Index of the i-th own function. */
    int function(int i) {
        return (flavour == Flavour.LONGJMP ? 3 : 1) + i;
    }

    private boolean is(Flavour wanted) {
        return flavour == wanted;
    }

    byte[] wasm() {
        boolean longjmp = is(Flavour.LONGJMP);
        out.bytes(Bytes.of(HexFormat.of().parseHex("0061736d01000000")));
        // () -> (); (i32) -> i32; (i32) -> (); () -> i32; (i32 i32) -> i32; (i32 i32) -> ()
        hex(
                1,
                "06"
                        + "600000"
                        + "60017f017f"
                        + "60017f00"
                        + "6000017f"
                        + "60027f7f017f"
                        + "60027f7f00");
        WasmOutput imports = new WasmOutput(64).u8(longjmp ? 3 : 1);
        function(imports, "log", 2);
        if (longjmp) {
            function(imports, "invoke_ii", 4);
            function(imports, "_emscripten_throw_longjmp", 0);
        }
        section(2, imports);
        WasmOutput declared = new WasmOutput(16).u8(functions + (longjmp ? 4 : 0));
        for (int i = 0; i < functions; i++) {
            declared.u8(1);
        }
        if (longjmp) {
            declared.u8(3).u8(2).u8(5).u8(4); // stackSave, stackRestore, setThrew, dynCall_ii
        }
        section(3, declared);
        section(4, new WasmOutput(8).u8(1).u8(0x70).u8(0).u8(functions));
        hex(5, is(Flavour.NARROW) ? "01050104" : "010001");
        if (is(Flavour.LEGACY)) {
            hex(13, "03" + "0000" + "0002" + "0005");
        }
        // A number of its own, fuel, the stack pointer, what setThrew set.
        hex(6, "04" + "7f0141000b" + "7f0141c0020b" + "7f014180080b" + "7f0141000b");
        exports();
        WasmOutput entries = new WasmOutput(16).u8(1).u8(0).u8(0x41).u8(0).u8(0x0b).u8(functions);
        for (int i = 0; i < functions; i++) {
            entries.unsigned(function(i));
        }
        section(9, entries);
        if (is(Flavour.NARROW)) {
            hex(12, "01");
        }
        code();
        if (is(Flavour.NARROW)) {
            hex(11, "01" + "01" + "10" + "000102030405060708090a0b0c0d0e0f");
        }
        return out.toArray();
    }

    private void exports() {
        boolean longjmp = is(Flavour.LONGJMP);
        boolean dynCall = random.nextBoolean();
        WasmOutput exports = new WasmOutput(64).u8(longjmp ? dynCall ? 7 : 6 : 3);
        export(exports, "f", 0, function(0));
        export(exports, "table", 1, 0);
        export(exports, "memory", 2, 0);
        if (longjmp) {
            export(exports, "stackSave", 0, function(functions));
            export(exports, "stackRestore", 0, function(functions + 1));
            export(exports, "setThrew", 0, function(functions + 2));
            if (dynCall) {
                export(exports, "dynCall_ii", 0, function(functions + 3));
            }
        }
        section(7, exports);
    }

    private void code() {
        boolean longjmp = is(Flavour.LONGJMP);
        WasmOutput bodies = new WasmOutput(4096).u8(functions + (longjmp ? 4 : 0));
        for (int i = 0; i < functions; i++) {
            bodies.sized(Bytes.of(new RandomCode(this, flavour, i, random).body()));
        }
        if (longjmp) {
            body(bodies, "0023020b");
            body(bodies, "00200024020b");
            body(bodies, "00200024030b");
            body(bodies, "00200120001101000b");
        }
        section(10, bodies);
    }

    private static void function(WasmOutput imports, String name, int type) {
        imports.name("env").name(name).u8(0).unsigned(type);
    }

    private static void export(WasmOutput exports, String name, int kind, int index) {
        exports.sized(Bytes.of(name.getBytes(StandardCharsets.UTF_8))).u8(kind).unsigned(index);
    }

    private static void body(WasmOutput bodies, String hex) {
        bodies.sized(Bytes.of(HexFormat.of().parseHex(hex)));
    }

    private void hex(int number, String hex) {
        out.u8(number).sized(Bytes.of(HexFormat.of().parseHex(hex)));
    }

    private void section(int number, WasmOutput content) {
        out.u8(number).sized(content);
    }
}
