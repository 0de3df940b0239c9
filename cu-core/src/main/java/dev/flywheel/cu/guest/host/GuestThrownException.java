package dev.flywheel.cu.guest.host;

/**
 * What leaves the reference's loader instead of a result: an import throws it to end the
 * evaluation. Without a stack trace, since guests cause it at will.
 */
public final class GuestThrownException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String kind;

    /**
     * @param kind a JavaScript error class ({@code RuntimeError}), or {@code value} for anything
     *     else thrown, with its JSON as message
     * @param message as the reference words it
     */
    public GuestThrownException(String kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** The reference's abort: {@code Aborted(reason)}. */
    public static GuestThrownException aborted(String reason) {
        return new GuestThrownException("RuntimeError", "Aborted(" + reason + ")");
    }

    /** JavaScript error class, or {@code value}. */
    public String kind() {
        return kind;
    }

    /** The text after the kind, never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
