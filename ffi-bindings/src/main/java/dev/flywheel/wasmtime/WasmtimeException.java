package dev.flywheel.wasmtime;

/** Wasmtime rejected something: never used for traps, which are data ({@link Trap}). */
public class WasmtimeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    WasmtimeException(String message) {
        super(message);
    }

    WasmtimeException(String message, @org.jspecify.annotations.Nullable Throwable cause) {
        super(message, cause);
    }
}
