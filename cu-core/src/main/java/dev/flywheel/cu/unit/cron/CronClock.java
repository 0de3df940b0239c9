package dev.flywheel.cu.unit.cron;

import dev.flywheel.cu.unit.peer.Gateway;
import dev.flywheel.protocol.Tags;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cron messages of one process in their order, as the reference makes them, found by arithmetic
 * instead of by looking at each elapsed second. One thread at a time.
 *
 * <p>Ticks between two entries of the log depend on these two and the blocks between only. Those of
 * the live end are made up to the scheduler's clock and go on from there, at the same instants as a
 * replay finds them. Each second is looked at once: where the reference fires an interval twice
 * because two messages share its second, this fires once.
 */
public final class CronClock {
    private static final int SECOND_MS = 1_000;

    private final CronSchedule schedule;
    private final BlockTimes blocks;
    private final long originHeight;
    private final long originSecond;
    private final Deque<Tick> due = new ArrayDeque<>();
    private long leftMs;
    private long height;
    private long doneSecond;
    private long doneHeight;

    /**
     * A message to make.
     *
     * @param name names it in cursors: index and interval
     */
    public record Tick(String name, Tags tags, long timestamp, long blockHeight) {}

    /**
     * @param originHeight height at which the process was scheduled
     * @param originMs time at which it was
     */
    public CronClock(CronSchedule schedule, BlockTimes blocks, long originHeight, long originMs) {
        this.schedule = schedule;
        this.blocks = blocks;
        this.originHeight = originHeight;
        this.originSecond = Math.floorDiv(originMs, SECOND_MS);
        this.leftMs = originMs;
        this.height = originHeight;
        this.doneHeight = originHeight;
        this.doneSecond = originSecond;
    }

    /**
     * Where a clock stands between two messages.
     *
     * @param leftMs time of the last entry
     * @param height of the last block that was looked at
     * @param doneSecond last second that was looked at
     * @param doneHeight last block whose ticks were made
     */
    public record State(long leftMs, long height, long doneSecond, long doneHeight) {}

    /** Where it stands; null while ticks of one second are left, which belong together. */
    public @Nullable State state() {
        return due.isEmpty() ? new State(leftMs, height, doneSecond, doneHeight) : null;
    }

    /** Goes on from where another clock of the same process stood. */
    public void resume(State state) {
        due.clear();
        leftMs = state.leftMs();
        height = state.height();
        doneSecond = state.doneSecond();
        doneHeight = state.doneHeight();
    }

    /** Goes on from an entry of the log, of which all ticks before were taken. */
    public void entry(long timestamp, long blockHeight) {
        leftMs = timestamp;
        height = blockHeight;
        doneHeight = Math.max(doneHeight, blockHeight);
    }

    /** The next tick before a time, or null when there is none. */
    public @Nullable Tick next(long rightMs) {
        if (rightMs <= leftMs || schedule.isEmpty()) {
            return null;
        }
        while (due.isEmpty()) {
            if (!advance(rightMs)) {
                return null;
            }
        }
        return due.poll();
    }

    /** Makes a tick the next one again, because it could not be evaluated. */
    public void giveBack(Tick tick) {
        due.addFirst(tick);
    }

    /** Moves to the next second in which something is due; whether there is one. */
    private boolean advance(long rightMs) {
        long leftSecond = Math.floorDiv(leftMs, SECOND_MS);
        long from = Math.max(leftSecond, doneSecond + 1);
        Gateway.Block block = blocks.after(doneHeight, leftMs);
        if (block != null && block.timestamp() >= rightMs) {
            block = null;
        }
        long blockSecond =
                block == null
                        ? Long.MAX_VALUE
                        : Math.max(from, Math.floorDiv(block.timestamp(), SECOND_MS));
        long second = Math.min(nextByTime(from), blockSecond);
        // t = left + whole seconds, so the last second is the last t before the right boundary.
        long lastSecond = leftSecond + Math.floorDiv(rightMs - 1 - leftMs, SECOND_MS);
        if (second > lastSecond) {
            doneSecond = Math.max(doneSecond, lastSecond);
            return false;
        }
        if (block != null && second == blockSecond) {
            doneHeight = block.height();
            height = block.height();
            fire(schedule.byBlock(), height - originHeight, block.timestamp());
        }
        fire(schedule.byTime(), second - originSecond, leftMs + (second - leftSecond) * SECOND_MS);
        doneSecond = second;
        return true;
    }

    private long nextByTime(long from) {
        long first = Long.MAX_VALUE;
        for (CronSchedule.Cron cron : schedule.byTime()) {
            if (cron.every() > 0) {
                long distance = Math.max(1, from - originSecond);
                long steps = Math.ceilDiv(distance, cron.every());
                first = Math.min(first, originSecond + steps * cron.every());
            }
        }
        return first;
    }

    private void fire(List<CronSchedule.Cron> crons, long distance, long timestamp) {
        for (int i = 0; i < crons.size(); i++) {
            CronSchedule.Cron cron = crons.get(i);
            if (cron.firesAt(distance)) {
                due.add(new Tick(i + "-" + cron.interval(), cron.tags(), timestamp, height));
            }
        }
    }
}
