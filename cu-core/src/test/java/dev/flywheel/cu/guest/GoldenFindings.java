package dev.flywheel.cu.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was compared with recordings, and what differed. One thread at a time. */
final class GoldenFindings {
    private static final int SHOWN_CHARS = 160;

    /**
     * What one difference is of: enough to know it again.
     *
     * @param step scenario and name
     * @param field what of the step
     */
    record Place(String module, GoldenRun run, String step, String field) {
        @Override
        public String toString() {
            return module + " " + run + " " + step + " " + field;
        }
    }

    private final List<Place> compared = new ArrayList<>();
    private final Map<Place, String> differences = new java.util.LinkedHashMap<>();

    void same(Place place, String expected, String got) {
        compared.add(place);
        if (!expected.equals(got)) {
            differences.put(place, "expected " + cut(expected) + " got " + cut(got));
        }
    }

    private static String cut(String text) {
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
    }

    void add(GoldenFindings more) {
        compared.addAll(more.compared);
        differences.putAll(more.differences);
    }

    List<Place> compared() {
        return compared;
    }

    /** Place to what differs there. */
    Map<Place, String> differences() {
        return differences;
    }

    /** Number of comparisons by field. */
    Map<String, Integer> counts() {
        Map<String, Integer> counts = new TreeMap<>();
        compared.forEach(place -> counts.merge(place.field, 1, Integer::sum));
        return counts;
    }
}
