package dev.flywheel.platform.sql;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The embedded store could not do its work; the text names the file and the database's own reason.
 */
public final class SqlStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SqlStoreException(String what, Path file, @Nullable Throwable cause) {
        super(
                what + " file=" + file + (cause == null ? "" : " because " + cause.getMessage()),
                cause);
    }

    /** Whether the disk was full; the same write may succeed when space is freed. */
    public boolean isDiskFull() {
        Throwable cause = getCause();
        return cause != null && String.valueOf(cause.getMessage()).contains("SQLITE_FULL");
    }
}
