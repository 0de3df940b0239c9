package dev.flywheel.scheduler.journal;

import org.jspecify.annotations.Nullable;

/** The journal could not do its work; the text names the directory and the reason. */
public final class JournalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JournalException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
