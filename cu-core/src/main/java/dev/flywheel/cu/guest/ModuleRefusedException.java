package dev.flywheel.cu.guest;

/**
 * A module cannot be run here: it is not wasm, asks for what no host has, lacks what a host calls,
 * or fails while it starts. The message says which module and why.
 */
public final class ModuleRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    public ModuleRefusedException(String message) {
        super(message);
    }

    public ModuleRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
