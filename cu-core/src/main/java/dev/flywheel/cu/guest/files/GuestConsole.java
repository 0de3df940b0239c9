package dev.flywheel.cu.guest.files;

import dev.flywheel.cu.guest.GuestLimits;
import java.util.Arrays;

/**
 * What a guest wrote to its terminals, for the operator's log; never part of a result. Keeps the
 * first {@link GuestLimits#CONSOLE_BYTES_MAX} bytes and counts the others.
 */
public final class GuestConsole {
    private byte[] kept = new byte[0];
    private int count;
    private long dropped;

    /** Appends a text as far as there is room. */
    public void write(byte[] text) {
        write(text, text.length);
    }

    /** Appends a text of which the first bytes are here, as far as there is room. */
    void write(byte[] start, long length) {
        int taken = Math.min(start.length, GuestLimits.CONSOLE_BYTES_MAX - count);
        if (count + taken > kept.length) {
            int room = Math.max(2 * kept.length, count + taken);
            kept = Arrays.copyOf(kept, Math.min(GuestLimits.CONSOLE_BYTES_MAX, room));
        }
        System.arraycopy(start, 0, kept, count, taken);
        count += taken;
        dropped += length - taken;
    }

    /** Bytes that found no room since {@link #clear}. */
    public long droppedBytes() {
        return dropped;
    }

    /** A copy of the bytes written since {@link #clear}. */
    public byte[] bytes() {
        return Arrays.copyOf(kept, count);
    }

    /** Forgets all of it, as at the start of an evaluation. */
    public void clear() {
        count = 0;
        dropped = 0;
    }
}
