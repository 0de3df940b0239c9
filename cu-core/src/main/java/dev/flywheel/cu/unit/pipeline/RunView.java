package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ProcessMessage;
import java.io.IOException;
import java.io.OutputStream;

/** A run as visitors see it. */
record RunView(Id id, ProcessRun run) implements ProcessView {
    @Override
    public long nonce() {
        return Math.max(0, run.place().nonce());
    }

    @Override
    public long timestamp() {
        return run.timestamp();
    }

    @Override
    public long blockHeight() {
        return run.blockHeight();
    }

    @Override
    public EvaluationResult dryRun(ProcessMessage message) {
        return run.dryRun(message);
    }

    @Override
    public long memoryBytes() {
        return run.instance().memoryBytes();
    }

    @Override
    public void writeMemory(OutputStream out) throws IOException {
        run.instance().writeMemory(out);
    }
}
