package dev.flywheel.cu.unit.cron;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Cron-Interval tags of a process. Immutable.
 *
 * @param byBlock intervals in blocks, in the order of the tags
 * @param byTime intervals in seconds, shortest first
 */
public record CronSchedule(List<Cron> byBlock, List<Cron> byTime) {
    private static final String TAG_PREFIX = "Cron-Tag-";

    /** What the reference's library for time spans understands, without months. */
    private static final Pattern SPAN =
            Pattern.compile("(-?(?:\\d+)?\\.?\\d+) *([a-z]*)", Pattern.CASE_INSENSITIVE);

    /**
     * One interval.
     *
     * @param interval the tag's value, as it is in cursors
     * @param every blocks or seconds; 0 never fires, as a value that is no number does in the
     *     reference
     * @param tags tags of its messages
     */
    public record Cron(String interval, long every, Tags tags) {
        boolean firesAt(long distance) {
            return every > 0 && distance != 0 && distance % every == 0;
        }
    }

    public CronSchedule {
        byBlock = List.copyOf(byBlock);
        byTime = List.copyOf(byTime);
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return byBlock.isEmpty() && byTime.isEmpty();
    }

    /**
     * Reads the tags of a process.
     *
     * @throws IllegalArgumentException in the reference's words when they make no sense
     */
    public static CronSchedule of(Tags tags) {
        List<Cron> byBlock = new ArrayList<>();
        List<Cron> byTime = new ArrayList<>();
        Draft draft = null;
        for (Tag tag : tags) {
            if (tag.name().equals("Cron-Interval")) {
                close(draft, byBlock, byTime);
                draft = new Draft(tag.value());
            } else if (tag.name().startsWith(TAG_PREFIX)) {
                if (draft == null) {
                    throw new IllegalArgumentException(
                            "Unmatched Cron-Tag with no preceding Cron-Interval: " + tag.name());
                }
                draft.tags.add(new Tag(tag.name().substring(TAG_PREFIX.length()), tag.value()));
            }
        }
        close(draft, byBlock, byTime);
        if (byBlock.size() + byTime.size() > UnitLimits.CRONS_MAX) {
            throw new IllegalArgumentException(
                    "a process may have at most " + UnitLimits.CRONS_MAX + " Cron-Interval tags");
        }
        byTime.sort(Comparator.comparingLong(Cron::every));
        return new CronSchedule(byBlock, byTime);
    }

    private static void close(@Nullable Draft draft, List<Cron> byBlock, List<Cron> byTime) {
        if (draft != null) {
            (draft.inBlocks ? byBlock : byTime)
                    .add(new Cron(draft.interval, draft.every, Tags.of(draft.tags)));
        }
    }

    private static final class Draft {
        final String interval;
        final boolean inBlocks;
        final long every;
        final List<Tag> tags = new ArrayList<>();

        Draft(String interval) {
            this.interval = interval;
            String[] parts = interval.split("-", -1);
            String value = parts[0].strip();
            String unit = parts.length > 1 ? parts[1].strip() : "";
            this.inBlocks = unit.equals("block") || unit.equals("blocks");
            this.every = inBlocks ? blocks(value) : parts.length > 1 ? seconds(value, unit) : 0;
        }

        private static long blocks(String value) {
            Matcher number = Pattern.compile("[+-]?\\d{1,15}").matcher(value);
            return number.lookingAt() ? Math.max(0, Long.parseLong(number.group())) : 0;
        }

        private static long seconds(String value, String unit) {
            Matcher span = SPAN.matcher(value + " " + unit);
            OptionalLong unitMs =
                    span.matches()
                            ? unitMs(span.group(2).toLowerCase(Locale.ROOT))
                            : OptionalLong.empty();
            if (unitMs.isEmpty()) {
                return 0;
            }
            double ms = Double.parseDouble(span.group(1)) * unitMs.getAsLong();
            long seconds = (long) Math.floor(ms / 1_000);
            if (seconds <= 0) {
                throw new IllegalArgumentException("time-based cron cannot be less than 1 second");
            }
            return seconds;
        }

        private static OptionalLong unitMs(String unit) {
            return switch (unit) {
                case "", "ms", "msec", "msecs", "millisecond", "milliseconds" -> OptionalLong.of(1);
                case "s", "sec", "secs", "second", "seconds" -> OptionalLong.of(1_000);
                case "m", "min", "mins", "minute", "minutes" -> OptionalLong.of(60_000);
                case "h", "hr", "hrs", "hour", "hours" -> OptionalLong.of(3_600_000);
                case "d", "day", "days" -> OptionalLong.of(86_400_000);
                case "w", "week", "weeks" -> OptionalLong.of(7 * 86_400_000L);
                case "y", "yr", "yrs", "year", "years" ->
                        OptionalLong.of((long) (365.25 * 86_400_000));
                default -> OptionalLong.empty();
            };
        }
    }
}
