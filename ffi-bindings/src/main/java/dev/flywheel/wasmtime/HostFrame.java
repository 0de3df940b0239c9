package dev.flywheel.wasmtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A running host function's view of its parameters: one for each level of nesting, reused by each
 * call on that level.
 */
final class HostFrame implements HostCall {

    private static final ValueLayout.OfInt I32 =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat F32 =
            ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble F64 =
            ValueLayout.JAVA_DOUBLE.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** All memory: the values lie on the native stack, where no segment of ours can be. */
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final Object data;
    private long values;
    private HostFunctions.Entry entry = HostFunctions.Entry.NONE;
    private boolean returned;

    HostFrame(Object data) {
        this.data = data;
    }

    void begin(HostFunctions.Entry entry, long values) {
        this.entry = entry;
        this.values = values;
        this.returned = false;
    }

    void end() {
        HostFunctions.Entry done = entry;
        entry = HostFunctions.Entry.NONE;
        if (!returned && done.hasResult()) {
            throw new IllegalStateException(
                    "host function returned no result: function=" + done.name());
        }
    }

    @Override
    public int i32(int i) {
        return ALL.get(I32, parameter(i, ValueType.I32));
    }

    @Override
    public long i64(int i) {
        return ALL.get(I64, parameter(i, ValueType.I64));
    }

    @Override
    public float f32(int i) {
        return ALL.get(F32, parameter(i, ValueType.F32));
    }

    @Override
    public double f64(int i) {
        return ALL.get(F64, parameter(i, ValueType.F64));
    }

    @Override
    public void returnI32(int value) {
        ALL.set(I32, result(ValueType.I32), value);
    }

    @Override
    public void returnI64(long value) {
        ALL.set(I64, result(ValueType.I64), value);
    }

    @Override
    public void returnF32(float value) {
        ALL.set(F32, result(ValueType.F32), value);
    }

    @Override
    public void returnF64(double value) {
        ALL.set(F64, result(ValueType.F64), value);
    }

    @Override
    public Object data() {
        return data;
    }

    private long parameter(int i, ValueType type) {
        // Also what a frame that is kept after its call answers: no entry, no parameters.
        if (i < 0 || i >= entry.parameterCount()) {
            throw new IndexOutOfBoundsException(
                    "no such parameter: i="
                            + i
                            + " function="
                            + entry.name()
                            + " type="
                            + entry.type());
        }
        assert entry.type().parameters().get(i) == type
                : "parameter i=" + i + " of " + entry + " read as " + type;
        assert !returned
                : "parameter i="
                        + i
                        + " of "
                        + entry
                        + " read after the result was written over it";
        return values + i * Slots.SLOT_BYTES;
    }

    private long result(ValueType type) {
        if (entry.result() != type) {
            throw new IllegalStateException(
                    "host function returns another type: function="
                            + entry.name()
                            + " type="
                            + entry.type()
                            + " returned="
                            + type);
        }
        returned = true;
        return values;
    }
}
