package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.unit.UnitLimits;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a process comes closer to the entry that is wanted of it, once that takes longer than {@link
 * UnitLimits#CATCH_UP_MS}. Dispatch thread only.
 */
public final class CatchUp {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

    private final long sinceNs;
    private final long fromNonce;
    private long toldNs;

    /**
     * Where it is.
     *
     * @param nonce of the last evaluated entry
     * @param target of the last entry that is wanted
     * @param perSecond entries evaluated in a second
     * @param secondsLeft at that speed
     */
    public record Progress(long nonce, long target, double perSecond, long secondsLeft) {}

    private CatchUp(long nowNs, long nonce) {
        this.sinceNs = nowNs;
        this.fromNonce = nonce;
        this.toldNs = nowNs;
    }

    /** Looks at a process after a step. */
    static void look(HostedProcess process, Evaluations evaluations, long nowNs) {
        long nonce = process.place().nonce();
        long target = process.target();
        if (target <= nonce || process.past) {
            process.catchUp = null;
            evaluations.catchingUp.remove(process.id);
            return;
        }
        CatchUp known = process.catchUp;
        if (known == null) {
            process.catchUp = new CatchUp(nowNs, nonce);
            return;
        }
        Progress progress = known.progress(nonce, target, nowNs);
        if (progress != null) {
            evaluations.catchingUp.put(process.id, progress);
            known.tell(process, progress, nowNs);
        }
    }

    private @Nullable Progress progress(long nonce, long target, long nowNs) {
        long ns = nowNs - sinceNs;
        if (ns < TimeUnit.MILLISECONDS.toNanos(UnitLimits.CATCH_UP_MS)) {
            return null;
        }
        double perSecond = (nonce - fromNonce) * 1e9 / ns;
        long left = perSecond > 0 ? (long) Math.ceil((target - nonce) / perSecond) : -1;
        return new Progress(nonce, target, perSecond, left);
    }

    private void tell(HostedProcess process, Progress progress, long nowNs) {
        if (nowNs - toldNs >= TimeUnit.MILLISECONDS.toNanos(UnitLimits.CATCH_UP_LINE_MS)) {
            toldNs = nowNs;
            LOG.info(
                    "process is catching up process={} nonce={} of={} perSecond={} secondsLeft={}",
                    process.id,
                    progress.nonce(),
                    progress.target(),
                    Math.round(progress.perSecond() * 10) / 10.0,
                    progress.secondsLeft());
        }
    }
}
