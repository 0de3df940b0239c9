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
            String text =
                    TimeFormat.format(
                            line.get("pattern").asString(),
                            time(fields),
                            line.get("offset").asLong(),
                            "UTC");
            assertThat(text)
                    .as(line.get("fields").toString())
                    .isEqualTo(line.get("text").asString());
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
