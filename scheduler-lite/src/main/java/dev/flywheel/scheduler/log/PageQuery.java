package dev.flywheel.scheduler.log;

import org.jspecify.annotations.Nullable;

/**
 * Which entries of a process a page is asked for.
 *
 * @param byNonce whether bounds and cursors are nonces, else timestamps
 * @param from entries after this one only; null for the start
 * @param to entries up to this one only; null for the end
 * @param limit most entries
 */
public record PageQuery(boolean byNonce, @Nullable Long from, @Nullable Long to, int limit) {
    /** Whether the process's own entry comes first: it is not one of those that bounds choose. */
    boolean withProcess() {
        return from == null || (byNonce && from == -1);
    }

    String cursor(IndexRow row) {
        return Long.toString(byNonce ? row.nonce() : row.timestamp());
    }
}
