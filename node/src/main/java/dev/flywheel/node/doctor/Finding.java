package dev.flywheel.node.doctor;

import org.jspecify.annotations.Nullable;

/**
 * What one check found.
 *
 * @param level how it stands
 * @param check what was looked at
 * @param text what was seen
 * @param remedy what to do; null when there is nothing to do
 */
public record Finding(Level level, String check, String text, @Nullable String remedy) {
    /** How it stands. */
    public enum Level {
        OK("ok"),
        WARNING("warning"),
        FAILED("FAILED");

        private final String word;

        Level(String word) {
            this.word = word;
        }
    }

    static Finding ok(String check, String text) {
        return new Finding(Level.OK, check, text, null);
    }

    static Finding warning(String check, String text, String remedy) {
        return new Finding(Level.WARNING, check, text, remedy);
    }

    static Finding failed(String check, String text, String remedy) {
        return new Finding(Level.FAILED, check, text, remedy);
    }

    /** One line; what came from elsewhere has no control characters in it. */
    public String line() {
        String line =
                "%-8s %s: %s%s"
                        .formatted(level.word, check, text, remedy == null ? "" : ". " + remedy);
        return line.replaceAll("\\p{Cntrl}+", " ");
    }
}
