package dev.flywheel.node.ops;

/**
 * One number.
 *
 * @param name with unit at its end; counters end in {@code _total}
 * @param help one sentence
 */
public record Metric(String name, String help, double value) {

    /** Appends it in Prometheus' text format. */
    void appendTo(StringBuilder text) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ")
                .append(name)
                .append(name.endsWith("_total") ? " counter\n" : " gauge\n");
        text.append(name).append(' ');
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            text.append((long) value);
        } else {
            text.append(value);
        }
        text.append('\n');
    }
}
