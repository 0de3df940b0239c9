package dev.flywheel.cu.guest.time;

import dev.flywheel.cu.guest.host.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The nine numbers of a guest's {@code struct tm}; any of them can be out of range. */
record BrokenDownTime(
        int second,
        int minute,
        int hour,
        int day,
        int month,
        int yearsSince1900,
        int weekDay,
        int dayOfYear,
        int daylight) {
    private static final int BYTES = 36;

    static BrokenDownTime read(GuestMemory memory, long tm) {
        // As one piece: what lies beyond the end of memory is zero and does not wrap around.
        byte[] bytes = Arrays.copyOf(memory.read(tm, BYTES), BYTES);
        int[] fields = new int[BYTES / Integer.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(fields);
        return new BrokenDownTime(
                fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], fields[6],
                fields[7], fields[8]);
    }

    long year() {
        return yearsSince1900 + 1900L;
    }
}
