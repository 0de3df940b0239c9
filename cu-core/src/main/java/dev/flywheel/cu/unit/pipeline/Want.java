package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.StatusException;
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
     * @param entry the entry itself where it is at hand and believed
     * @param slot what a HyperBEAM node says of the entry; null for all others
     */
    record Result(
            Id process,
            long nonce,
            @Nullable ScheduledEntry entry,
            @Nullable Slot slot,
            CompletableFuture<Response> future)
            implements Want {
        /** The process's own message. */
        public static final long OF_PROCESS = -1;

        /** As clients ask, by message. */
        public Result(
                Id process,
                long nonce,
                @Nullable ScheduledEntry entry,
                CompletableFuture<Response> future) {
            this(process, nonce, entry, null, future);
        }

        /**
         * Answers with the entry's result, or says that it is another entry's.
         *
         * @param usual the answer to clients
         */
        public void complete(ResultRow row, Response usual) {
            if (slot == null) {
                future.complete(usual);
                return;
            }
            StatusException conflict = slot.conflict(row);
            if (conflict == null) {
                future.complete(Response.json(200, row.body().forNode()));
            } else {
                future.completeExceptionally(conflict);
            }
        }
    }

    /**
     * An entry as a HyperBEAM node names it: by its slot.
     *
     * @param messageId of the message that the node has there; null when it did not say
     */
    record Slot(@Nullable String messageId) {
        /** Why the result of this entry is not what the node asks for; null when it is. */
        public @Nullable StatusException conflict(ResultRow row) {
            if (messageId == null || messageId.equals(row.messageId())) {
                return null;
            }
            return new ConflictException(
                    409,
                    row.nonce(),
                    null,
                    "slot %d of process %s was evaluated here with message %s, this request has message %s there. Two schedulers wrote this log: ask the one that the process names; if this unit has the wrong one, give it an empty data directory"
                            .formatted(row.nonce(), row.process(), row.messageId(), messageId));
        }
    }

    /**
     * That it is kept: a checkpoint is begun when one is due. Completed at once, with where the
     * process stands, or null when it is not in memory.
     */
    record Snapshot(Id process, CompletableFuture<@Nullable Kept> future) implements Want {}

    /**
     * Where a process stands.
     *
     * @param module its program; null where that is not known
     * @param nonce of the last evaluated entry
     * @param assignmentId its assignment, or null
     * @param hashChain its chain value, or null
     * @param timestamp of that entry, in milliseconds
     * @param blockHeight of that entry
     */
    record Kept(
            @Nullable Id module,
            long nonce,
            @Nullable String assignmentId,
            @Nullable String hashChain,
            long timestamp,
            long blockHeight) {}

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
