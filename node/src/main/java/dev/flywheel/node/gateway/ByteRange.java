package dev.flywheel.node.gateway;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What part of some data a request asks for (RFC 9110, section 14). Several ranges in one header
 * are answered with the whole data, which the RFC allows: no AO client sends them.
 */
sealed interface ByteRange {

    /** The whole data. */
    record Whole() implements ByteRange {}

    /** Bytes {@code from} to {@code to}, both inclusive and inside the data. */
    record Part(long from, long to) implements ByteRange {
        long length() {
            return to - from + 1;
        }
    }

    /** A range outside the data: status 416. */
    record Unsatisfiable() implements ByteRange {}

    /** Eighteen digits stay below the largest long. */
    Pattern SINGLE = Pattern.compile("bytes\\s*=\\s*(\\d{0,18})\\s*-\\s*(\\d{0,18})\\s*");

    static ByteRange of(@Nullable String header, long size) {
        if (header == null) {
            return new Whole();
        }
        Matcher single = SINGLE.matcher(header);
        if (!single.matches() || (single.group(1).isEmpty() && single.group(2).isEmpty())) {
            return new Whole();
        }
        String first = single.group(1);
        String last = single.group(2);
        if (first.isEmpty()) {
            long suffix = Math.min(Long.parseLong(last), size);
            return suffix == 0 ? new Unsatisfiable() : new Part(size - suffix, size - 1);
        }
        long from = Long.parseLong(first);
        long to = last.isEmpty() ? size - 1 : Math.min(Long.parseLong(last), size - 1);
        if (!last.isEmpty() && Long.parseLong(last) < from) {
            return new Whole(); // a malformed range is ignored
        }
        return from >= size ? new Unsatisfiable() : new Part(from, to);
    }
}
