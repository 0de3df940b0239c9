package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.protocol.Id;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All processes that are known, least recently wanted first, and how many have an instance.
 * Dispatch thread only.
 */
final class ProcessTable {
    private final Map<Id, HostedProcess> processes = new LinkedHashMap<>(16, 0.75f, true);
    private final Deque<HostedProcess> waitingForRoom = new ArrayDeque<>();
    private final int warmMax;
    private final Evaluations counts;
    private int warm;
    private int leaving;

    ProcessTable(int warmMax, Evaluations counts) {
        this.warmMax = warmMax;
        this.counts = counts;
    }

    /** The process, which is now the most recently wanted. */
    HostedProcess get(Id id) {
        HostedProcess process = processes.computeIfAbsent(id, HostedProcess::new);
        counts.processesKnown = processes.size();
        return process;
    }

    @Nullable HostedProcess find(Id id) {
        return processes.get(id);
    }

    List<HostedProcess> all() {
        return List.copyOf(processes.values());
    }

    boolean isFull() {
        return warm >= warmMax;
    }

    /** An instance is about to be made. */
    void entered(HostedProcess process) {
        assert process.run == null : process.id;
        counts.processesWarm = ++warm;
    }

    /** An instance is about to be closed; {@link #hasLeft} follows. */
    void leaving(HostedProcess process) {
        assert process.run == null : process.id;
        leaving++;
    }

    /** An instance that was leaving is gone. */
    void hasLeft(HostedProcess process) {
        leaving--;
        left(process);
    }

    /** Whether more processes wait for room than instances are leaving. */
    boolean needsMoreRoom() {
        return waitingForRoom.size() > leaving;
    }

    /** An instance is gone. */
    void left(HostedProcess process) {
        assert process.run == null : process.id;
        counts.processesWarm = --warm;
    }

    /** The least recently wanted process with an instance that nobody uses, or null. */
    @Nullable HostedProcess idlest() {
        return idlest(null);
    }

    /** Likewise, but not this one. */
    @Nullable HostedProcess idlest(@Nullable HostedProcess kept) {
        for (HostedProcess process : processes.values()) {
            if (process != kept && process.run != null && !process.busy && process.wants() == 0) {
                return process;
            }
        }
        return null;
    }

    void waitForRoom(HostedProcess process) {
        if (!waitingForRoom.contains(process)) {
            waitingForRoom.add(process);
        }
    }

    boolean isWaiting(HostedProcess process) {
        return waitingForRoom.contains(process);
    }

    /** Processes that wait for room. */
    int waiting() {
        return waitingForRoom.size();
    }

    @Nullable HostedProcess nextForRoom() {
        return waitingForRoom.poll();
    }

    /** The least recently wanted process that is asleep, or null. */
    @Nullable HostedProcess longestAsleep() {
        for (HostedProcess process : processes.values()) {
            if (process.asleep != null) {
                return process;
            }
        }
        return null;
    }

    /**
     * Forgets processes without instance and wants beyond the limit, but not this one.
     *
     * @param forgotten told each, before
     */
    void forgetOld(HostedProcess kept, Consumer<HostedProcess> forgotten) {
        Iterator<HostedProcess> oldest = processes.values().iterator();
        Collection<HostedProcess> all = processes.values();
        while (all.size() > UnitLimits.PROCESSES_KNOWN_MAX && oldest.hasNext()) {
            HostedProcess process = oldest.next();
            if (process != kept && process.run == null && !process.busy && process.wants() == 0) {
                forgotten.accept(process);
                oldest.remove();
            }
        }
        counts.processesKnown = processes.size();
    }
}
