package dev.flywheel.wasmtime;

import dev.flywheel.wasmtime.raw.PthreadH;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Guests run on the calling thread's stack. When that ends before the guest's share does, the
 * guest's overflow is no trap but the end of the JVM: so a thread that calls a guest must have the
 * guest's share and {@link #RESERVE_BYTES} more. Each store checks that when it first meets a
 * thread.
 */
public final class GuestStack {

    /**
     * For Java's frames below and above the guest, host functions included, and the JVM's own guard
     * pages. That they fit is not checked, as nothing tells cheaply how deep a thread is: call
     * guests from shallow stacks, not out of a recursion.
     */
    public static final long RESERVE_BYTES = 1 << 20;

    private GuestStack() {}

    /** The stack that a thread needs for guests of such an engine. */
    public static long bytes(EngineOptions options) {
        return options.maxWasmStackBytes() + RESERVE_BYTES;
    }

    /**
     * Makes platform threads with such stacks, named {@code name-1}, {@code name-2}, ...; daemons.
     */
    public static ThreadFactory threads(String name, EngineOptions options) {
        AtomicLong made = new AtomicLong();
        return task -> {
            Thread thread =
                    new Thread(null, task, name + "-" + made.incrementAndGet(), bytes(options));
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Checks the calling thread; about 10 us.
     *
     * @throws IllegalStateException when its stack is too small
     */
    static void require(long maxWasmStackBytes) {
        long found = PthreadH.stackBytes();
        long needed = maxWasmStackBytes + RESERVE_BYTES;
        if (found < needed) {
            throw new IllegalStateException(
                    "thread's stack is too small for guests: thread="
                            + Thread.currentThread().getName()
                            + " stackBytes="
                            + found
                            + " neededBytes="
                            + needed
                            + ". Call guests on threads from GuestStack.threads, or lower maxWasmStackBytes.");
        }
    }
}
