package dev.flywheel.cu.guest.time;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.cu.guest.GuestLimits;
import dev.flywheel.cu.guest.files.CallingGuest;
import dev.flywheel.cu.guest.files.RecordedCalls;
import dev.flywheel.cu.guest.host.GuestThrownException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class TimeCallsTest {
    private final CallingGuest guest = CallingGuest.of("v64");

    @Test
    void shouldAnswerAsTheReferenceInEveryFamily() {
        List<String> families = new ArrayList<>();
        for (RecordedCalls session :
                RecordedCalls.sessions(TimeCallsTest.class, "calls.jsonl.gz")) {
            CallingGuest recorded = CallingGuest.of(session.family());
            if (recorded.tree != null) {
                // The recording had no /data.
                recorded.clock.reset(GuestClock.START_MS + 3);
            }
            session.replay(recorded, 0, session.count());
            session.checkExports(recorded);
            families.add(session.family());
        }
        assertThat(families).contains("v1", "v2", "v4", "v64");
    }

    @Test
    void shouldFormatAsTheReference() {
        for (JsonNode line : RecordedCalls.lines(TimeCallsTest.class, "strftime.jsonl.gz")) {
            int[] fields = new int[8];
            for (int i = 0; i < fields.length; i++) {
                fields[i] = line.get("fields").get(i).asInt();
            }
            assertThat(text(line.get("pattern").asString(), fields, line.get("offset").asLong()))
                    .as(line.get("fields").toString())
                    .isEqualTo(line.get("text").asString());
        }
    }

    /** The text, or the kind of what is thrown. */
    private static String text(String pattern, int[] fields, long offsetSeconds) {
        try {
            return TimeFormat.format(pattern, time(fields), offsetSeconds, "UTC");
        } catch (GuestThrownException e) {
            return e.kind();
        }
    }

    private static BrokenDownTime time(int... f) {
        return new BrokenDownTime(f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], 0);
    }

    /** Measured on the reference with real modules. */
    @ParameterizedTest
    @CsvSource({
        "0, Thu|Thu Jan 01 00:00:00 1970|19|01| 1|70 1970|12|001|AM|4|00 01 4 00|70|+0000 GMT|%c",
        "951782400, Tue|Tue Feb 29 00:00:00 2000|20|29|29|00 2000|12|060|AM|2|09 09 2 09|00"
                + "|+0000 GMT|%c",
        "1104537600, Sat|Sat Jan 01 00:00:00 2005|20|01| 1|04 2004|12|001|AM|6|00 53 6 00|05"
                + "|+0000 GMT|%c",
        "1735603200, Tue|Tue Dec 31 00:00:00 2024|20|31|31|25 2025|12|366|AM|2|52 01 2 53|24"
                + "|+0000 GMT|%c",
        "-1, Wed|Wed Dec 31 23:59:59 1969|19|31|31|70 1970|11|365|PM|3|52 01 3 52|69"
                + "|+0000 GMT|%c",
        "253402300799, Fri|Fri Dec 31 23:59:59 9999|99|31|31|99 9999|11|365|PM|5|52 52 5 52|99"
                + "|+0000 GMT|%c",
    })
    void shouldFormatAsMeasured(long seconds, String expected) {
        String pattern = "%a|%c|%C|%d|%e|%g %G|%I|%j|%p|%u|%U %V %w %W|%y|%z %Z|%Ec";
        assertThat(TimeFormat.format(pattern, time(Calendar.brokenDown(seconds)), 0, "GMT"))
                .isEqualTo(expected);
    }

    @Test
    void shouldDoAsJavaScriptWithNamesThatThereAreNot() {
        BrokenDownTime none = time(0, 0, 0, 1, 12, 100, 7, 0);
        assertThat(TimeFormat.format("%A %B %d", none, 0, "UTC"))
                .isEqualTo("undefined undefined 01");
        assertThatThrownBy(() -> TimeFormat.format("%a", none, 0, "UTC"))
                .isInstanceOf(GuestThrownException.class)
                .extracting("kind")
                .isEqualTo("TypeError");
        assertThatThrownBy(() -> TimeFormat.format("%h", none, 0, "UTC"))
                .isInstanceOf(GuestThrownException.class);
        assertThat(TimeFormat.format("%j", time(0, 0, 0, 1, 2_000_000_000, 100, 0, 0), 0, "UTC"))
                .isEqualTo("NaN");
    }

    @Test
    void shouldNotFormatPatternsThatAreTooLong() {
        guest.text(20_000, "%".repeat(GuestLimits.TIME_PATTERN_BYTES_MAX + 1));
        assertThat(guest.call("strftime", 30_000, 10_000, 20_000, 1000)).isZero();
        guest.text(20_000, "%Z");
        guest.text(10_000, "z".repeat(GuestLimits.TIME_ZONE_BYTES_MAX + 1));
        guest.memory.putI64(1048, 10_000);
        assertThat(guest.call("strftime", 30_000, 10_000, 20_000, 1000)).isZero();
        guest.text(10_000, "ZONE");
        assertThat(guest.call("strftime", 30_000, 10_000, 20_000, 1000)).isEqualTo(4);
        assertThat(guest.memory.text(30_000)).isEqualTo("ZONE");
    }

    @Test
    void shouldAllocateZoneNamesAgainOnlyWhenTheyWereUndone() {
        CallingGuest early = CallingGuest.of("v2");
        early.call("_tzset_js", 700, 710, 720);
        early.call("_tzset_js", 700, 710, 720);
        assertThat(early.asked).hasSize(2);
        assertThat(early.time.timeZoneSet()).isTrue();
        early.time.timeZoneSet(false);
        early.call("_tzset_js", 700, 710, 720);
        assertThat(early.asked).hasSize(4);
        assertThat(new String(early.memory.cString(early.memory.i32(720)), UTF_8))
                .isEqualTo("Coordinated Universal Time");
    }

    /** Of the first century JavaScript takes two digits for a year of the 20th. */
    @ParameterizedTest
    @CsvSource({
        "-62167219200, -693961",
        "-62135596800, -693960",
        "-62132140801, -693920",
        "-59011459201, -693595",
        "-59011459200, 0",
        "-62198755200, 0",
        "-8640000000000, 0",
        "1709210096, 59",
    })
    void shouldCountTheDaysOfAYearAsTheReference(long seconds, int days) {
        guest.call("_gmtime_js", seconds, 1000);
        assertThat(guest.memory.i32(1028)).isEqualTo(days);
    }

    /** Answers of the loader's own strftime to what its gmtime gives. */
    @ParameterizedTest
    @CsvSource({
        "-62198755200, ' -2|-1'",
        "-62167219200, 00 1900|0",
        "-62135596800, 01 1901|1",
        "-61926187941, 07 1907|7",
        "-59011459201, 98 1998|99",
        "-59011459200, ' 99|100'",
        "-59011200000, 0 100|100",
        "-8639951961600, 71820 -271820|-271820",
        "8639977536000, 5759 275759|275759",
    })
    void shouldCountWeeksOfEveryYearAsTheReference(long seconds, String expected) {
        int[] fields = Calendar.brokenDown(seconds);
        fields[7] = Calendar.daysSinceNewYear(seconds);
        assertThat(TimeFormat.format("%g %G|%Y", time(fields), 0, "UTC")).isEqualTo(expected);
    }

    @Test
    void shouldThrowAsTheReferenceWhereTheNextYearHasNoFirstWeek() {
        BrokenDownTime last = time(Calendar.brokenDown(Calendar.SECONDS_MAX));
        assertThatThrownBy(() -> TimeFormat.format("%G", last, 0, "UTC"))
                .isInstanceOf(GuestThrownException.class)
                .extracting("kind")
                .isEqualTo("TypeError");
    }

    @Test
    void shouldThrowAsTheReferenceWhereNoDateHoldsALocalTime() {
        guest.call("_localtime_js", Calendar.SECONDS_MAX, 1000);
        assertThat(guest.memory.i32(1020)).isEqualTo(275_760 - 1900);
        assertThatThrownBy(() -> guest.call("_localtime_js", Calendar.SECONDS_MAX + 1, 1000))
                .isInstanceOf(GuestThrownException.class)
                .extracting("kind")
                .isEqualTo("RangeError");
        CallingGuest narrow = CallingGuest.of("v4");
        narrow.memory.putI32(1020, 7);
        narrow.call("_localtime_js", 0, Integer.MAX_VALUE, 1000);
        assertThat(narrow.memory.i32(1020)).isZero();
    }

    @Test
    void shouldLeaveZerosWhereNoDateHoldsWhatWasAsked() {
        assertThat(mktime(guest, 300_000, 5, 1, -1)).isEqualTo(-1);
        for (int field = 0; field < 9; field++) {
            assertThat(guest.memory.i32(1000 + 4 * field)).as("field " + field).isZero();
        }
        CallingGuest early = CallingGuest.of("v2");
        assertThat(mktime(early, 300_000, 5, 1, 1)).isZero();
        assertThat(early.memory.i32(1012)).isZero();
        assertThat(early.memory.i32(1020)).isEqualTo(300_000 - 1900);
        assertThat(early.memory.i32(1032)).isEqualTo(1);
    }

    @Test
    void shouldKnowNoDateOfYearsAndMonthsBeyondThoseOfV8() {
        // The days would bring it back.
        assertThat(mktime(guest, 1_000_001, 0, -365_242_000, 0)).isEqualTo(-1);
        assertThat(mktime(guest, 2000, 10_000_001, -304_368_000, 0)).isEqualTo(-1);
        assertThat(mktime(guest, 999_999, 0, -365_242_000, 0)).isEqualTo(-62_155_630_679L);
        // Asked for summer time the loader compares with New Year's offset, which is before all.
        assertThat(mktime(guest, -271_821, 5, 1, 1)).isEqualTo(-1);
        assertThat(mktime(guest, -271_821, 5, 1, 0)).isEqualTo(-8_639_996_360_279L);
    }

    private static long mktime(CallingGuest guest, int year, int month, int day, int daylight) {
        int[] fields = {1, 2, 3, day, month, year - 1900, 4, 5, daylight};
        for (int i = 0; i < fields.length; i++) {
            guest.memory.putI32(1000 + 4 * i, fields[i]);
        }
        return guest.call("_mktime_js", 1000);
    }

    @Test
    void shouldHoldEveryDayThatJavaScriptHolds() {
        long first = -Calendar.SECONDS_MAX / 86_400;
        for (long day = first; day <= -first; day += 97) {
            Calendar.Date date = Calendar.Date.ofDays(day);
            assertThat(java.time.LocalDate.ofEpochDay(day))
                    .isEqualTo(java.time.LocalDate.of((int) date.year(), date.month(), date.day()));
            if (Calendar.daysOf(date.year(), date.month(), date.day()) != day) {
                throw new AssertionError("day " + day);
            }
        }
    }
}
