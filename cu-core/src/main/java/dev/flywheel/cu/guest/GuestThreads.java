package dev.flywheel.cu.guest;

import java.util.concurrent.ThreadFactory;

/**
 * Makes the platform threads that guests run on: their stacks are known to hold a guest's stack and
 * ours above it. A guest called from any other thread is refused: recursion in it could end the
 * JVM.
 */
public final class GuestThreads implements ThreadFactory {
    GuestThreads() {}

    @Override
    public Thread newThread(Runnable work) {
        return GuestThreads.pending();
    }

    @SuppressWarnings({
        "TypeParameterUnusedInFormals",
        "DoNotCallSuggester"
    }) // goes with the wiring
    static <T> T pending() {
        throw new UnsupportedOperationException("evaluation is not wired yet");
    }
}
