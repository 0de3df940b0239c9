package dev.flywheel.cu.guest.differential;

import java.util.List;
import java.util.SplittableRandom;

/** Seeded choices. The same seed gives the same choices, on every machine. */
public final class Draw {
    private final SplittableRandom random;

    /** The choices of one seed. */
    public Draw(long seed) {
        random = new SplittableRandom(seed);
    }

    /** A seed for something that is to be drawn by itself. */
    public long seed() {
        return random.nextLong();
    }

    /** From 0 to below the bound. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** From least to most, both included. */
    public int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    /** True so often in a hundred. */
    public boolean percent(int chance) {
        return random.nextInt(100) < chance;
    }

    /** All bits alike. */
    public long bits() {
        return random.nextLong();
    }

    /** One of these. */
    public String of(String... choices) {
        return choices[below(choices.length)];
    }

    /** One of these. */
    public <T> T of(List<T> choices) {
        return choices.get(below(choices.size()));
    }
}
