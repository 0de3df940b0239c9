package dev.flywheel.wasmtime;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.flywheel.wasmtime.raw.ExternH;
import dev.flywheel.wasmtime.raw.Layouts;
import dev.flywheel.wasmtime.raw.WasmTypesH;
import java.lang.foreign.MemorySegment;

/**
 * A global that holds a number. Use it on the thread that has the store, with the accessors of its
 * type.
 */
public final class Global extends Extern {

    private static final long OF = Layouts.offset(Layouts.WASMTIME_VAL, "of");

    private final GlobalType type;

    Global(Store store, MemorySegment raw) {
        super(store, raw);
        MemorySegment globaltype = ExternH.wasmtime_global_type(store.context, raw);
        try {
            this.type = NativeTypes.global(globaltype);
        } finally {
            WasmTypesH.wasm_globaltype_delete(globaltype);
        }
    }

    public GlobalType type() {
        return type;
    }

    public int i32() {
        return get(ValueType.I32).get(JAVA_INT, OF);
    }

    public long i64() {
        return get(ValueType.I64).get(JAVA_LONG, OF);
    }

    public float f32() {
        return get(ValueType.F32).get(JAVA_FLOAT, OF);
    }

    public double f64() {
        return get(ValueType.F64).get(JAVA_DOUBLE, OF);
    }

    public void setI32(int value) {
        prepare(ValueType.I32).set(JAVA_INT, OF, value);
        set();
    }

    public void setI64(long value) {
        prepare(ValueType.I64).set(JAVA_LONG, OF, value);
        set();
    }

    public void setF32(float value) {
        prepare(ValueType.F32).set(JAVA_FLOAT, OF, value);
        set();
    }

    public void setF64(double value) {
        prepare(ValueType.F64).set(JAVA_DOUBLE, OF, value);
        set();
    }

    private MemorySegment get(ValueType as) {
        check(as);
        store.enter();
        try {
            ExternH.wasmtime_global_get(store.context, raw, store.scratch);
            return store.scratch;
        } finally {
            store.exit();
        }
    }

    private MemorySegment prepare(ValueType as) {
        check(as);
        if (!type.mutable()) {
            throw new IllegalStateException("global cannot be set: type=" + type);
        }
        MemorySegment value = store.scratch;
        value.set(JAVA_BYTE, 0, (byte) as.wasmKind()); // WASMTIME_I32, _I64, _F32, _F64
        return value;
    }

    private void set() {
        store.enter();
        try {
            Store.refuse(
                    "global cannot be set",
                    ExternH.wasmtime_global_set(store.context, raw, store.scratch));
        } finally {
            store.exit();
        }
    }

    private void check(ValueType as) {
        if (type.content() != as) {
            throw new IllegalStateException(
                    "global is of another type: type=" + type + " asked=" + as);
        }
    }

    @Override
    byte kind() {
        return GLOBAL;
    }
}
