package dev.flywheel.cu.guest.differential;

import java.time.Duration;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** How much was compared so far, in all and by module, and how long it took. */
public final class Tally {
    private static final class Count {
        int sequences;
        int steps;
        long answerNs;
    }

    private final long startNs = System.nanoTime();
    private final Count all = new Count();
    private final Map<String, Count> byModule = new TreeMap<>();

    /** Counts one, which Flywheel took so long for. */
    public void add(Sequence sequence, long answerNs) {
        add(all, sequence, answerNs);
        String module = sequence.module() + (sequence.metered() ? " with gas" : "");
        add(byModule.computeIfAbsent(module, name -> new Count()), sequence, answerNs);
    }

    private static void add(Count count, Sequence sequence, long answerNs) {
        count.sequences++;
        count.steps += sequence.steps().size();
        count.answerNs += answerNs;
    }

    /** Sequences so far. */
    public int sequences() {
        return all.sequences;
    }

    /** Messages so far. */
    public int steps() {
        return all.steps;
    }

    /** One line: in all. */
    public String progress() {
        Duration wall = Duration.ofNanos(System.nanoTime() - startNs);
        return "sequences=%d steps=%d seconds=%d, for each sequence ms=%d, of which Flywheel's ms=%d"
                .formatted(
                        all.sequences,
                        all.steps,
                        wall.toSeconds(),
                        wall.toMillis() / Math.max(1, all.sequences),
                        mean(all));
    }

    /** One line for each module after the one for all. */
    public String summary() {
        StringJoiner lines = new StringJoiner("\n    ");
        lines.add(progress());
        byModule.forEach(
                (module, count) ->
                        lines.add(
                                "%s: sequences=%d steps=%d Flywheel's ms=%d"
                                        .formatted(
                                                module,
                                                count.sequences,
                                                count.steps,
                                                mean(count))));
        return lines.toString();
    }

    private static long mean(Count count) {
        return count.answerNs / 1_000_000 / Math.max(1, count.sequences);
    }
}
