package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.checkpoint.CheckpointOrigin;
import dev.flywheel.cu.guest.Evaluation;
import dev.flywheel.cu.guest.GuestState;
import dev.flywheel.cu.unit.Evaluator;
import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ProcessMessage;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A run as visitors see it: its state and place at one moment, while it goes on. Made where the
 * process stands still, or on the way of a long evaluation; used on a guest thread, interrupted
 * from any.
 */
final class RunView implements ProcessView, AutoCloseable {
    private final ProcessRun run;
    private final LogReader.Place place;
    private final long timestamp;
    private final long blockHeight;
    private final boolean ticked;
    private Evaluator.@Nullable Fork fork; // guarded by this
    private boolean interrupted; // guarded by this

    /** A view of now, or of when it is opened; to be closed. */
    RunView(ProcessRun run) {
        this.run = run;
        this.place = run.place();
        this.timestamp = run.timestamp();
        this.blockHeight = run.blockHeight();
        this.ticked = run.hasTicked();
    }

    /**
     * Takes the state. Where an evaluation runs, this may wait for a message that is being kept.
     */
    synchronized void open() {
        if (interrupted) {
            throw StepFailures.shuttingDown();
        }
        if (fork == null) {
            fork = run.instance().fork();
        }
    }

    /** Whether it shows a run as it is now. */
    boolean isOf(ProcessRun other) {
        return run == other
                && place.equals(run.place())
                && timestamp == run.timestamp()
                && ticked == run.hasTicked();
    }

    /** Whether it can be looked at once more: its state is there, and nobody ended a look. */
    synchronized boolean isReusable() {
        return fork != null && !interrupted;
    }

    private synchronized Evaluator.Fork fork() {
        Evaluator.Fork open = fork;
        if (open == null) {
            throw new IllegalStateException("view is not open process=" + id());
        }
        return open;
    }

    @Override
    public Id id() {
        return run.definition().id();
    }

    @Override
    public long nonce() {
        return Math.max(0, place.nonce());
    }

    @Override
    public long timestamp() {
        return timestamp;
    }

    @Override
    public long blockHeight() {
        return blockHeight;
    }

    @Override
    public boolean hasTicked() {
        return ticked;
    }

    @Override
    public CheckpointOrigin origin() {
        return run.line().origin;
    }

    @Override
    public SequencedMap<String, Long> globals(GuestState state) {
        return run.line().named(state.globals());
    }

    @Override
    public EvaluationResult dryRun(ProcessMessage message) {
        ProcessDefinition definition = run.definition();
        Evaluation evaluation =
                fork().dryRun(message.toJson(), definition.environment(), definition.limits());
        if (evaluation.kind() == Evaluation.Kind.HOST_LIMIT) {
            throw run.hostLimit("dry run", place.nonce(), evaluation);
        }
        return evaluation.result();
    }

    @Override
    public long memoryBytes() {
        return fork().memoryBytes();
    }

    @Override
    public <T, E extends Exception> T read(GuestState.Reader<T, E> reader) throws E {
        return fork().read(reader);
    }

    /** Ends the dry run that is running, or would be. */
    synchronized void interrupt() {
        interrupted = true;
        if (fork != null) {
            fork.interrupt();
        }
    }

    @Override
    public synchronized void close() {
        if (fork != null) {
            fork.close();
        }
    }
}
