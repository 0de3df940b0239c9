package dev.flywheel.cu.guest;

import java.util.function.BooleanSupplier;

/**
 * Says at each tick whether the guest may run on. One for a process; all but {@link #interrupt} on
 * the thread that runs the guest.
 */
final class Deadline implements BooleanSupplier {
    private volatile boolean interrupted;
    private long ticksLeft = Long.MAX_VALUE;
    private long allowedMs;

    /** Starts counting. An interrupt that came while nothing ran is forgotten. */
    void begin(long wallClockMs) {
        allowedMs = wallClockMs;
        // One more: the first tick may come at once.
        ticksLeft = (wallClockMs + GuestLimits.TICK_MS - 1) / GuestLimits.TICK_MS + 1;
        interrupted = false;
    }

    /** Stops counting: what the host still has to call is not limited. */
    void end() {
        ticksLeft = Long.MAX_VALUE;
        interrupted = false;
    }

    void interrupt() {
        interrupted = true;
    }

    @Override
    public boolean getAsBoolean() {
        return !interrupted && --ticksLeft > 0;
    }

    /** Why the guest was stopped. */
    String reason() {
        return interrupted
                ? "interrupted by this host"
                : "stopped after wallClockMs="
                        + allowedMs
                        + "; give the evaluation more time if it is an honest one";
    }
}
