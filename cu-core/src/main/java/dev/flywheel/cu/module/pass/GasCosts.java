package dev.flywheel.cu.module.pass;

import java.util.Arrays;

/**
 * What each instruction costs in the reference's instrumentation, its oddities included: float
 * comparisons but {@code eq} and {@code ne}, divisions and all conversions are free.
 */
final class GasCosts {

    private static final int UNKNOWN = -1;
    private static final int[] COSTS = costs();

    /** Negative for an instruction that the reference does not know. */
    static int of(int opcode) {
        return opcode < COSTS.length ? COSTS[opcode] : UNKNOWN;
    }

    private static int[] costs() {
        int[] costs = new int[0x100];
        Arrays.fill(costs, UNKNOWN);
        put(costs, 1, 0x00, 0x01, 0x02, 0x03, 0x04); // unreachable, nop, block, loop, if
        put(costs, 90, 0x05, 0x0c, 0x0d, 0x0f, 0x10); // else, br, br_if, return, call
        put(costs, 0, 0x0b); // end
        put(costs, 120, 0x0e, 0x1a, 0x1b); // br_table, drop, select
        put(costs, 10_000, 0x11, 0x40); // call_indirect, memory.grow
        put(costs, 100, 0x3f); // memory.size
        Arrays.fill(costs, 0x20, 0x25, 120); // locals and globals
        Arrays.fill(costs, 0x28, 0x3f, 120); // loads and stores
        Arrays.fill(costs, 0x41, 0x45, 1); // constants
        Arrays.fill(costs, 0x45, 0xc5, 0); // all others, unless below
        Arrays.fill(costs, 0x45, 0x5b, 45); // integer comparisons
        put(costs, 45, 0x5b, 0x5c, 0x61, 0x62); // f32 and f64: eq, ne
        put(costs, 45, 0x92, 0x93, 0x94, 0xa0, 0xa1, 0xa2); // f32 and f64: add, sub, mul
        integers(costs, 0x67);
        integers(costs, 0x79);
        return costs;
    }

    /** The same eighteen operations for i32 and i64. */
    private static void integers(int[] costs, int first) {
        Arrays.fill(costs, first, first + 6, 45); // clz, ctz, popcnt, add, sub, mul
        Arrays.fill(costs, first + 6, first + 10, 36_000); // div, rem
        Arrays.fill(costs, first + 10, first + 13, 45); // and, or, xor
        Arrays.fill(costs, first + 13, first + 16, 67); // shifts
        Arrays.fill(costs, first + 16, first + 18, 90); // rotations
    }

    private static void put(int[] costs, int cost, int... opcodes) {
        for (int opcode : opcodes) {
            costs[opcode] = cost;
        }
    }

    private GasCosts() {}
}
