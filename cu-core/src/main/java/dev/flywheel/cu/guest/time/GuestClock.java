package dev.flywheel.cu.guest.time;

/**
 * The clock of a guest: a counter in the place of time, in milliseconds. Each reading, and each
 * change to a file, adds one. Started again for each evaluation's instance as the reference does.
 */
public final class GuestClock {
    /** Where the reference's clock begins. */
    public static final long START_MS = 10_000;

    private long nextMs = START_MS;

    /** The time now, and one more from now on. */
    public long tick() {
        return nextMs++;
    }

    /** What the next tick will answer. */
    public long nextMs() {
        return nextMs;
    }

    /** Puts the clock to a time that {@link #nextMs} gave. */
    public void reset(long nextMs) {
        this.nextMs = nextMs;
    }
}
