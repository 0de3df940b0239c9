package dev.flywheel.cu.guest.time;

/** The Gregorian calendar of any year, in UTC, within what a JavaScript date can hold. */
final class Calendar {
    /** Seconds that a JavaScript date holds, either side of 1970. */
    static final long SECONDS_MAX = 8_640_000_000_000L;

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
