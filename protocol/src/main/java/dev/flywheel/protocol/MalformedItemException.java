package dev.flywheel.protocol;

/** Bytes that are no data item, or no bundle. The message says what is wrong and where. */
public final class MalformedItemException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong with the bytes. */
    public MalformedItemException(String message) {
        super(message);
    }
}
