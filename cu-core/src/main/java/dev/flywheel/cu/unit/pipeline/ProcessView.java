package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.checkpoint.CheckpointOrigin;
import dev.flywheel.cu.guest.GuestState;
import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ProcessMessage;
import java.util.SequencedMap;

/** A process as it was at some moment. Valid during the look, on its thread. */
public interface ProcessView {

    /** The process. */
    Id id();

    /** Nonce of the last evaluated entry, at least 0. */
    long nonce();

    /** Time of the last evaluated message. */
    long timestamp();

    /** Height of the last evaluated message. */
    long blockHeight();

    /** Whether cron messages were evaluated after that entry. */
    boolean hasTicked();

    /** What its state comes from. */
    CheckpointOrigin origin();

    /** The globals of its state by their names, in the order that the state's hash has them in. */
    SequencedMap<String, Long> globals(GuestState state);

    /** Answers a question; nothing of it remains. */
    EvaluationResult dryRun(ProcessMessage message);

    /** Length of the linear memory. */
    long memoryBytes();

    /** Shows the state; what the reader made of it is worth nothing when this throws. */
    <T, E extends Exception> T read(GuestState.Reader<T, E> reader) throws E;
}
