package dev.flywheel.cu.guest.time;

/** The Gregorian calendar of any year, in UTC, within what a JavaScript date can hold. */
final class Calendar {
    /** Seconds that a JavaScript date holds, either side of 1970. */
    static final long SECONDS_MAX = 8_640_000_000_000L;

    /** Beyond these V8 makes no date, whatever the other fields say. */
    private static final long YEARS_MAX = 1_000_000;

    private static final long MONTHS_MAX = 10_000_000;

    private static final long DAY_SECONDS = 86_400;

    /** From 1 March of year 0, where the count begins, to 1 January 1970. */
    private static final long DAYS_TO_1970 = 719_468;

    private static final long ERA_DAYS = 146_097;

    private Calendar() {}

    static boolean isLeap(long year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    /** Whether a JavaScript date can hold this many seconds since 1970. */
    static boolean holds(long seconds) {
        return seconds >= -SECONDS_MAX && seconds <= SECONDS_MAX;
    }

    /** Whether a JavaScript date can hold the first second of this day since 1970. */
    static boolean holdsDay(long days) {
        return Math.abs(days) <= SECONDS_MAX / DAY_SECONDS;
    }

    /** Whether a JavaScript date can hold what these fields say, which may be out of range. */
    static boolean holds(BrokenDownTime time) {
        if (Math.abs(time.year()) > YEARS_MAX || Math.abs((long) time.month()) > MONTHS_MAX) {
            return false;
        }
        long seconds = secondsOf(time);
        // With summer time the loader asks for New Year's offset, which the first year has not.
        return holds(seconds) && (time.daylight() <= 0 || holds(newYear(seconds)));
    }

    /** Seconds since 1970 of these fields, which may be out of range. */
    static long secondsOf(BrokenDownTime time) {
        int month = Math.floorMod(time.month(), 12) + 1;
        long year = javaScriptYear(time.year()) + Math.floorDiv(time.month(), 12);
        long days = daysOf(year, month, 1) + time.day() - 1;
        return ((days * 24 + time.hour()) * 60 + time.minute()) * 60 + time.second();
    }

    /** Days since 1970 of a date; month and day from 1. */
    static long daysOf(long civilYear, int month, int day) {
        // Years begin in March, so that the odd day is their last.
        long year = month <= 2 ? civilYear - 1 : civilYear;
        long era = Math.floorDiv(year, 400);
        long yearOfEra = year - era * 400;
        long dayOfYear = (153L * ((month + 9) % 12) + 2) / 5 + day - 1;
        return era * ERA_DAYS
                + yearOfEra * 365
                + yearOfEra / 4
                - yearOfEra / 100
                + dayOfYear
                - DAYS_TO_1970;
    }

    /** A date; month and day from 1. */
    record Date(long year, int month, int day) {
        static Date ofDays(long daysSince1970) {
            long days = daysSince1970 + DAYS_TO_1970;
            long era = Math.floorDiv(days, ERA_DAYS);
            long day = days - era * ERA_DAYS;
            long year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
            long dayOfYear = day - (365 * year + year / 4 - year / 100);
            int index = (int) ((5 * dayOfYear + 2) / 153);
            int month = index < 10 ? index + 3 : index - 9;
            int dayOfMonth = (int) (dayOfYear - (153L * index + 2) / 5 + 1);
            return new Date(year + era * 400 + (month <= 2 ? 1 : 0), month, dayOfMonth);
        }
    }

    /**
     * Whole days from New Year to a moment, as JavaScript's difference of two dates has them: the
     * years 0 to 99 are taken for 1900 to 1999, and what no date holds counts as zero.
     */
    static int daysSinceNewYear(long seconds) {
        if (!holds(seconds)) {
            return 0;
        }
        long newYear = newYear(seconds);
        return holds(newYear) ? (int) ((seconds - newYear) / DAY_SECONDS) : 0;
    }

    /** When the loader thinks that a moment's year began. */
    private static long newYear(long seconds) {
        long year = Date.ofDays(Math.floorDiv(seconds, DAY_SECONDS)).year();
        return daysOf(javaScriptYear(year), 1, 1) * DAY_SECONDS;
    }

    /** A JavaScript date takes two digits for a year of the 20th century. */
    static long javaScriptYear(long year) {
        return year >= 0 && year <= 99 ? year + 1900 : year;
    }

    /**
     * The fields of {@code struct tm} from tm_sec to tm_yday; zeros beyond what a JavaScript date
     * can hold.
     */
    static int[] brokenDown(long seconds) {
        if (!holds(seconds)) {
            return new int[8];
        }
        long days = Math.floorDiv(seconds, DAY_SECONDS);
        int rest = (int) Math.floorMod(seconds, DAY_SECONDS);
        Date date = Date.ofDays(days);
        return new int[] {
            rest % 60,
            rest / 60 % 60,
            rest / 3600,
            date.day(),
            date.month() - 1,
            (int) (date.year() - 1900),
            (int) Math.floorMod(days + 4, 7L),
            (int) (days - daysOf(date.year(), 1, 1)),
        };
    }
}
