package dev.flywheel.platform.files;

import org.jspecify.annotations.Nullable;

/** A data directory cannot be used; the text says why and what to do. */
public final class DataDirectoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DataDirectoryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
