package dev.flywheel.cu.module.binary;

/** Bytes that stand for types, as the binary format has them. */
public final class WasmTypes {

    public static final int I32 = 0x7f;
    public static final int I64 = 0x7e;
    public static final int F32 = 0x7d;
    public static final int F64 = 0x7c;
    public static final int V128 = 0x7b;
    public static final int FUNCREF = 0x70;
    public static final int EXTERNREF = 0x6f;
    public static final int EXNREF = 0x69;

    /** Block type of a block without parameters and results. */
    public static final int EMPTY = 0x40;

    /** What a block type is as a number when it is the byte of a value type, or {@link #EMPTY}. */
    public static int blockType(int type) {
        return type - 0x80;
    }

    /** Of one byte. Typed references, which take more, are of no use to any guest. */
    static boolean isValue(int type) {
        return (type >= V128 && type <= I32) || isReference(type);
    }

    static boolean isReference(int type) {
        return type == FUNCREF || type == EXTERNREF || type == EXNREF;
    }

    /** i32, i64, f32 or f64. */
    public static boolean isNumber(int type) {
        return type >= F64 && type <= I32;
    }

    private WasmTypes() {}
}
