package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.guest.MemoryUse;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.StatusException;

/**
 * What the instances of processes take together, against what they may. An instance that is being
 * made is in it with what is expected of it, one that is leaving until it is gone.
 *
 * <pre>
 *   entered -> used, used, ... -> leaving -> left
 *      \---------------------------------------/   it could not be made
 * </pre>
 *
 * <p>Dispatch thread only; the sums are shown in {@link Evaluations}.
 */
final class MemoryLedger {
    private final long budgetBytes;
    private final Evaluations counts;
    private MemoryUse total = MemoryUse.NONE;
    private long leavingBytes;
    private int accounts;
    private int leaving;

    MemoryLedger(long budgetBytes, Evaluations counts) {
        this.budgetBytes = budgetBytes;
        this.counts = counts;
    }

    // ---- changes

    /** An instance is about to be made. */
    void entered(HostedProcess process) {
        assert process.memory == null : process.id;
        accounts++;
        set(process, new MemoryUse(0, expectedBytes(process), 0));
    }

    /** What an instance takes now. */
    void used(HostedProcess process, MemoryUse now) {
        if (process.memory != null) {
            set(process, now);
        }
    }

    /** An instance is about to be closed; {@link #left} follows. */
    void leaving(HostedProcess process) {
        MemoryUse last = process.memory;
        if (last != null) {
            process.residentBytesBefore = last.residentBytes();
            leavingBytes += last.residentBytes();
            leaving++;
        }
    }

    /** An instance that was leaving is gone. */
    void hasLeft(HostedProcess process) {
        MemoryUse last = process.memory;
        if (last != null) {
            leavingBytes -= last.residentBytes();
            leaving--;
            left(process);
        }
    }

    /** An instance is gone, or was never made. */
    void left(HostedProcess process) {
        MemoryUse last = process.memory;
        if (last != null) {
            accounts--;
            process.memory = null;
            show(process, last, MemoryUse.NONE);
        }
    }

    private void set(HostedProcess process, MemoryUse now) {
        MemoryUse before = process.memory == null ? MemoryUse.NONE : process.memory;
        process.memory = now;
        show(process, before, now);
    }

    private void show(HostedProcess process, MemoryUse before, MemoryUse now) {
        total = total.minus(before).plus(now);
        counts.memory = total;
        if (process.past) {
            return; // in the sums only: the process of now has its name
        }
        if (process.memory == null) {
            counts.memoryByProcess.remove(process.id);
        } else {
            counts.memoryByProcess.put(process.id, now);
        }
    }

    // ---- questions

    /** What an instance takes that is about to be made: what it took before, or the usual. */
    static long expectedBytes(HostedProcess process) {
        return process.residentBytesBefore > 0
                ? process.residentBytesBefore
                : UnitLimits.NEW_PROCESS_BYTES;
    }

    /** Whether an instance of the process may be made now. */
    boolean hasRoomFor(HostedProcess process) {
        return accounts == 0
                ? canHold(process)
                : total.residentBytes() + expectedBytes(process) <= budgetBytes;
    }

    /** Likewise when those that are leaving are gone. */
    boolean willHaveRoomFor(HostedProcess process) {
        return accounts == leaving
                || total.residentBytes() - leavingBytes + expectedBytes(process) <= budgetBytes;
    }

    /** Whether there is room for it when no other process has an instance. */
    boolean canHold(HostedProcess process) {
        return expectedBytes(process) <= budgetBytes + marginBytes();
    }

    /** Whether they take too much even when those that are leaving are gone. */
    boolean isOver() {
        return total.residentBytes() - leavingBytes > budgetBytes;
    }

    /** Whether they take so much that nothing may be added, however soon others become idle. */
    boolean isFarOver() {
        return total.residentBytes() - leavingBytes > budgetBytes + marginBytes();
    }

    private long marginBytes() {
        return budgetBytes / 100 * UnitLimits.MEMORY_MARGIN_PERCENT;
    }

    /** Why no instance of the process is made. */
    StatusException refusal(HostedProcess process) {
        long needed = expectedBytes(process);
        return new StatusException(
                503,
                canHold(process)
                        ? "no memory for process %s: it needs about %d bytes, and processes that are all evaluating take %d of the %d bytes that this compute unit gives them. Try again later or at another unit; its operator can raise memory.budget."
                                .formatted(process.id, needed, total.residentBytes(), budgetBytes)
                        : "no memory for process %s: it needs about %d bytes, and this compute unit gives all processes together %d. Ask another unit; its operator can raise memory.budget."
                                .formatted(process.id, needed, budgetBytes));
    }
}
