package dev.flywheel.cu.guest.compile;

/**
 * A module was not compiled. The message ends a sentence that begins with the module; it says why,
 * and what to do where something can be done.
 */
public final class CompileRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What a refusal is about, which decides how long it holds. */
    public enum Reason {
        /** The module itself: it will never compile here. */
        MODULE,
        /** It passed a limit of this host: another time or another host may get further. */
        LIMIT,
        /** The compiler broke over it. */
        CRASH,
        /** Nothing is said of the module: there was no compiler for it now. */
        UNAVAILABLE
    }

    private final Reason reason;

    public CompileRefusedException(Reason reason, String why) {
        super(why);
        this.reason = reason;
    }

    public CompileRefusedException(Reason reason, String why, Throwable cause) {
        super(why, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
