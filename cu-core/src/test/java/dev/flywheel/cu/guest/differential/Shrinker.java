package dev.flywheel.cu.guest.differential;

import java.util.function.Predicate;

/** Makes a failing sequence shorter as long as it still fails. */
public final class Shrinker {
    /** Each try evaluates the whole sequence on both sides: about half a second. */
    private static final int TRIES_MAX = 200;

    private final Predicate<Sequence> fails;
    private int tries;

    /** Shrinks what this holds for. */
    public Shrinker(Predicate<Sequence> fails) {
        this.fails = fails;
    }

    /** The shortest found; the sequence itself when nothing can go. */
    public Sequence shortest(Sequence failing) {
        Sequence best = failing;
        Sequence before;
        do {
            before = best;
            best = fewerSteps(best);
            for (int step = 1; step < best.steps().size(); step++) {
                best = fewerStatements(best, step);
            }
        } while (!best.equals(before) && tries < TRIES_MAX);
        return best;
    }

    private Sequence fewerSteps(Sequence from) {
        Sequence best = from;
        // The last ones first: most often the difference is seen right after its cause.
        for (int step = best.steps().size() - 1; step >= 1; step--) {
            Sequence shorter = best.withoutStep(step);
            if (stillFails(shorter)) {
                best = shorter;
            }
        }
        return best;
    }

    private Sequence fewerStatements(Sequence from, int step) {
        Sequence best = from;
        int length = Math.max(1, best.steps().get(step).statements().size() / 2);
        while (length >= 1) {
            int at = 0;
            while (at < best.steps().get(step).statements().size()) {
                Step whole = best.steps().get(step);
                int end = Math.min(at + length, whole.statements().size());
                Sequence shorter = best.withStep(step, whole.without(at, end));
                if (stillFails(shorter)) {
                    best = shorter;
                } else {
                    at = end;
                }
            }
            length /= 2;
        }
        return best;
    }

    private boolean stillFails(Sequence sequence) {
        return tries++ < TRIES_MAX && fails.test(sequence);
    }
}
