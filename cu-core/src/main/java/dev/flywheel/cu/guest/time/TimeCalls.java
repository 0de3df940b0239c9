package dev.flywheel.cu.guest.time;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.GuestLimits;
import dev.flywheel.cu.guest.host.CallArguments;
import dev.flywheel.cu.guest.host.CallBody;
import dev.flywheel.cu.guest.host.Family;
import dev.flywheel.cu.guest.host.GuestExports;
import dev.flywheel.cu.guest.host.GuestMemory;
import dev.flywheel.cu.guest.host.GuestThrownException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The clock and calendar imports of one instance, as the reference's loader answers them in the
 * time zone UTC. Used by the thread that runs the guest.
 *
 * <p>Layout of {@code struct tm}: nine i32 from second to daylight, then the offset in seconds (i32
 * at 36, or i64 at 40) and a pointer to the zone's name (at 40, or 48).
 */
public final class TimeCalls {
    private static final byte[] ZONE = "UTC\0".getBytes(UTF_8);

    /** The early families' name in the seven bytes that emscripten3 has for it. */
    private static final byte[] CUT_ZONE = "Coordi\0".getBytes(UTF_8);

    private static final byte[] EARLY_ZONE = "Coordinated Universal Time\0".getBytes(UTF_8);
    private static final int DAYLIGHT_AT = 32;
    private static final int WEEK_DAY_AT = 24;

    /** Position of tm_yday among the fields. */
    private static final int YEAR_DAY = 7;

    private final GuestMemory memory;
    private final GuestClock clock;
    private final Family family;
    private final boolean early;
    private final GuestExports exports;
    private boolean timeZoneSet;

    /**
     * @param exports for {@code malloc} (early families) and what takes the high words of results
     */
    public TimeCalls(GuestMemory memory, GuestClock clock, Family family, GuestExports exports) {
        this.memory = memory;
        this.clock = clock;
        this.family = family;
        this.early = family.early();
        this.exports = exports;
    }

    /** Import name to what it does. */
    public Map<String, CallBody> calls() {
        Map<String, CallBody> calls = new LinkedHashMap<>();
        calls.put("emscripten_date_now", arguments -> bits((double) clock.tick()));
        calls.put("emscripten_get_now", arguments -> now());
        // A constant in the early families, and no tick.
        calls.put("_emscripten_date_now", arguments -> bits(0));
        calls.put("_emscripten_get_now_is_monotonic", arguments -> 1);
        calls.put("_gmtime_js", this::gmtime);
        calls.put("_localtime_js", this::localtime);
        calls.put("_mktime_js", arguments -> mktime(arguments.integer(0)));
        calls.put("_tzset_js", this::tzset);
        calls.put("strftime", this::strftime);
        calls.put("strftime_l", this::strftime);
        return calls;
    }

    /**
     * Whether the early families' zone names are in the guest's memory: to be put back with that
     * memory when an evaluation is undone.
     */
    public boolean timeZoneSet() {
        return timeZoneSet;
    }

    /** Puts {@link #timeZoneSet()} back. */
    public void timeZoneSet(boolean set) {
        timeZoneSet = set;
    }

    private static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }

    private long now() {
        double now = (double) clock.tick();
        return bits(early ? Double.NaN : now); // a mistake of the early loader
    }

    /** A pointer to an i32 in the early families, then a pair of halves, then one i64. */
    private long seconds(CallArguments arguments) {
        if (arguments.count() == 3) {
            return (arguments.integer(0) & 0xFFFF_FFFFL) | (arguments.integer(1) << 32);
        }
        return early ? memory.i32(arguments.integer(0)) : arguments.integer(0);
    }

    private long gmtime(CallArguments arguments) {
        // Eight fields only: daylight, offset and zone stay as they are.
        long tm = arguments.integer(arguments.count() - 1);
        long seconds = seconds(arguments);
        int[] fields = Calendar.brokenDown(seconds);
        fields[YEAR_DAY] = Calendar.daysSinceNewYear(seconds);
        put(tm, fields, 0, 8);
        return 0;
    }

    private long localtime(CallArguments arguments) {
        long tm = arguments.integer(arguments.count() - 1);
        long seconds = seconds(arguments);
        put(tm, Calendar.brokenDown(seconds), 0, 8);
        if (wide() && !Calendar.holds(seconds)) {
            // The loader makes a 64-bit integer of the date's offset.
            throw new GuestThrownException(
                    "RangeError",
                    "The number NaN cannot be converted to a BigInt because it is not an integer");
        }
        memory.putI32(tm + DAYLIGHT_AT, 0);
        memory.putPointer(tm + (wide() ? 40 : 36), 0);
        return 0;
    }

    private long mktime(long tm) {
        BrokenDownTime time = BrokenDownTime.read(memory, tm);
        // What lies beyond the end of memory is no number to the loader, and makes no date.
        boolean whole = memory.read(tm, WEEK_DAY_AT).length == WEEK_DAY_AT;
        boolean held = whole && Calendar.holds(time);
        long seconds = held ? Calendar.secondsOf(time) : early ? 0 : -1;
        int[] fields = held ? Calendar.brokenDown(seconds) : new int[8];
        if (early) {
            if (held) {
                fields[YEAR_DAY] = Calendar.daysSinceNewYear(seconds);
            }
            put(tm, fields, 0, 5); // the early families leave the year as it is
            put(tm + WEEK_DAY_AT, fields, 6, 2);
        } else {
            put(tm, fields, 0, 8);
        }
        if (time.daylight() < 0) {
            memory.putI32(tm + DAYLIGHT_AT, 0);
        }
        return made(seconds);
    }

    /**
     * A time as a result: in halves where pointers have 32 bits, and the early families lose one.
     */
    private long made(long seconds) {
        if (wide()) {
            return seconds;
        }
        if (!early) {
            boolean third = family == Family.E3;
            exports.call(third ? "setTempRet0" : "_emscripten_tempret_set", seconds >> 32);
        }
        return (int) seconds;
    }

    private long tzset(CallArguments arguments) {
        long offset = arguments.integer(0);
        long daylight = arguments.integer(1);
        long names = arguments.integer(2);
        if (arguments.count() > 3) {
            memory.putPointer(offset, 0);
            memory.putI32(daylight, 0);
            byte[] zone = family == Family.E3 ? CUT_ZONE : ZONE;
            memory.write(names, zone);
            memory.write(arguments.integer(3), zone);
            return 0;
        }
        if (timeZoneSet) {
            return 0;
        }
        timeZoneSet = true;
        memory.putI32(offset, 0);
        memory.putI32(daylight, 0);
        for (int position = 1; position >= 0; position--) {
            long address = exports.call("malloc", EARLY_ZONE.length);
            memory.write(address, EARLY_ZONE);
            memory.putI32(names + 4L * position, (int) address);
        }
        return 0;
    }

    private long strftime(CallArguments arguments) {
        long tm = arguments.integer(3);
        byte[] pattern =
                memory.cString(arguments.integer(2), GuestLimits.TIME_PATTERN_BYTES_MAX + 1);
        byte[] zone =
                memory.cString(
                        memory.pointer(tm + (wide() ? 48 : 40)),
                        GuestLimits.TIME_ZONE_BYTES_MAX + 1);
        if (pattern.length > GuestLimits.TIME_PATTERN_BYTES_MAX
                || zone.length > GuestLimits.TIME_ZONE_BYTES_MAX) {
            return 0; // what a text that does not fit answers
        }
        long offset = wide() ? memory.i64(tm + 40) : memory.i32(tm + 36);
        String text =
                TimeFormat.format(
                        GuestMemory.decode(pattern),
                        BrokenDownTime.read(memory, tm),
                        offset,
                        GuestMemory.decode(zone));
        byte[] bytes = (text + "\0").getBytes(UTF_8);
        if (bytes.length > arguments.integer(1)) {
            return 0;
        }
        memory.write(arguments.integer(0), bytes);
        return bytes.length - 1L;
    }

    private boolean wide() {
        return memory.pointerBytes() == 8;
    }

    /** As one piece: what lies beyond the end of memory is dropped and does not wrap around. */
    private void put(long address, int[] fields, int from, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putInt(fields[from + i]);
        }
        memory.write(address, bytes.array());
    }
}
