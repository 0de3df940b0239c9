package dev.flywheel.wasmtime;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.flywheel.wasmtime.raw.ExternH;
import dev.flywheel.wasmtime.raw.Layouts;
import dev.flywheel.wasmtime.raw.WasmTypesH;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A table of functions. Use it on the thread that has the store. */
public final class Table extends Extern {

    private static final byte VAL_FUNCREF = 5; // WASMTIME_FUNCREF
    private static final long OF = Layouts.offset(Layouts.WASMTIME_VAL, "of");

    private final TableType type;

    Table(Store store, MemorySegment raw) {
        super(store, raw);
        MemorySegment tabletype = ExternH.wasmtime_table_type(store.context, raw);
        try {
            this.type = NativeTypes.table(tabletype);
        } finally {
            WasmTypesH.wasm_tabletype_delete(tabletype);
        }
    }

    /** Its limits as declared, not its present size. */
    public TableType type() {
        return type;
    }

    public long size() {
        return ExternH.wasmtime_table_size(store.context, raw);
    }

    /**
     * Puts a function, or null, at index {@code i}.
     *
     * @throws IndexOutOfBoundsException past its end
     */
    public void set(long i, @Nullable Function function) {
        check(i);
        if (function != null && function.store != store) {
            throw new IllegalArgumentException(
                    "function is of another store: type=" + function.type());
        }
        store.enter();
        try {
            MemorySegment value = store.scratch;
            value.fill((byte) 0);
            value.set(JAVA_BYTE, 0, VAL_FUNCREF);
            if (function != null) {
                MemorySegment.copy(function.raw, 0, value, OF, Layouts.WASMTIME_FUNC.byteSize());
            }
            Store.refuse(
                    "table entry cannot be set: i=" + i,
                    ExternH.wasmtime_table_set(store.context, raw, i, value));
        } finally {
            store.exit();
        }
    }

    /**
     * The function at index {@code i}, or null. Each answer takes a little of the store's memory
     * until the store is closed: keep it.
     *
     * @throws IndexOutOfBoundsException past its end
     */
    public @Nullable Function get(long i) {
        check(i);
        store.enter();
        try {
            MemorySegment value = store.scratch;
            if (!ExternH.wasmtime_table_get(store.context, raw, i, value)) {
                throw new IndexOutOfBoundsException("no such table entry: i=" + i);
            }
            if (value.get(JAVA_LONG, OF) == 0) { // store_id of a null reference
                return null;
            }
            MemorySegment function = store.allocate(Layouts.WASMTIME_FUNC.byteSize());
            MemorySegment.copy(value, OF, function, 0, Layouts.WASMTIME_FUNC.byteSize());
            return new Function(store, function);
        } finally {
            store.exit();
        }
    }

    private void check(long i) {
        if (type.element() != ValueType.FUNCREF) {
            throw new IllegalStateException("table holds no functions: type=" + type);
        }
        if (i < 0 || i >= size()) {
            throw new IndexOutOfBoundsException("no such table entry: i=" + i + " size=" + size());
        }
    }

    @Override
    byte kind() {
        return TABLE;
    }
}
