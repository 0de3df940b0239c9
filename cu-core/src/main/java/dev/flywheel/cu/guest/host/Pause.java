package dev.flywheel.cu.guest.host;

import dev.flywheel.cu.guest.GuestLimits;

/**
 * Carries a guest over an import that takes time: it unwinds its stack into its own memory, {@code
 * handle} returns, is called again, rewinds, and the import, called again, answers.
 *
 * <p>Answering at once would give the same answers, but other memory sizes, other gas and other
 * memory images.
 */
public final class Pause {
    /** The loader's constant, whatever stack the module has. */
    private static final long STACK_BYTES = 40L << 20;

    private enum Phase {
        RUNNING,
        UNWINDING,
        REWINDING
    }

    private final GuestFunctions guest;
    private final GuestMemory memory;
    private Phase phase = Phase.RUNNING;
    private long data;
    private long value;
    private int pauses;

    Pause(GuestFunctions guest, GuestMemory memory) {
        this.guest = guest;
        this.memory = memory;
    }

    /** Forgets a pause that a failed evaluation left. */
    void reset() {
        phase = Phase.RUNNING;
        pauses = 0;
    }

    /** From the import: answers {@code answer} after a pause. */
    long answerLater(long answer) {
        if (phase == Phase.REWINDING) {
            phase = Phase.RUNNING;
            guest.call("asyncify_stop_rewind");
            guest.call("free", data);
            return value;
        }
        if (++pauses > GuestLimits.PAUSES_MAX) {
            throw new HostLimitException(
                    "the guest paused more than " + GuestLimits.PAUSES_MAX + " times");
        }
        int width = memory.pointerBytes();
        int header = 3 * width;
        data = guest.call("malloc", header + STACK_BYTES);
        memory.putPointer(data, data + header);
        memory.putPointer(data + width, data + header + STACK_BYTES);
        memory.putI32(data + 2L * width, 0); // which export to call again: always handle
        phase = Phase.UNWINDING;
        value = answer;
        guest.call("asyncify_start_unwind", data);
        return 0;
    }

    /** Whether the guest returned to be called again; it then rewinds. */
    public boolean resumes() {
        if (phase != Phase.UNWINDING) {
            return false;
        }
        guest.call("asyncify_stop_unwind");
        phase = Phase.REWINDING;
        guest.call("asyncify_start_rewind", data);
        return true;
    }
}
