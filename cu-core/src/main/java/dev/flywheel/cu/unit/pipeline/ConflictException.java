package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.platform.http.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * Somebody has another entry at a place of a log than the one that was evaluated here. Who is
 * right, {@link Quarantines} asks the scheduler.
 */
public final class ConflictException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final long nonce;
    private final @Nullable String hashChain;

    /**
     * @param nonce the place about which they differ, or after which they do
     * @param hashChain the chain value there as evaluated here; null where that is not at hand
     */
    ConflictException(int status, long nonce, @Nullable String hashChain, String message) {
        super(status, message);
        this.nonce = nonce;
        this.hashChain = hashChain;
    }

    /** The place. */
    public long nonce() {
        return nonce;
    }

    /** The chain value there, or null. */
    @Nullable String hashChain() {
        return hashChain;
    }
}
