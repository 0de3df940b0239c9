package dev.flywheel.cu.guest;

/** A module ready to run. Thread-safe. Close it after its processes. */
public final class GuestModule implements AutoCloseable {
    private GuestModule() {}

    /**
     * Makes a process and boots it: some milliseconds. Call it on a thread of {@link GuestThreads}.
     *
     * @throws ModuleRefusedException when the module fails while it starts; nothing is left of it
     */
    public GuestProcess newProcess(GuestProcessOptions options) throws ModuleRefusedException {
        return GuestThreads.pending();
    }

    /** Whether gas is counted. */
    public boolean metered() {
        return false;
    }

    @Override
    public void close() {}
}
