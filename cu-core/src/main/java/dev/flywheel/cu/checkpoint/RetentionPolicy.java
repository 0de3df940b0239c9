package dev.flywheel.cu.checkpoint;

import dev.flywheel.protocol.Id;
import java.util.Map;
import java.util.Set;

/**
 * How many checkpoints of a process stay on disk.
 *
 * @param chainsKept newest full checkpoints that stay, each with its deltas; at least 1
 * @param deltasMax deltas after which the next checkpoint is a full one; 0 for full ones only
 * @param deltaPercentMax the next is a full one, too, when the deltas of a chain together are
 *     longer than this many hundredths of their full one
 * @param keep checkpoints that stay whatever their age, with all that they build upon, by process
 */
public record RetentionPolicy(
        int chainsKept, int deltasMax, int deltaPercentMax, Map<Id, Set<CheckpointName>> keep) {

    public RetentionPolicy {
        if (chainsKept < 1
                || chainsKept > CheckpointLimits.CHAINS_KEPT_MAX
                || deltasMax < 0
                || deltasMax > CheckpointLimits.DELTAS_MAX
                || deltaPercentMax < 0) {
            throw new IllegalArgumentException(
                    "not a policy: chainsKept=%d deltasMax=%d (max %d) deltaPercentMax=%d"
                            .formatted(
                                    chainsKept,
                                    deltasMax,
                                    CheckpointLimits.DELTAS_MAX,
                                    deltaPercentMax));
        }
        keep = Map.copyOf(keep);
    }

    /**
     * Two chains, since one may turn out damaged; a full one after 16 deltas, or when they are as
     * long as it: a restore then reads at most twice what it needs.
     */
    public static RetentionPolicy defaults() {
        return new RetentionPolicy(2, 16, 100, Map.of());
    }

    /** The same with another number of full checkpoints. */
    public RetentionPolicy withChainsKept(int chains) {
        return new RetentionPolicy(chains, deltasMax, deltaPercentMax, keep);
    }

    boolean wantsFull(Checkpoint parent) {
        Checkpoint.Sizes sizes = parent.sizes();
        return parent.manifest().link().depth() >= deltasMax
                || sizes.deltaBytes() > sizes.fullBytes() / 100.0 * deltaPercentMax;
    }

    Set<CheckpointName> keep(Id process) {
        return keep.getOrDefault(process, Set.of());
    }
}
