package dev.flywheel.messenger;

import dev.flywheel.platform.http.Answer;
import org.jspecify.annotations.Nullable;

/** Another unit did not do what was asked of it. The text says which, and what it answered. */
final class UnitFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final Sort sort;
    private final String answer;

    private enum Sort {
        /** Nobody was there: it was surely not done. */
        UNREACHED,
        /** It may have been done. */
        SILENT,
        /** The unit, or a proxy before it, cannot work now. */
        BUSY,
        /** The unit judged. */
        REFUSED
    }

    private UnitFailure(String message, @Nullable Throwable cause, Sort sort, String answer) {
        super(message, cause);
        this.sort = sort;
        this.answer = answer;
    }

    /**
     * No answer.
     *
     * @param reached whether it may have got the request
     */
    static UnitFailure silent(String message, Throwable cause, boolean reached) {
        return new UnitFailure(message, cause, reached ? Sort.SILENT : Sort.UNREACHED, "");
    }

    /** An answer that is no success. */
    static UnitFailure answered(String unit, Answer answer) {
        Sort sort =
                switch (answer.status()) {
                    case 202, 425, 429, 503 -> Sort.BUSY;
                    case 408, 502, 504 -> Sort.SILENT; // a proxy's word: the unit may be at it
                    default -> Sort.REFUSED;
                };
        String text = answer.status() + ": " + shortened(answer.text());
        return new UnitFailure(unit + " answered " + text, null, sort, text);
    }

    /** A successful answer without sense. */
    static UnitFailure nonsense(String unit, String what) {
        return new UnitFailure(
                unit + " answered nonsense: " + what, null, Sort.REFUSED, "200: " + what);
    }

    /** The outbox itself has no room for what follows from a result. */
    static UnitFailure full(int openTasks) {
        return new UnitFailure("outbox is full openTasks=" + openTasks, null, Sort.BUSY, "");
    }

    static String shortened(String text) {
        return text.length() <= MessengerLimits.ANSWER_CHARS_MAX
                ? text
                : text.substring(0, MessengerLimits.ANSWER_CHARS_MAX) + "…";
    }

    /** Status and text of the answer as the reference shows them; empty without an answer. */
    String answer() {
        return answer;
    }

    /** Whether the unit judged the request, so that asking many times more is of no use. */
    boolean isRefusal() {
        return sort == Sort.REFUSED;
    }

    /** Whether the unit may have done what was asked although it did not say so. */
    boolean isUncertain() {
        return sort == Sort.SILENT;
    }
}
