package dev.flywheel.wasmtime;

/**
 * A module was not compiled: it is not wasm, not valid, past a limit, or uses what the engine has
 * switched off.
 */
public final class CompileException extends WasmtimeException {

    private static final long serialVersionUID = 1L;

    CompileException(String message) {
        super(message);
    }
}
