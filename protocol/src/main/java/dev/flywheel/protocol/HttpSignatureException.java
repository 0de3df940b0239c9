package dev.flywheel.protocol;

/** An HTTP message without a signature that holds. The text says why. */
public final class HttpSignatureException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong. */
    public HttpSignatureException(String message) {
        super(message);
    }
}
