package dev.flywheel.jmh;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Times of several variants of the same work, taken in turns, so that what else the machine does
 * meets all of them. Prints a table in Markdown; ratios are to the first variant.
 */
public final class Interleaved {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final List<String> variants;

    /** By case: for each variant, its times in ns. */
    private final Map<String, List<List<Long>>> times = new LinkedHashMap<>();

    /**
     * @param variants their names, the one to compare with first
     */
    public Interleaved(List<String> variants) {
        this.variants = List.copyOf(variants);
    }

    /** Time that this thread has had a processor, in ns. */
    public static long cpuNs() {
        return THREADS.getCurrentThreadCpuTime();
    }

    /** Adds one time. */
    public void add(String name, int variant, long ns) {
        List<List<Long>> all = times.get(name);
        if (all == null) {
            all = new ArrayList<>();
            for (int i = 0; i < variants.size(); i++) {
                all.add(new ArrayList<>());
            }
            times.put(name, all);
        }
        all.get(variant).add(ns);
    }

    /** The least time of a case. */
    public double leastNs(String name, int variant) {
        return times.getOrDefault(name, List.of()).get(variant).stream()
                .mapToLong(Long::longValue)
                .min()
                .orElseThrow();
    }

    /** One line for each case, then the geometric mean of the ratios. */
    public void print(PrintStream out) {
        StringBuilder head = new StringBuilder("| |");
        for (int i = 0; i < variants.size(); i++) {
            head.append(' ').append(variants.get(i)).append(i == 0 ? ", ms |" : ", ms (ratio) |");
        }
        out.println(head);
        out.println("|---|" + "---|".repeat(variants.size()));
        double[] logs = new double[variants.size()];
        times.forEach(
                (name, all) -> {
                    StringBuilder line = new StringBuilder("| " + name + " |");
                    for (int i = 0; i < all.size(); i++) {
                        double least = quantile(all.get(i), 0);
                        double ratio = least / quantile(all.getFirst(), 0);
                        double ofMedians =
                                quantile(all.get(i), 0.5) / quantile(all.getFirst(), 0.5);
                        logs[i] += Math.log(ratio);
                        line.append(ms(least))
                                .append(" / ")
                                .append(ms(quantile(all.get(i), 0.5)).strip());
                        line.append(
                                i == 0
                                        ? " |"
                                        : String.format(
                                                Locale.ROOT,
                                                " (**%.2f** / %.2f) |",
                                                ratio,
                                                ofMedians));
                    }
                    out.println(line);
                });
        StringBuilder mean = new StringBuilder("| geometric mean of the ratios |");
        for (int i = 0; i < logs.length; i++) {
            mean.append(
                    i == 0
                            ? " |"
                            : String.format(
                                    Locale.ROOT, " **%.2f** |", Math.exp(logs[i] / times.size())));
        }
        out.println(mean);
    }

    private static String ms(double ns) {
        double ms = ns / 1e6;
        return ms < 10
                ? String.format(Locale.ROOT, " %.3f", ms)
                : String.format(Locale.ROOT, " %.1f", ms);
    }

    private static double quantile(List<Long> values, double at) {
        long[] sorted = values.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * at))];
    }
}
