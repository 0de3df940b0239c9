package dev.flywheel.wasmtime;

import java.lang.foreign.MemorySegment;

/**
 * Something of an instance that another one may import. It belongs to its store, and ends with it.
 */
public abstract sealed class Extern permits Function, Memory, Table, Global, Tag {

    /** {@code wasmtime_extern_kind_t}. */
    static final byte FUNC = 0;

    static final byte GLOBAL = 1;
    static final byte TABLE = 2;
    static final byte MEMORY = 3;
    static final byte SHARED_MEMORY = 4;
    static final byte TAG = 5;

    final Store store;

    /** The C struct, in the store's arena. */
    final MemorySegment raw;

    Extern(Store store, MemorySegment raw) {
        this.store = store;
        this.raw = raw;
    }

    abstract byte kind();
}
