package dev.flywheel.cu.unit;

/**
 * What processes may take of this machine together.
 *
 * @param processesWarm processes that keep their instance while nobody asks them
 * @param budgetBytes what the instances of all processes may take, in bytes
 * @param sleepBytesMax what processes that are put away may take on the disk, in bytes, to wake
 *     without their checkpoint being read; 0 for none
 */
public record MemorySettings(int processesWarm, long budgetBytes, long sleepBytesMax) {

    /** An instance of aos has some 4 MB. */
    private static final int PROCESSES_WARM = 32;

    /** One large model, or some hundred thousand aos processes. */
    private static final long SLEEP_BYTES_MAX = 16L << 30;

    public MemorySettings {
        if (processesWarm < 1 || budgetBytes < 1 || sleepBytesMax < 0) {
            throw new IllegalArgumentException(
                    "memory settings must be positive: processesWarm=%d budgetBytes=%d sleepBytesMax=%d"
                            .formatted(processesWarm, budgetBytes, sleepBytesMax));
        }
    }

    /** The defaults. */
    public static MemorySettings defaults() {
        return new MemorySettings(
                PROCESSES_WARM, MemoryBudget.of(MachineMemory.now()), SLEEP_BYTES_MAX);
    }

    /** The same with another number of warm processes. */
    public MemorySettings withProcessesWarm(int processes) {
        return new MemorySettings(processes, budgetBytes, sleepBytesMax);
    }

    /** The same with another budget. */
    public MemorySettings withBudgetBytes(long bytes) {
        return new MemorySettings(processesWarm, bytes, sleepBytesMax);
    }

    /** The same with another limit on the disk. */
    public MemorySettings withSleepBytesMax(long bytes) {
        return new MemorySettings(processesWarm, budgetBytes, bytes);
    }
}
