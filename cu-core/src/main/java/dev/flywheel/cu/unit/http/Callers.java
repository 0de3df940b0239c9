package dev.flywheel.cu.unit.http;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.StatusException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * How many questions each caller has under way (dry runs, memories, hashes), told apart by address,
 * so that none takes the places of all. This machine's own programs are not limited here: a node
 * that asks for many callers is one of them, and does that itself. Any thread.
 */
public final class Callers {
    private final Map<String, Integer> asking = new ConcurrentHashMap<>();
    private final Semaphore all;

    /**
     * @param most of all callers together
     */
    public Callers(int most) {
        this.all = new Semaphore(most);
    }

    /**
     * Takes a place; {@link #leave} gives it back.
     *
     * @throws StatusException 429 when the caller, or all together, have as many as they may
     */
    public void enter(String address) {
        if (!all.tryAcquire()) {
            throw new StatusException(429, "Dry-Run enqueue limit exceeded");
        }
        if (!isOfThisMachine(address)
                && asking.merge(address, 1, Integer::sum) > UnitLimits.QUESTIONS_A_CALLER_MAX) {
            leave(address);
            throw new StatusException(
                    429,
                    "too many questions from %s: %d are under way, as many as one caller may have. Wait for their answers and ask again."
                            .formatted(address, UnitLimits.QUESTIONS_A_CALLER_MAX));
        }
    }

    /** Gives a place back. */
    public void leave(String address) {
        asking.computeIfPresent(address, (any, count) -> count == 1 ? null : count - 1);
        all.release();
    }

    /** Addresses that have questions under way. */
    int size() {
        return asking.size();
    }

    private static boolean isOfThisMachine(String address) {
        return address.startsWith("127.")
                || address.equals("::1")
                || address.equals("0:0:0:0:0:0:0:1");
    }
}
