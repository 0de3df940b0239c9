package dev.flywheel.cu.unit;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one stage at which a unit stands still. A thread that gets there says so and stays; the
 * others go on until the program is killed. Thread-safe.
 */
final class KillPoint {
    private final Consumer<KillStage> announcer;
    private @Nullable KillStage armed; // this guards both
    private int left;

    /** A thread that reads a checkpoint to make a process of it. */
    private final ThreadLocal<Boolean> waking = ThreadLocal.withInitial(() -> false);

    private volatile boolean closing;

    /**
     * @param announcer told that the stage was reached
     */
    KillPoint(Consumer<KillStage> announcer) {
        this.announcer = announcer;
    }

    /**
     * Stands still at a stage.
     *
     * @param times how often it must be reached for that, 1 for the first time
     */
    synchronized void arm(KillStage stage, int times) {
        armed = stage;
        left = times;
    }

    /** Whether this is the time; true once. */
    synchronized boolean isTime(KillStage stage) {
        return stage == armed && left > 0 && --left == 0;
    }

    /** Whether that is the stage to stand still at. */
    synchronized boolean isArmed(KillStage stage) {
        return stage == armed;
    }

    /** Says that the stage was reached. */
    void announce(KillStage stage) {
        announcer.accept(stage);
    }

    /** Stays here for ever, interrupted or not. */
    void hold() {
        while (true) {
            LockSupport.park(this);
        }
    }

    /** Stays here when it is time to. */
    void reach(KillStage stage) {
        if (isTime(stage)) {
            announce(stage);
            hold();
        }
    }

    void setWaking(boolean now) {
        waking.set(now);
    }

    boolean isWaking() {
        return waking.get();
    }

    void setClosing() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }
}
