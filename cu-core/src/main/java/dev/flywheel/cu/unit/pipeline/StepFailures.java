package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.guest.ModuleRefusedException;
import dev.flywheel.platform.http.StatusException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What readers are told when a step fails. */
final class StepFailures {
    private static final Logger LOG = LoggerFactory.getLogger(StepFailures.class);

    private StepFailures() {}

    /** The failure as an answer; what nobody foresaw is logged. */
    static StatusException explained(HostedProcess process, Throwable failure) {
        if (failure instanceof StatusException refusal) {
            return refusal;
        }
        if (failure instanceof ModuleRefusedException refusal) {
            return refused(refusal);
        }
        LOG.error("a step failed process={}", process.id, failure);
        return new StatusException(500, "process " + process.id + " cannot go on now: " + failure);
    }

    static StatusException refused(ModuleRefusedException failure) {
        int status = failure.kind() == ModuleRefusedException.Kind.REFUSED ? 422 : 503;
        return new StatusException(status, String.valueOf(failure.getMessage()));
    }

    static StatusException shuttingDown() {
        return new StatusException(503, "compute unit is shutting down");
    }
}
