package dev.flywheel.node.verify;

import dev.flywheel.cu.checkpoint.CheckpointName;
import dev.flywheel.cu.checkpoint.CheckpointTool;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Compares a replay with what others have, and finds where they part. One thread. */
public final class Comparison {
    /** Of a state before the first entry, which is the same for all. */
    private static final long NOTHING = -1;

    private final Replay replay;
    private final Consumer<String> out;
    private final long most;
    private int compared;

    /**
     * @param out takes what was found, a line each
     * @param most last entry that may be replayed
     */
    public Comparison(Replay replay, Consumer<String> out, long most) {
        this.replay = replay;
        this.out = out;
        this.most = most;
    }

    /**
     * Compares checkpoints by nonce, up to the first one that differs.
     *
     * @return whether none differs
     * @throws dev.flywheel.cu.checkpoint.CheckpointDamagedException when one is damaged
     */
    public boolean withCheckpoints(List<Path> files) throws IOException, InterruptedException {
        long equal = NOTHING;
        for (Path file : files) {
            CheckpointName name = CheckpointFolder.name(file);
            if (name == null || name.nonce() < 0 || name.nonce() > most) {
                continue;
            }
            StateHash theirs;
            try {
                CheckpointTool.Verified verified = CheckpointTool.read(file, bytes -> {});
                theirs = StateHash.of(verified.manifest(), verified.tree());
            } catch (NoSuchFileException e) {
                if (Files.exists(file)) {
                    throw e; // what it builds upon is missing
                }
                out.accept("not compared: the node has removed file=%s meanwhile".formatted(file));
                continue;
            }
            if (theirs.afterCron()) {
                out.accept(
                        "not compared: it holds cron messages after its entry, file=%s"
                                .formatted(file));
                continue;
            }
            StateHash ours = replay.at(name.nonce());
            if (!isComparable(ours, theirs, "file=" + file)) {
                continue;
            }
            compared++;
            if (!ours.isSame(theirs)) {
                out.accept(
                        "different: replay and file=%s at nonce=%d, state %s and %s"
                                .formatted(file, name.nonce(), ours.hash(), theirs.hash()));
                out.accept(
                        "the first nonce that differs is after %d and at most %d"
                                .formatted(equal, name.nonce()));
                out.accept("at nonce=%d: %s".formatted(name.nonce(), ours.difference(theirs)));
                return false;
            }
            equal = name.nonce();
            out.accept("equal: nonce=%d state %s file=%s".formatted(equal, ours.hash(), file));
        }
        return true;
    }

    /**
     * Compares the state of a running unit, and searches for the first entry where it differs.
     *
     * @return whether it does not differ
     */
    public boolean withUnit(URI url, UnitStates unit) throws IOException, InterruptedException {
        StateHash theirs = unit.now();
        if (theirs.nonce() > most || theirs.afterCron()) {
            theirs = unit.at(Math.min(theirs.nonce(), most), () -> {});
        }
        long nonce = theirs.nonce();
        StateHash ours = replay.at(nonce);
        if (!isComparable(ours, theirs, "unit " + url)) {
            return false;
        }
        compared++;
        if (ours.isSame(theirs)) {
            out.accept(
                    "equal: nonce=%d memory bytes=%d state %s unit %s"
                            .formatted(nonce, ours.memoryBytes(), ours.hash(), url));
            return true;
        }
        out.accept(
                "different: replay and unit %s at nonce=%d, state %s and %s"
                        .formatted(url, nonce, ours.hash(), theirs.hash()));
        long first = firstDifferent(unit, nonce);
        StateHash then = unit.at(first, () -> {});
        StateHash replayed = replay.at(first);
        if (replayed.isSame(then)) {
            out.accept(
                    "only the state that the unit has in memory differs: what it makes of its checkpoints and the log for nonce=%d does not"
                            .formatted(first));
        } else {
            out.accept("first differing nonce=%d: %s".formatted(first, replayed.difference(then)));
        }
        return false;
    }

    /** How many states were compared: without any, nothing is known. */
    public int compared() {
        return compared;
    }

    /** By halves: what differs once goes on to differ. */
    private long firstDifferent(UnitStates unit, long different)
            throws IOException, InterruptedException {
        long same = NOTHING;
        long high = different;
        while (high - same > 1) {
            long middle = same + (high - same) / 2;
            if (replay.at(middle).isSame(unit.at(middle, () -> {}))) {
                same = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private boolean isComparable(StateHash ours, StateHash theirs, String whose) {
        if (ours.module().equals(theirs.module()) && ours.passes().equals(theirs.passes())) {
            return true;
        }
        out.accept(
                "not comparable: %s has module=%s passes=%s, the replay has module=%s passes=%s; use the same version of Flywheel"
                        .formatted(
                                whose,
                                theirs.module(),
                                theirs.passes(),
                                ours.module(),
                                ours.passes()));
        return false;
    }
}
