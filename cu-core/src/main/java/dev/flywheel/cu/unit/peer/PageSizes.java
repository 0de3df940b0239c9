package dev.flywheel.cu.unit.peer;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.AnswerTooLargeException;
import dev.flywheel.platform.http.StatusException;

/** Asks for fewer entries of a log where as many as usual make too large a page. */
final class PageSizes {
    private PageSizes() {}

    /** Asks for so many entries, of so many bytes together. Blocks. */
    @FunctionalInterface
    interface Question<T> {
        T ask(int entries, long bytesMax) throws AnswerTooLargeException;
    }

    /**
     * The first page that is small enough.
     *
     * @param what begins the error
     * @throws StatusException 502 when a single entry is too large
     */
    static <T> T fitting(String what, Question<T> question) {
        for (int entries = UnitLimits.PAGE_ENTRIES; ; entries /= UnitLimits.PAGE_DIVISOR) {
            try {
                return question.ask(
                        entries,
                        entries == 1
                                ? UnitLimits.ENTRY_JSON_BYTES_MAX
                                : UnitLimits.PAGE_JSON_BYTES_MAX);
            } catch (AnswerTooLargeException e) {
                if (entries == 1) {
                    throw new StatusException(502, what + ": " + e.getMessage());
                }
            }
        }
    }
}
