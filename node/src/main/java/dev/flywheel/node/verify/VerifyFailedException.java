package dev.flywheel.node.verify;

/** States could not be compared; the message says whom that is due to. */
public final class VerifyFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    VerifyFailedException(String message) {
        super(message);
    }
}
