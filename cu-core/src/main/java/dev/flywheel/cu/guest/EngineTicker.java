package dev.flywheel.cu.guest;

import dev.flywheel.wasmtime.Engine;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Moves an engine's epoch on every {@link GuestLimits#TICK_MS}. */
final class EngineTicker implements AutoCloseable {
    private final Thread thread;
    private volatile boolean closed;

    EngineTicker(Engine engine) {
        thread =
                Thread.ofPlatform()
                        .name("guest-clock")
                        .daemon(true)
                        .unstarted(
                                () -> {
                                    long stepNs =
                                            TimeUnit.MILLISECONDS.toNanos(GuestLimits.TICK_MS);
                                    while (!closed) {
                                        LockSupport.parkNanos(stepNs);
                                        engine.incrementEpoch();
                                    }
                                });
        thread.start();
    }

    /** Waits for the last tick: afterwards the engine may be closed. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
