package dev.flywheel.node;

/** The Wasmtime library is missing, or not the pinned one; the text says what to do. */
public final class LibraryUnusableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LibraryUnusableException(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}
