package dev.flywheel.cu.guest.time;

import dev.flywheel.cu.guest.host.GuestThrownException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The reference's own strftime: plain text replacements over the whole pattern, one rule after the
 * other. Its oddities are kept, since guests see them.
 */
final class TimeFormat {
    private static final String[] DAYS = {
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"
    };
    private static final String[] MONTHS = {
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December"
    };
    private static final int[] MONTH_DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    /** What stands for {@code %%} while the rules run: no C string contains it. */
    private static final String PERCENT = "\0\0";

    /**
     * Done first, in this order; a rule does not see what an earlier one was for, so {@code %Ec}
     * becomes {@code %c} and stays so.
     */
    private static final Map<String, String> EXPANSIONS = expansions();

    /** Done next, in this order; what is not here stays as written. */
    private static final Map<String, Function<TimeFormat, String>> RULES = rules();

    private final BrokenDownTime time;
    private final long offsetSeconds;
    private final String zone;

    private TimeFormat(BrokenDownTime time, long offsetSeconds, String zone) {
        this.time = time;
        this.offsetSeconds = offsetSeconds;
        this.zone = zone;
    }

    /**
     * @param offsetSeconds of the time zone, for {@code %z}
     * @param zone name of the time zone, for {@code %Z}
     * @throws GuestThrownException for the abbreviation of a day or month that there is not
     */
    static String format(String pattern, BrokenDownTime time, long offsetSeconds, String zone) {
        TimeFormat format = new TimeFormat(time, offsetSeconds, zone);
        String text = pattern;
        for (Map.Entry<String, String> expansion : EXPANSIONS.entrySet()) {
            text = text.replace(expansion.getKey(), expansion.getValue());
        }
        text = text.replace("%%", PERCENT);
        for (Map.Entry<String, Function<TimeFormat, String>> rule : RULES.entrySet()) {
            if (text.contains(rule.getKey())) {
                text = text.replace(rule.getKey(), rule.getValue().apply(format));
            }
        }
        return text.replace(PERCENT, "%");
    }

    private static Map<String, String> expansions() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("%c", "%a %b %d %H:%M:%S %Y");
        map.put("%D", "%m/%d/%y");
        map.put("%F", "%Y-%m-%d");
        map.put("%h", "%b");
        map.put("%r", "%I:%M:%S %p");
        map.put("%R", "%H:%M");
        map.put("%T", "%H:%M:%S");
        map.put("%x", "%m/%d/%y");
        map.put("%X", "%H:%M:%S");
        map.put("%Ec", "%c");
        map.put("%EC", "%C");
        map.put("%Ex", "%m/%d/%y");
        map.put("%EX", "%H:%M:%S");
        map.put("%Ey", "%y");
        map.put("%EY", "%Y");
        for (String letter : "d e H I m M S u U V w W y".split(" ", -1)) {
            map.put("%O" + letter, "%" + letter);
        }
        return map;
    }

    private static Map<String, Function<TimeFormat, String>> rules() {
        Map<String, Function<TimeFormat, String>> map = new LinkedHashMap<>();
        map.put("%a", format -> abbreviated(DAYS, format.time.weekDay()));
        map.put("%A", format -> named(DAYS, format.time.weekDay()));
        map.put("%b", format -> abbreviated(MONTHS, format.time.month()));
        map.put("%B", format -> named(MONTHS, format.time.month()));
        map.put("%C", format -> padded(format.time.year() / 100));
        map.put("%d", format -> padded(format.time.day()));
        map.put("%e", format -> padded(format.time.day(), 2, ' '));
        map.put("%g", format -> fromThirdCharacter(format.isoYear()));
        map.put("%G", format -> Long.toString(format.isoYear()));
        map.put("%H", format -> padded(format.time.hour()));
        map.put("%I", TimeFormat::twelveHours);
        map.put("%j", TimeFormat::dayOfYear);
        map.put("%m", format -> padded(format.time.month() + 1L));
        map.put("%M", format -> padded(format.time.minute()));
        map.put("%n", format -> "\n");
        map.put("%p", format -> format.time.hour() >= 0 && format.time.hour() < 12 ? "AM" : "PM");
        map.put("%S", format -> padded(format.time.second()));
        map.put("%t", format -> "\t");
        map.put("%u", format -> Integer.toString(format.mondayBased()));
        map.put("%U", format -> padded(format.week(format.time.weekDay())));
        map.put("%V", format -> padded(format.isoWeek()));
        map.put("%w", format -> Integer.toString(format.time.weekDay()));
        map.put("%W", format -> padded(format.week(format.daysAfterMonday())));
        map.put("%y", format -> fromThirdCharacter(format.time.year()));
        map.put("%Y", format -> Long.toString(format.time.year()));
        map.put("%z", TimeFormat::offset);
        map.put("%Z", format -> format.zone);
        return map;
    }

    private static String named(String[] names, int index) {
        // What JavaScript makes of an element that an array does not have.
        return index >= 0 && index < names.length ? names[index] : "undefined";
    }

    private static String abbreviated(String[] names, int index) {
        if (index < 0 || index >= names.length) {
            throw new GuestThrownException(
                    "TypeError",
                    "Cannot read properties of undefined (reading 'substring'): strftime with"
                            + " name "
                            + index
                            + " of "
                            + names.length);
        }
        return names[index].substring(0, 3);
    }

    private static String padded(long value) {
        return padded(value, 2, '0');
    }

    private static String padded(long value, int digits, char with) {
        String text = Long.toString(value);
        return String.valueOf(with).repeat(Math.max(0, digits - text.length())) + text;
    }

    private static String fromThirdCharacter(long value) {
        String text = Long.toString(value);
        return text.substring(Math.min(2, text.length()));
    }

    private int mondayBased() {
        return time.weekDay() == 0 ? 7 : time.weekDay();
    }

    private String twelveHours() {
        long hour = time.hour();
        return padded(hour == 0 ? 12 : hour > 12 ? hour - 12 : hour);
    }

    /** From day and month, not from tm_yday. */
    private String dayOfYear() {
        if (time.month() > MONTH_DAYS.length) {
            return "NaN"; // the sum of elements that an array does not have
        }
        long before = time.month() > 1 && Calendar.isLeap(time.year()) ? 1 : 0;
        for (int i = 0; i < time.month(); i++) {
            before += MONTH_DAYS[i];
        }
        return padded(time.day() + before, 3, '0');
    }

    private long daysAfterMonday() {
        return (time.weekDay() + 6L) % 7;
    }

    /** Week of the year, the first being that of the first day from which we count. */
    private long week(long daysAfterFirst) {
        return Math.floorDiv(time.dayOfYear() + 7L - daysAfterFirst, 7L);
    }

    /** Counted with JavaScript's dates, which take a year below 100 for one of the 20th century. */
    private long isoYear() {
        long newYear = held(time.year(), 1, 1);
        long day = newYear + Math.max(0, time.dayOfYear());
        long year = Calendar.Date.ofDays(day).year();
        if (firstMonday(year) > day) {
            return year - 1;
        }
        return firstMonday(year + 1) <= day ? year + 1 : year;
    }

    private static long firstMonday(long year) {
        long fourth = held(year, 1, 4);
        int daysAfterMonday = (int) Math.floorMod(fourth + 3, 7L);
        return daysAfterMonday <= 3
                ? fourth - daysAfterMonday
                : held(Calendar.javaScriptYear(year) - 1, 12, 35 - daysAfterMonday);
    }

    /** Days since 1970 of a JavaScript date. */
    private static long held(long year, int month, int day) {
        long days = Calendar.daysOf(Calendar.javaScriptYear(year), month, day);
        if (!Calendar.holdsDay(days)) {
            throw new GuestThrownException(
                    "TypeError", "Cannot read properties of undefined (reading 'getFullYear')");
        }
        return days;
    }

    /** Remainders are JavaScript's: of the dividend's sign. */
    private long isoWeek() {
        long weekDay = time.weekDay();
        long dayOfYear = time.dayOfYear();
        long week = week(daysAfterMonday());
        if ((weekDay + 371 - dayOfYear - 2) % 7 <= 2) {
            week++;
        }
        if (week == 0) {
            long last = (weekDay + 7 - dayOfYear - 1) % 7;
            boolean leap = Calendar.isLeap(time.yearsSince1900() % 400 - 1);
            return last == 4 || (last == 5 && leap) ? 53 : 52;
        }
        if (week == 53) {
            long first = (weekDay + 371 - dayOfYear) % 7;
            // The year since 1900, as the reference has it.
            if (first != 4 && (first != 3 || !Calendar.isLeap(time.yearsSince1900()))) {
                return 1;
            }
        }
        return week;
    }

    private String offset() {
        double minutes = Math.abs((double) offsetSeconds) / 60;
        double value = minutes / 60 * 100 + minutes % 60;
        String digits =
                "0000"
                        + new BigDecimal(Double.toString(value))
                                .stripTrailingZeros()
                                .toPlainString();
        return (offsetSeconds >= 0 ? "+" : "-") + digits.substring(digits.length() - 4);
    }
}
