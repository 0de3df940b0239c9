package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.guest.MemoryUse;
import dev.flywheel.protocol.Id;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What a pipeline counts. Written by the dispatch thread, read by any. */
public final class Evaluations {
    final LongAdder evaluated = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder skipped = new LongAdder();
    final LongAdder looks = new LongAdder();
    final LongAdder hostLimits = new LongAdder();
    final Map<Id, Id> preparing = new ConcurrentHashMap<>();
    final Map<Id, CatchUp.Progress> catchingUp = new ConcurrentHashMap<>();
    final LongAdder memoryRefusals = new LongAdder();
    final LongAdder putAway = new LongAdder();
    final Map<Id, MemoryUse> memoryByProcess = new ConcurrentHashMap<>();
    volatile MemoryUse memory = MemoryUse.NONE;
    volatile int processesKnown;
    volatile int processesWarm;

    /** Messages evaluated and recorded, cron messages included. */
    public long evaluated() {
        return evaluated.sum();
    }

    /** Those of them whose result has an error. */
    public long failed() {
        return failed.sum();
    }

    /** Entries skipped as duplicates. */
    public long skipped() {
        return skipped.sum();
    }

    /** Dry runs and memory reads. */
    public long looks() {
        return looks.sum();
    }

    /** Evaluations that hit a limit of this host. */
    public long hostLimits() {
        return hostLimits.sum();
    }

    /** Processes whose definition or wants are in memory. */
    public int processesKnown() {
        return processesKnown;
    }

    /** Processes that are far behind what is wanted of them, and how far. */
    public Map<Id, CatchUp.Progress> catchingUp() {
        return Map.copyOf(catchingUp);
    }

    /** What the instances of processes take together. */
    public MemoryUse memory() {
        return memory;
    }

    /** What they take each, without those at earlier places. */
    public Map<Id, MemoryUse> memoryByProcess() {
        return Map.copyOf(memoryByProcess);
    }

    /** Instances that were not made, for want of memory. */
    public long memoryRefusals() {
        return memoryRefusals.sum();
    }

    /** Idle instances that were closed to make room. */
    public long putAway() {
        return putAway.sum();
    }

    /** The module that a process waits for, or null. */
    public @Nullable Id preparing(Id process) {
        return preparing.get(process);
    }

    /** Processes with an instance. */
    public int processesWarm() {
        return processesWarm;
    }
}
