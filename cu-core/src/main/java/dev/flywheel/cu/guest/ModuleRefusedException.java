package dev.flywheel.cu.guest;

/**
 * A module cannot be run here: it is not wasm, asks for what no host has, lacks what a host calls,
 * takes more to compile than this host gives, or fails while it starts. The message says which
 * module and why.
 */
public final class ModuleRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Whether the module is the reason. */
    public enum Kind {
        /** The module, or what it takes. */
        REFUSED,
        /** This host, now: the same module may run a moment later. */
        NOT_NOW
    }

    private final Kind kind;

    public ModuleRefusedException(String message) {
        super(message);
        this.kind = Kind.REFUSED;
    }

    public ModuleRefusedException(String message, Throwable cause) {
        this(Kind.REFUSED, message, cause);
    }

    public ModuleRefusedException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
