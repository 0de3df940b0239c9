package dev.flywheel.cu.guest;

import dev.flywheel.protocol.Id;

/** Compiles modules and keeps what all of them share. One for a node. Thread-safe. */
public final class GuestEngine implements AutoCloseable {
    private GuestEngine() {}

    /** Starts an engine and the thread that moves its clock on. */
    public static GuestEngine open(GuestEngineOptions options) {
        return GuestThreads.pending();
    }

    /**
     * Makes a module ready, from the artefact of an earlier run or by compiling it: 0.1 ms to some
     * seconds. Blocks.
     *
     * @param moduleId names it in diagnostics
     * @param wasm the binary as published; not kept
     * @param moduleFormat its {@code Module-Format} tag
     */
    public GuestModule load(Id moduleId, byte[] wasm, String moduleFormat)
            throws ModuleRefusedException {
        return GuestThreads.pending();
    }

    /** Threads that guests may run on. */
    public GuestThreads threads() {
        return GuestThreads.pending();
    }

    /** Stops the clock. Modules and processes must have been closed before. */
    @Override
    public void close() {}
}
