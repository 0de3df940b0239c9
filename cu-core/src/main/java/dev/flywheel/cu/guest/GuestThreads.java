package dev.flywheel.cu.guest;

import dev.flywheel.wasmtime.EngineOptions;
import dev.flywheel.wasmtime.GuestStack;
import java.util.concurrent.ThreadFactory;

/**
 * Makes the platform threads that guests run on: their stacks are known to hold a guest's stack and
 * ours above it. A guest called from any other thread is refused: recursion in it could end the
 * JVM.
 */
public final class GuestThreads implements ThreadFactory {
    private final ThreadFactory threads;

    GuestThreads(EngineOptions options) {
        this.threads = GuestStack.threads("guest", options);
    }

    @Override
    public Thread newThread(Runnable work) {
        return threads.newThread(work);
    }
}
