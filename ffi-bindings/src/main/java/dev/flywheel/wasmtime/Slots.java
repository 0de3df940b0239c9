package dev.flywheel.wasmtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Parameters and results of calls: 16 bytes for each value, both kinds from number 0 on, so that a
 * call overwrites its parameters with its results. Made once for a store and used for all its
 * calls; not for several threads. Values have no types: the reader must read what the function's
 * type says.
 */
public final class Slots {

    static final long SLOT_BYTES = 16;

    private static final ValueLayout.OfInt I32 =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat F32 =
            ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble F64 =
            ValueLayout.JAVA_DOUBLE.withOrder(ByteOrder.LITTLE_ENDIAN);

    final MemorySegment raw;
    final int count;

    Slots(MemorySegment raw, int count) {
        this.raw = raw;
        this.count = count;
    }

    /** How many values fit. */
    public int count() {
        return count;
    }

    public int i32(int i) {
        return raw.get(I32, i * SLOT_BYTES);
    }

    public long i64(int i) {
        return raw.get(I64, i * SLOT_BYTES);
    }

    public float f32(int i) {
        return raw.get(F32, i * SLOT_BYTES);
    }

    public double f64(int i) {
        return raw.get(F64, i * SLOT_BYTES);
    }

    public void setI32(int i, int value) {
        raw.set(I32, i * SLOT_BYTES, value);
    }

    public void setI64(int i, long value) {
        raw.set(I64, i * SLOT_BYTES, value);
    }

    public void setF32(int i, float value) {
        raw.set(F32, i * SLOT_BYTES, value);
    }

    public void setF64(int i, double value) {
        raw.set(F64, i * SLOT_BYTES, value);
    }
}
