package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.platform.http.Response;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ScheduledEntry;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What somebody wants of a process. Completed by the dispatch thread, or by a time limit. */
public sealed interface Want {

    /** The process. */
    Id process();

    /** Completed with what is wanted, or with a {@code StatusException}. */
    CompletableFuture<?> future();

    /** Ends the want. */
    default void fail(Throwable failure) {
        future().completeExceptionally(failure);
    }

    /**
     * The result of one entry.
     *
     * @param nonce the entry; -1 for the process's own message, wherever it is
     * @param entry the entry itself where it is at hand
     */
    record Result(
            Id process,
            long nonce,
            @Nullable ScheduledEntry entry,
            CompletableFuture<Response> future)
            implements Want {
        /** The process's own message. */
        public static final long OF_PROCESS = -1;
    }

    /**
     * The process at a place: to look at it there, or just to have it evaluated so far.
     *
     * @param nonce last entry to be evaluated; the largest number for no bound
     * @param timestamp latest time to be evaluated; the largest number for the present
     * @param sinceNs the scheduler must have been asked for news after this {@code nanoTime}
     * @param look what is done there with a picture of it, on a guest thread, while the process
     *     goes on; null for nothing
     */
    record Visit(
            Id process,
            long nonce,
            long timestamp,
            long sinceNs,
            @Nullable Look look,
            CompletableFuture<Response> future)
            implements Want {
        /** No bound. */
        public static final long ANY = Long.MAX_VALUE;

        boolean hasNonce() {
            return nonce != ANY;
        }

        /** Whether any state will do that is not old. */
        boolean isOfNow() {
            return nonce == ANY && timestamp == ANY;
        }
    }

    /** Something done with a picture of a process. */
    @FunctionalInterface
    interface Look {
        Response at(ProcessView process) throws Exception;
    }
}
