package dev.flywheel.cu.module;

import dev.flywheel.cu.module.binary.WasmOutput;

/** Accesses to a memory of 64 bits at random, most of them inside, for {@link RandomCode}. */
final class RandomAccesses {

    private static final long[] FAR = {
        65_528,
        65_535,
        65_536,
        262_143,
        262_144,
        0xffff_fff8L,
        0xffff_ffffL,
        1L << 32,
        (1L << 32) + 8,
        1L << 40,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -65_536,
        -8,
        -1
    };

    private static final long[] OFFSETS = {
        0, 0, 0, 0, 1, 8, 65_528, 65_536, 0xffff_fff0L, 1L << 32, -16
    };

    private final RandomCode code;
    private final WasmOutput out;

    RandomAccesses(RandomCode code) {
        this.code = code;
        this.out = code.out;
    }

    private void address(int depth) {
        if (code.pick(12) == 0) {
            out.u8(0x42).signed(FAR[code.pick(FAR.length)]);
            return;
        }
        code.expression(depth - 1);
        code.constant(0x7fff);
        out.u8(0x71).u8(0xad);
    }

    private WasmOutput memarg() {
        return out.u8(0).unsigned(OFFSETS[code.pick(OFFSETS.length)]);
    }

    void load(int depth) {
        switch (code.pick(6)) {
            case 0 -> {
                address(depth);
                out.u8(code.pick(2) == 0 ? 0x29 : 0x30); // i64.load, i64.load8_s
                memarg().u8(0xa7);
            }
            case 1 -> {
                out.u8(0x3f).u8(0).u8(0xa7); // memory.size
            }
            case 2 -> {
                code.expression(depth - 1);
                code.constant(code.pick(6) == 0 ? -1 : 1);
                out.u8(0x71).u8(0xac).u8(0x40).u8(0).u8(0xa7); // memory.grow by 0 or 1, or much
            }
            case 3 -> {
                address(depth);
                out.u8(0xfd).u8(code.pick(11));
                memarg();
                out.u8(0xfd).u8(0x1b).u8(code.pick(4)); // i32x4.extract_lane
            }
            case 4 -> {
                address(depth);
                code.expression(depth - 1);
                out.u8(0xfd).u8(0x11).u8(0xfd).u8(0x56); // splat; v128.load32_lane
                memarg().u8(code.pick(4));
                out.u8(0xfd).u8(0x1b).u8(code.pick(4));
            }
            default -> {
                address(depth);
                out.u8(new int[] {0x28, 0x2c, 0x2d, 0x2e, 0x2f}[code.pick(5)]);
                memarg();
            }
        }
    }

    void store(int depth) {
        switch (code.pick(6)) {
            case 0 -> {
                address(depth);
                code.expression(depth - 1);
                range(depth);
                out.u8(0xfc).u8(11).u8(0); // memory.fill
            }
            case 1 -> {
                address(depth);
                address(depth);
                range(depth);
                out.u8(0xfc).u8(10).u8(0).u8(0); // memory.copy
            }
            case 2 -> {
                address(depth);
                code.expression(0);
                code.constant(15);
                out.u8(0x71);
                code.expression(0);
                code.constant(7);
                out.u8(0x71).u8(0xfc).u8(8).u8(0).u8(0); // memory.init
            }
            case 3 -> {
                address(depth);
                code.expression(depth - 1);
                out.u8(0xfd).u8(0x11).u8(0xfd); // splat
                if (code.pick(2) == 0) {
                    out.u8(0x0b); // v128.store
                    memarg();
                } else {
                    out.u8(0x5a); // v128.store32_lane
                    memarg().u8(code.pick(4));
                }
            }
            default -> {
                address(depth);
                code.expression(depth - 1);
                out.u8(new int[] {0x36, 0x3a, 0x3b}[code.pick(3)]);
                memarg();
            }
        }
    }

    private void range(int depth) {
        if (code.pick(10) == 0) {
            out.u8(0x42).signed(FAR[code.pick(FAR.length)]);
        } else {
            code.expression(depth - 1);
            code.constant(63);
            out.u8(0x71).u8(0xad);
        }
    }
}
