package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.unit.UnitLimits;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints that somebody outside asks for. The asker is answered at once with where the process
 * stands; the checkpoint is begun when it stands still, and written beside its evaluations.
 * Dispatch thread only.
 */
final class Snapshots {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

    private final Steps steps;
    private final Checkpoints checkpoints;
    private final GuestWorkers workers;

    Snapshots(Steps steps, Checkpoints checkpoints, GuestWorkers workers) {
        this.steps = steps;
        this.checkpoints = checkpoints;
        this.workers = workers;
    }

    /**
     * Takes the wish.
     *
     * @param process null when nothing of it is in memory
     */
    void take(@Nullable HostedProcess process, Want.Snapshot want) {
        ProcessRun run = process == null ? null : process.run;
        if (process == null || run == null) {
            want.future().complete(null); // what is asleep has its checkpoint
            return;
        }
        want.future().complete(run.kept());
        process.snapshotWanted = true;
        steps.advance(process);
    }

    /** Begins the checkpoint of a process that stands still; whether it is busy with it now. */
    boolean begin(HostedProcess process, long nowNs) {
        ProcessRun run = process.run;
        if (!process.snapshotWanted || run == null) {
            return false;
        }
        process.snapshotWanted = false;
        boolean soon =
                process.snapshotNs != HostedProcess.NEVER
                        && nowNs - process.snapshotNs
                                < TimeUnit.MILLISECONDS.toNanos(UnitLimits.SNAPSHOT_APART_MS);
        if (soon || run.messagesSince() == 0) {
            return false;
        }
        process.snapshotNs = nowNs;
        process.busy = true;
        workers.execute(
                () -> {
                    try {
                        checkpoints.onRequest(run);
                    } catch (RuntimeException | Error e) {
                        LOG.error("no checkpoint on request process={}", process.id, e);
                    }
                    steps.post(
                            () -> {
                                process.busy = false;
                                steps.advance(process);
                            });
                });
        return true;
    }
}
