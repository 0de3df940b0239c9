package dev.flywheel.wasmtime;

/**
 * What one store may use. Growth past a limit is refused to the guest ({@code memory.grow} gives
 * -1); a module that needs more from the start is not instantiated.
 *
 * @param data what host functions find in {@link HostCall#data}; the process that the store belongs
 *     to, say
 * @param maxMemoryBytes of each linear memory
 * @param maxTableElements of each table
 * @param maxInstances number of instances; one that failed to start counts too
 * @param maxTables number of tables over all instances
 * @param maxMemories number of linear memories over all instances
 */
public record StoreOptions(
        Object data,
        long maxMemoryBytes,
        long maxTableElements,
        int maxInstances,
        int maxTables,
        int maxMemories) {

    /**
     * More elements than the largest function table known (1,064 in sqlite) by far, and 80 MB of
     * host memory at most.
     */
    private static final long TABLE_ELEMENTS_DEFAULT = 10_000_000;

    /** A guest, its longjmp helper, its table copier and its gas counter, twice over. */
    private static final int INSTANCES_DEFAULT = 8;

    /** Two for each of those. */
    private static final int TABLES_DEFAULT = 16;

    /** One for each of those. */
    private static final int MEMORIES_DEFAULT = 8;

    public StoreOptions {
        if (maxMemoryBytes < 0
                || maxTableElements < 0
                || maxInstances < 0
                || maxTables < 0
                || maxMemories < 0) {
            throw new IllegalArgumentException(
                    "store limits must not be negative: maxMemoryBytes="
                            + maxMemoryBytes
                            + " maxTableElements="
                            + maxTableElements
                            + " maxInstances="
                            + maxInstances
                            + " maxTables="
                            + maxTables
                            + " maxMemories="
                            + maxMemories);
        }
    }

    /** Limits for one guest with helpers, and that much memory. */
    public static StoreOptions of(Object data, long maxMemoryBytes) {
        return new StoreOptions(
                data,
                maxMemoryBytes,
                TABLE_ELEMENTS_DEFAULT,
                INSTANCES_DEFAULT,
                TABLES_DEFAULT,
                MEMORIES_DEFAULT);
    }
}
