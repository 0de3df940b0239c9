package dev.flywheel.cu.unit.cron;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.peer.Gateway;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Heights and times of the base layer's blocks: one unbroken range, asked for as it is needed. Any
 * thread reads; {@link #ensure} blocks.
 */
public final class BlockTimes {
    /** How long the chain's end is not asked for again, in milliseconds; blocks come in minutes. */
    private static final long ASK_AGAIN_MS = 1_000;

    private final Gateway gateway;
    private final InstantSource clock;
    private final ConcurrentSkipListMap<Long, Long> timestamps = new ConcurrentSkipListMap<>();
    private long endAskedMs = Long.MIN_VALUE;

    public BlockTimes(Gateway gateway, InstantSource clock) {
        this.gateway = gateway;
        this.clock = clock;
    }

    /** Learns the blocks from a height on that are older than a time, as far as they exist. */
    public synchronized void ensure(long minHeight, long untilMs) {
        if (!timestamps.isEmpty() && minHeight > timestamps.lastKey() + 1) {
            timestamps.clear(); // a hole would look like a chain without blocks
        }
        if (timestamps.isEmpty() || minHeight < timestamps.firstKey()) {
            long until = timestamps.isEmpty() ? Long.MAX_VALUE : timestamps.firstKey();
            read(minHeight, until, untilMs);
        }
        long now = clock.millis();
        if (!timestamps.isEmpty()
                && timestamps.lastEntry().getValue() < untilMs
                && (endAskedMs == Long.MIN_VALUE || now - endAskedMs >= ASK_AGAIN_MS)) {
            endAskedMs = now;
            read(timestamps.lastKey() + 1, Long.MAX_VALUE, untilMs);
        }
    }

    private void read(long from, long untilHeight, long untilMs) {
        long next = from;
        for (int queries = 0; queries < UnitLimits.BLOCK_QUERIES_MAX; queries++) {
            Gateway.Blocks page = gateway.blocks(next);
            for (Gateway.Block block : page.blocks()) {
                timestamps.put(block.height(), block.timestamp());
                next = Math.max(next, block.height() + 1);
            }
            boolean joined = untilHeight != Long.MAX_VALUE;
            if (!page.hasNextPage()
                    || page.blocks().isEmpty()
                    || next >= untilHeight
                    || (!joined && page.blocks().getLast().timestamp() >= untilMs)) {
                break;
            }
        }
        while (timestamps.size() > UnitLimits.BLOCKS_MAX) {
            timestamps.pollFirstEntry();
        }
    }

    /** The first known block above a height that is younger than a time, or null. */
    Gateway.@Nullable Block after(long height, long timestamp) {
        Map.Entry<Long, Long> entry = timestamps.higherEntry(height);
        while (entry != null && entry.getValue() <= timestamp) {
            entry = timestamps.higherEntry(entry.getKey());
        }
        return entry == null ? null : new Gateway.Block(entry.getKey(), entry.getValue());
    }
}
