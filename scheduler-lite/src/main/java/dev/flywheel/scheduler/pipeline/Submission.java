package dev.flywheel.scheduler.pipeline;

import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.scheduler.log.LogEntry;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One posted item on its way, handed from stage to stage: a stage reads what earlier ones wrote.
 * Its outcome is completed once, by whichever stage ends it.
 */
public final class Submission {
    private final @Nullable DataItem item;
    private final List<String> exclude;
    private final CompletableFuture<Receipt> outcome = new CompletableFuture<>();
    private final long arrivedNs = System.nanoTime();

    // Written by the verify stage, or known from the start.
    LogEntry.Kind kind;
    @Nullable Id processId;
    Id messageId;
    byte @Nullable [] deepHash;

    // Written by the sequence stage.
    @Nullable ProcessLog log;
    long nonce;
    long timestamp;
    long blockHeight;

    // Written by the sign stage.
    @Nullable DataItem assignment;

    private Submission(
            @Nullable DataItem item,
            LogEntry.Kind kind,
            @Nullable Id processId,
            Id messageId,
            List<String> exclude) {
        this.item = item;
        this.kind = kind;
        this.processId = processId;
        this.messageId = messageId;
        this.exclude = exclude;
    }

    /** A posted item; what it is, is known after its signature was checked. */
    public static Submission of(DataItem item) {
        return new Submission(item, LogEntry.Kind.MESSAGE, item.target(), item.id(), List.of());
    }

    /**
     * An id to assign to a process.
     *
     * @param deepHash by which it is known again, or null
     */
    public static Submission assign(
            Id process, Id message, List<String> exclude, byte @Nullable [] deepHash) {
        Submission submission =
                new Submission(
                        null, LogEntry.Kind.ASSIGNED, process, message, List.copyOf(exclude));
        submission.deepHash = deepHash;
        return submission;
    }

    @Nullable DataItem item() {
        return item;
    }

    List<String> exclude() {
        return exclude;
    }

    Id process() {
        return Objects.requireNonNull(processId, "set when the item was admitted");
    }

    ProcessLog log() {
        return Objects.requireNonNull(log, "set when the item was sequenced");
    }

    /** What the client is told; completed by the pipeline. */
    public CompletableFuture<Receipt> outcome() {
        return outcome;
    }

    boolean isOver() {
        return outcome.isDone();
    }

    void refuse(Throwable reason) {
        outcome.completeExceptionally(reason);
    }

    /** Bytes that it holds. */
    int size() {
        return item == null ? 0 : item.size();
    }

    long arrivedNs() {
        return arrivedNs;
    }
}
