package dev.flywheel.wasmtime;

import dev.flywheel.wasmtime.handle.Live;
import java.util.Map;

/** Counts native objects that are not closed yet. */
public final class LiveObjects {

    private LiveObjects() {}

    /**
     * Living objects by kind: engine, module, linker, store, host-function. A host function lives
     * until its linker and all stores that were instantiated through it are closed.
     */
    public static Map<String, Long> counts() {
        return Live.counts();
    }
}
