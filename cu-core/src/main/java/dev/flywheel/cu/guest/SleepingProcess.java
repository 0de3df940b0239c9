package dev.flywheel.cu.guest;

import dev.flywheel.linux.SleepingMemory;
import java.util.List;

/**
 * A process without an instance: its memory lies on a disk, where only this run of this program
 * finds it. Belongs to one owner, who closes it or hands it to {@link GuestModule#wake}; any
 * thread. It may outlive the module that it was put away with: another load of the same module
 * wakes it as well.
 */
public final class SleepingProcess implements AutoCloseable {
    private final SleepingMemory memory;
    private final List<Long> globals;
    private final HostState.Booted booted;

    /** Owns the memory. */
    SleepingProcess(SleepingMemory memory, List<Long> globals, HostState.Booted booted) {
        this.memory = memory;
        this.globals = List.copyOf(globals);
        this.booted = booted;
    }

    SleepingMemory memory() {
        return memory;
    }

    List<Long> globals() {
        return globals;
    }

    HostState.Booted booted() {
        return booted;
    }

    /** Length of the linear memory. */
    public long memoryBytes() {
        return memory.byteSize();
    }

    /** Bytes on the disk that belong to this process alone. */
    public long diskBytes() {
        return memory.diskBytes();
    }

    /** Deletes what is its own. Twice does nothing. */
    @Override
    public void close() {
        memory.close();
    }
}
