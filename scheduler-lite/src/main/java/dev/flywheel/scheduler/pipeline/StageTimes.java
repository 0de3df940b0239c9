package dev.flywheel.scheduler.pipeline;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** How long a step took, as a histogram: counts per bound. Any thread adds, without a lock. */
public final class StageTimes {
    /** Upper bounds of the buckets in microseconds; the last bucket has none. */
    public static final List<Long> BOUNDS_US =
            List.of(
                    50L,
                    100L,
                    200L,
                    500L,
                    1_000L,
                    2_000L,
                    5_000L,
                    10_000L,
                    20_000L,
                    50_000L,
                    100_000L,
                    1_000_000L);

    private final String name;
    private final LongAdder[] buckets = new LongAdder[BOUNDS_US.size() + 1];
    private final LongAdder totalNs = new LongAdder();

    StageTimes(String name) {
        this.name = name;
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    void addSince(long startNs) {
        long tookNs = System.nanoTime() - startNs;
        int bucket = 0;
        while (bucket < BOUNDS_US.size() && tookNs > BOUNDS_US.get(bucket) * 1_000) {
            bucket++;
        }
        buckets[bucket].increment();
        totalNs.add(tookNs);
    }

    public String name() {
        return name;
    }

    /** Number of steps in the bucket with this index and all below. */
    public long upTo(int bucket) {
        long sum = 0;
        for (int i = 0; i <= bucket; i++) {
            sum += buckets[i].sum();
        }
        return sum;
    }

    public long count() {
        return upTo(buckets.length - 1);
    }

    public double totalMs() {
        return totalNs.sum() / 1e6;
    }
}
