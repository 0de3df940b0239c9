package dev.flywheel.wasmtime.raw;

/**
 * There is no Wasmtime library, or not one that this binding knows. The message says what to do.
 */
public final class LibraryUnusableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LibraryUnusableException(String message) {
        super(message);
    }

    LibraryUnusableException(String message, Throwable cause) {
        super(message, cause);
    }
}
