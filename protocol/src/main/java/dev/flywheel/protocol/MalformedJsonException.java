package dev.flywheel.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A JSON document of another unit or of a client that is not what it should be. The message says
 * what is wrong.
 */
public final class MalformedJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong with the document. */
    public MalformedJsonException(String message) {
        super(message);
    }

    /** Says what is wrong with the document, and why. */
    public MalformedJsonException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
