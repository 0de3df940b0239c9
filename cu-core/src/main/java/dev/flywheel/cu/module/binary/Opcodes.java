package dev.flywheel.cu.module.binary;

import java.util.Arrays;

/**
 * Instructions by number, and what follows each. One with a prefix is {@code prefix << 12 |
 * number}. What the engine is told not to take is not here, and so refused: see {@link Proposals}.
 */
public final class Opcodes {

    public static final int UNREACHABLE = 0x00;
    public static final int BLOCK = 0x02;
    public static final int LOOP = 0x03;
    public static final int IF = 0x04;
    public static final int ELSE = 0x05;
    public static final int TRY = 0x06;
    public static final int CATCH = 0x07;
    public static final int THROW = 0x08;
    public static final int RETHROW = 0x09;
    public static final int THROW_REF = 0x0a;
    public static final int END = 0x0b;
    public static final int BR = 0x0c;
    public static final int BR_IF = 0x0d;
    public static final int BR_TABLE = 0x0e;
    public static final int RETURN = 0x0f;
    public static final int CALL = 0x10;
    public static final int CALL_INDIRECT = 0x11;
    public static final int DELEGATE = 0x18;
    public static final int CATCH_ALL = 0x19;
    public static final int TRY_TABLE = 0x1f;
    public static final int LOCAL_GET = 0x20;
    public static final int LOCAL_SET = 0x21;
    public static final int LOCAL_TEE = 0x22;
    public static final int GLOBAL_GET = 0x23;
    public static final int GLOBAL_SET = 0x24;
    public static final int I32_LOAD8_U = 0x2d;
    public static final int MEMORY_SIZE = 0x3f;
    public static final int MEMORY_GROW = 0x40;
    public static final int I32_CONST = 0x41;
    public static final int I64_CONST = 0x42;
    public static final int F32_CONST = 0x43;
    public static final int F64_CONST = 0x44;
    public static final int I32_EQZ = 0x45;
    public static final int I64_EQZ = 0x50;
    public static final int I64_LT_S = 0x53;
    public static final int I64_SUB = 0x7d;
    public static final int I64_SHR_U = 0x88;
    public static final int TABLE_SET = 0x26;
    public static final int I32_WRAP_I64 = 0xa7;
    public static final int I64_EXTEND_I32_S = 0xac;
    public static final int I64_EXTEND_I32_U = 0xad;
    public static final int REF_NULL = 0xd0;
    public static final int REF_FUNC = 0xd2;

    /** Prefix of saturating conversions, bulk memory and tables. */
    public static final int FC = 0xfc << 12;

    /** Prefix of vectors. */
    public static final int FD = 0xfd << 12;

    public static final int MEMORY_INIT = FC + 8;
    public static final int DATA_DROP = FC + 9;
    public static final int MEMORY_COPY = FC + 10;
    public static final int MEMORY_FILL = FC + 11;
    public static final int TABLE_INIT = FC + 12;
    public static final int ELEM_DROP = FC + 13;
    public static final int TABLE_COPY = FC + 14;
    public static final int TABLE_GROW = FC + 15;
    public static final int TABLE_FILL = FC + 17;

    /** What follows an opcode. */
    enum Immediates {
        UNKNOWN,
        NONE,
        BLOCK_TYPE,
        INDEX,
        MEMORY_INDEX,
        TWO_INDICES,
        BRANCH_TABLE,
        VALUE_TYPES,
        TRY_TABLE,
        MEMARG,
        MEMARG_AND_LANE,
        LANE,
        SIGNED_32,
        SIGNED_64,
        REFERENCE_TYPE,
        BYTES_4,
        BYTES_8,
        BYTES_16
    }

    /** Numbers among those of vectors that no instruction has. */
    private static final int[] FD_HOLES = {
        0x9a, 0xa2, 0xa5, 0xa6, 0xaf, 0xb0, 0xb2, 0xb3, 0xb4, 0xbb, 0xc2, 0xc5, 0xc6, 0xcf, 0xd0,
        0xd2, 0xd3, 0xd4, 0xe2, 0xee
    };

    private static final Immediates[] PLAIN = plain();
    private static final Immediates[] FC_ONES = bulk();
    private static final Immediates[] FD_ONES = vectors();
    private static final Immediates[] NO_ONES = {};

    static Immediates of(int opcode) {
        if (opcode < 0x100) {
            return PLAIN[opcode];
        }
        Immediates[] ones =
                switch (opcode >> 12) {
                    case FC >> 12 -> FC_ONES;
                    case FD >> 12 -> FD_ONES;
                    default -> NO_ONES;
                };
        int number = opcode & 0xfff;
        return number < ones.length ? ones[number] : Immediates.UNKNOWN;
    }

    /** Whether it reads memory at one address, and takes nothing else. */
    public static boolean isLoad(int opcode) {
        return (opcode >= 0x28 && opcode <= 0x35)
                || (opcode >= FD && opcode <= FD + 10)
                || opcode == FD + 92
                || opcode == FD + 93;
    }

    /**
     * The type of the value that lies above the address, or 0 for any other instruction: stores,
     * and loads into one lane of a vector.
     */
    public static int storedType(int opcode) {
        return switch (opcode) {
            case 0x36, 0x3a, 0x3b -> WasmTypes.I32;
            case 0x37, 0x3c, 0x3d, 0x3e -> WasmTypes.I64;
            case 0x38 -> WasmTypes.F32;
            case 0x39 -> WasmTypes.F64;
            default ->
                    opcode == FD + 11 || (opcode >= FD + 84 && opcode <= FD + 91)
                            ? WasmTypes.V128
                            : 0;
        };
    }

    private static Immediates[] plain() {
        Immediates[] all = new Immediates[0x100];
        Arrays.fill(all, Immediates.UNKNOWN);
        put(all, Immediates.NONE, 0x00, 0x01, ELSE, THROW_REF, END, RETURN, CATCH_ALL, 0x1a, 0x1b);
        put(all, Immediates.NONE, 0xd1);
        Arrays.fill(all, 0x45, 0xc5, Immediates.NONE);
        put(all, Immediates.BLOCK_TYPE, BLOCK, LOOP, IF, TRY);
        put(all, Immediates.INDEX, CATCH, THROW, RETHROW, BR, BR_IF, CALL, DELEGATE);
        put(all, Immediates.INDEX, LOCAL_GET, LOCAL_SET, LOCAL_TEE, GLOBAL_GET, GLOBAL_SET);
        put(all, Immediates.INDEX, 0x25, 0x26, REF_FUNC);
        put(all, Immediates.MEMORY_INDEX, MEMORY_SIZE, MEMORY_GROW);
        put(all, Immediates.BRANCH_TABLE, BR_TABLE);
        put(all, Immediates.TWO_INDICES, CALL_INDIRECT);
        put(all, Immediates.VALUE_TYPES, 0x1c);
        put(all, Immediates.TRY_TABLE, TRY_TABLE);
        Arrays.fill(all, 0x28, 0x3f, Immediates.MEMARG);
        put(all, Immediates.SIGNED_32, I32_CONST);
        put(all, Immediates.SIGNED_64, I64_CONST);
        put(all, Immediates.BYTES_4, F32_CONST);
        put(all, Immediates.BYTES_8, F64_CONST);
        put(all, Immediates.REFERENCE_TYPE, REF_NULL);
        return all;
    }

    private static Immediates[] bulk() {
        Immediates[] all = new Immediates[18];
        Arrays.fill(all, 0, 8, Immediates.NONE);
        Arrays.fill(all, 8, 18, Immediates.INDEX);
        put(all, Immediates.TWO_INDICES, 8, 10, 12, 14);
        return all;
    }

    private static Immediates[] vectors() {
        Immediates[] all = new Immediates[256];
        Arrays.fill(all, Immediates.NONE);
        Arrays.fill(all, 0, 12, Immediates.MEMARG);
        put(all, Immediates.MEMARG, 92, 93);
        put(all, Immediates.BYTES_16, 12, 13);
        Arrays.fill(all, 21, 35, Immediates.LANE);
        Arrays.fill(all, 84, 92, Immediates.MEMARG_AND_LANE);
        put(all, Immediates.UNKNOWN, FD_HOLES);
        return all;
    }

    private static void put(Immediates[] all, Immediates kind, int... opcodes) {
        for (int opcode : opcodes) {
            all[opcode] = kind;
        }
    }

    private Opcodes() {}
}
