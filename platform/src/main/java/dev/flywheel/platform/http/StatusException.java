package dev.flywheel.platform.http;

/** Thrown by handlers: becomes an answer with this status and {@code {"error": message}}. */
public class StatusException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    public StatusException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
