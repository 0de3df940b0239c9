package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ProcessMessage;
import java.io.IOException;
import java.io.OutputStream;

/** A process that stands still while it is looked at. Valid during the look, on its thread. */
public interface ProcessView {

    /** The process. */
    Id id();

    /** Nonce of the last evaluated entry, at least 0. */
    long nonce();

    /** Time of the last evaluated message. */
    long timestamp();

    /** Height of the last evaluated message. */
    long blockHeight();

    /** Answers a question; nothing of it remains. */
    EvaluationResult dryRun(ProcessMessage message);

    /** Length of the linear memory. */
    long memoryBytes();

    /** Writes the linear memory. */
    void writeMemory(OutputStream out) throws IOException;
}
