package dev.flywheel.wasmtime;

import org.jspecify.annotations.Nullable;

/**
 * A module was not instantiated: an import is unknown or of another type, a limit was reached, or
 * its start trapped.
 */
@SuppressWarnings("JavaLangClash") // WebAssembly's own word; java.lang's is about reflection
public final class InstantiationException extends WasmtimeException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable Trap trap;

    InstantiationException(String message, @Nullable Trap trap) {
        super(message, trap == null ? null : trap.hostFailure());
        this.trap = trap;
    }

    /** What stopped the start function or a segment's copy; null when it did not come to that. */
    public @Nullable Trap trap() {
        return trap;
    }
}
