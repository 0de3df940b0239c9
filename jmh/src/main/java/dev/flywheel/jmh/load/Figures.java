package dev.flywheel.jmh.load;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was measured, as one JSON object that keeps its order. */
final class Figures {
    private final Map<String, Object> values = new LinkedHashMap<>();

    Figures put(String name, Object value) {
        values.put(name, value);
        return this;
    }

    /**
     * Count, median, 99th percentile and maximum of times in nanoseconds, given in milliseconds.
     */
    Figures times(String name, long[] ns) {
        long[] sorted = ns.clone();
        Arrays.sort(sorted);
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("count", sorted.length);
        summary.put("medianMs", ms(sorted[sorted.length / 2]));
        summary.put(
                "p99Ms", ms(sorted[(int) Math.min(sorted.length - 1L, sorted.length * 99L / 100)]));
        summary.put("maxMs", ms(sorted[sorted.length - 1]));
        values.put(name, summary);
        return this;
    }

    private static double ms(long ns) {
        return Math.round(ns / 1e3) / 1e3;
    }

    Map<String, Object> values() {
        return values;
    }
}
