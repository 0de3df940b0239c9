package dev.flywheel.cu.unit.takeover;

/** Sums of a takeover. Written by its thread only. */
public final class ImportTotals {
    int processes;
    int processesMissing;
    int checkpoints;
    int checkpointsThere;
    int checkpointsLeftOut;
    long results;
    long rowsLeftOut;
    long memoryBytes;

    /** Whether all that was asked for is here now. */
    public boolean isComplete() {
        return processesMissing == 0 && checkpointsLeftOut == 0 && rowsLeftOut == 0;
    }

    /** Processes that were gone through. */
    public int processes() {
        return processes;
    }

    /** One line with all sums. */
    @Override
    public String toString() {
        return "processes=%d missing=%d checkpoints=%d already-here=%d left-out=%d memory-bytes=%d results=%d rows-left-out=%d"
                .formatted(
                        processes,
                        processesMissing,
                        checkpoints,
                        checkpointsThere,
                        checkpointsLeftOut,
                        memoryBytes,
                        results,
                        rowsLeftOut);
    }
}
