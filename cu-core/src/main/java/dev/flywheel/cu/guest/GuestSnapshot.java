package dev.flywheel.cu.guest;

import dev.flywheel.linux.MemoryFork;
import java.util.List;

/**
 * The state of a process at one moment, which stays as it is while the process goes on, and after
 * it was closed. Thread-safe. Must be closed: while it is open, messages of the process keep old
 * pages for it.
 */
public final class GuestSnapshot implements AutoCloseable {
    private final MemoryFork memory;
    private final List<Long> globals;

    /** Owns {@code memory}. */
    GuestSnapshot(MemoryFork memory, List<Long> globals) {
        this.memory = memory;
        this.globals = globals;
    }

    /** Length of the linear memory. */
    public long memoryBytes() {
        return memory.byteSize();
    }

    /**
     * Shows the state, as often as wanted, on several threads at once. When this throws, what the
     * reader has made is worth nothing.
     *
     * @throws E what the reader throws
     * @throws IllegalStateException when the snapshot is closed, also meanwhile, or the machine had
     *     no memory to keep it while the process went on
     */
    public <T, E extends Exception> T read(GuestState.Reader<T, E> reader) throws E {
        T made = reader.read(new GuestState(memory.view(), globals));
        memory.requireWhole();
        return made;
    }

    @Override
    public void close() {
        memory.close();
    }
}
