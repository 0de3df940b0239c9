package dev.flywheel.wasmtime;

import java.lang.foreign.MemorySegment;

/** A tag of exceptions: to be passed on to another instance. */
public final class Tag extends Extern {

    Tag(Store store, MemorySegment raw) {
        super(store, raw);
    }

    @Override
    byte kind() {
        return TAG;
    }
}
