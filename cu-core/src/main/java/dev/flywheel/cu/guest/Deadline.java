package dev.flywheel.cu.guest;

import dev.flywheel.wasmtime.RevocablePages;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends an evaluation that takes too long, or that somebody wants to end, by taking away the page
 * that its code looks at. One for a process: its thread begins and ends, any thread may stop. The
 * lock is this process's own, and makes sure that no page is taken away after its evaluation, when
 * another memory may lie there.
 */
final class Deadline {
    private final DeadlineClock clock;

    // All guarded by this.
    private @Nullable RevocablePages pages;
    private boolean running;
    private long untilNs;
    private long allowedMs;
    private @Nullable Stop stop;
    private boolean revoked;

    private enum Stop {
        TIME,
        ASKED
    }

    Deadline(DeadlineClock clock) {
        this.clock = clock;
    }

    /** From now on the instance with this page is the one to stop. Not while another one runs. */
    synchronized void bind(RevocablePages instancePages) {
        pages = instancePages;
        if (stop != null) {
            revoke(instancePages);
        }
    }

    /** Starts counting. A wish to stop that came while nothing ran is forgotten. */
    synchronized void begin(long wallClockMs) {
        giveBack(); // what could not be given back the last time
        allowedMs = wallClockMs;
        untilNs = clock.now() + TimeUnit.MILLISECONDS.toNanos(wallClockMs);
        running = true;
        clock.watch(this);
    }

    /** Stops counting: what the host still has to call is not limited. Twice does nothing. */
    synchronized void end() {
        if (!running) {
            return;
        }
        clock.forget(this);
        running = false;
        stop = null;
        giveBack();
    }

    private void giveBack() {
        RevocablePages ours = pages;
        if (revoked && ours != null) {
            ours.restore();
        }
        revoked = false;
    }

    void interrupt() {
        stop(Stop.ASKED);
    }

    /** Stops what should have ended before now. */
    synchronized void expire(long nowNs) {
        if (running && (stop != null || nowNs - untilNs >= 0)) {
            stop(Stop.TIME);
        }
    }

    /** Where the system refuses, the next tick tries again. */
    private synchronized void stop(Stop why) {
        if (running && !revoked) {
            stop = stop == null ? why : stop;
            RevocablePages ours = pages;
            if (ours != null) {
                revoke(ours);
            }
        }
    }

    private void revoke(RevocablePages ours) {
        ours.revoke();
        revoked = true;
    }

    /** Why the guest is to stop, or null while it may run. */
    synchronized @Nullable String reason() {
        return switch (stop) {
            case null -> null;
            case ASKED -> "interrupted by this host";
            case TIME ->
                    "stopped after wallClockMs="
                            + allowedMs
                            + "; give the evaluation more time if it is an honest one";
        };
    }
}
