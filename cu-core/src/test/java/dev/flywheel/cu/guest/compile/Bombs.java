package dev.flywheel.cu.guest.compile;

import java.io.ByteArrayOutputStream;

/** Modules that are small and valid, and that a compiler takes long for. */
public final class Bombs {
    private Bombs() {}

    /**
     * Nested loops around a use of every local: each loop must carry each local, so the work is the
     * product.
     */
    public static byte[] nestedLoops(int loops, int locals) {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        for (int i = 0; i < loops; i++) {
            code.writeBytes(new byte[] {0x03, 0x40}); // loop
        }
        for (int i = 0; i < locals; i++) {
            code.write(0x20); // local.get
            leb(code, i);
            code.writeBytes(new byte[] {0x41, 1, 0x6a, 0x21}); // i32.const 1, i32.add, local.set
            leb(code, i);
        }
        for (int i = 0; i < loops; i++) {
            code.writeBytes(new byte[] {0x20, 0, 0x0d, 0, 0x0b}); // local.get 0, br_if 0, end
        }
        return module(1, locals, code.toByteArray());
    }

    /** Functions of one long chain of additions: memory of the compiler, some 300 bytes a byte. */
    public static byte[] chains(int functions, int additions) {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        code.writeBytes(new byte[] {0x41, 0}); // i32.const 0
        for (int i = 0; i < additions; i++) {
            code.writeBytes(new byte[] {0x41, 1, 0x6a}); // i32.const 1, i32.add
        }
        code.write(0x1a); // drop
        return module(functions, 0, code.toByteArray());
    }

    /** A module of equal functions without parameters and results, in their binary form. */
    private static byte[] module(int functions, int locals, byte[] code) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(locals == 0 ? 0 : 1);
        if (locals > 0) {
            leb(body, locals);
            body.write(0x7f); // i32
        }
        body.writeBytes(code);
        body.write(0x0b); // end
        ByteArrayOutputStream types = new ByteArrayOutputStream();
        ByteArrayOutputStream bodies = new ByteArrayOutputStream();
        leb(types, functions);
        leb(bodies, functions);
        for (int i = 0; i < functions; i++) {
            types.write(0);
            leb(bodies, body.size());
            bodies.writeBytes(body.toByteArray());
        }
        ByteArrayOutputStream module = new ByteArrayOutputStream();
        module.writeBytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
        section(module, 1, new byte[] {1, 0x60, 0, 0});
        section(module, 3, types.toByteArray());
        section(module, 10, bodies.toByteArray());
        return module.toByteArray();
    }

    private static void section(ByteArrayOutputStream module, int id, byte[] content) {
        module.write(id);
        leb(module, content.length);
        module.writeBytes(content);
    }

    private static void leb(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest >= 0x80) {
            out.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }
}
