package dev.flywheel.cu.guest;

import dev.flywheel.wasmtime.Global;
import dev.flywheel.wasmtime.Instance;
import java.util.Arrays;
import java.util.List;

/** The mutable globals of one instance, and the values to fall back to. */
final class GlobalState {
    private final Global[] globals;
    private long[] taken;

    /**
     * @param names exports of the mutable globals, all of them numbers
     */
    GlobalState(Instance instance, List<String> names) {
        globals = names.stream().map(instance::global).toArray(Global[]::new);
        taken = new long[globals.length];
    }

    /** Makes the present values the ones to fall back to. */
    void take() {
        for (int i = 0; i < globals.length; i++) {
            taken[i] = bits(globals[i]);
        }
    }

    /** Puts them back. */
    void restore() {
        for (int i = 0; i < globals.length; i++) {
            set(globals[i], taken[i]);
        }
    }

    /** The bits of the present values. */
    List<Long> values() {
        return Arrays.stream(globals).map(GlobalState::bits).toList();
    }

    /**
     * Sets all of them.
     *
     * @throws IllegalArgumentException when there are more or fewer
     */
    void set(List<Long> values) {
        if (values.size() != globals.length) {
            throw new IllegalArgumentException(
                    "the state has globals="
                            + values.size()
                            + ", the module has globals="
                            + globals.length);
        }
        for (int i = 0; i < globals.length; i++) {
            set(globals[i], values.get(i));
        }
    }

    /** The bits of the values to fall back to. */
    List<Long> taken() {
        return Arrays.stream(taken).boxed().toList();
    }

    /** Falls back to these from now on, and does so. */
    void restoreFrom(List<Long> values) {
        set(values);
        take();
    }

    private static long bits(Global global) {
        return switch (global.type().content()) {
            case I32 -> global.i32();
            case I64 -> global.i64();
            case F32 -> Float.floatToRawIntBits(global.f32());
            case F64 -> Double.doubleToRawLongBits(global.f64());
            default -> throw new IllegalStateException("global of type " + global.type());
        };
    }

    private static void set(Global global, long bits) {
        switch (global.type().content()) {
            case I32 -> global.setI32((int) bits);
            case I64 -> global.setI64(bits);
            case F32 -> global.setF32(Float.intBitsToFloat((int) bits));
            case F64 -> global.setF64(Double.longBitsToDouble(bits));
            default -> throw new IllegalStateException("global of type " + global.type());
        }
    }
}
