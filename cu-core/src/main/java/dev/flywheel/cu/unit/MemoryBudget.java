package dev.flywheel.cu.unit;

/** What the instances of all processes may take together where the operator does not say. */
public final class MemoryBudget {
    /**
     * Of what is there besides the heap, in percent. The rest is for compiling modules (2 GiB each
     * by default), forks of dry runs, threads, the cache of files that journal and stores need, and
     * what an evaluation takes before it is known.
     */
    private static final int SHARE_PERCENT = 60;

    /** Some processes of aos, however small the machine: none at all would serve nobody. */
    static final long BYTES_MIN = 256L << 20;

    private MemoryBudget() {}

    /** The budget on a machine, in bytes. */
    public static long of(MachineMemory machine) {
        long there = Math.min(machine.totalBytes(), machine.availableBytes());
        return Math.max(BYTES_MIN, (there - machine.heapBytesMax()) / 100 * SHARE_PERCENT);
    }
}
