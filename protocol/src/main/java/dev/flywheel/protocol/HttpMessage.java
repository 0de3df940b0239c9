package dev.flywheel.protocol;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What of an HTTP request, or of an answer, can be signed. Each character of its texts is a byte of
 * the wire.
 *
 * @param method GET, POST, ... in capitals; empty for an answer
 * @param authority host and port
 * @param path as it was on the wire
 * @param query as it was on the wire, without the question mark
 * @param headers the values of a header by its name in lower case, in their order; empty when
 *     absent
 * @param body not copied
 */
@SuppressWarnings("ArrayRecordComponent") // handed through, never compared
public record HttpMessage(
        String method,
        String authority,
        String path,
        String query,
        Function<String, List<String>> headers,
        byte[] body) {

    /** A header's values as one, as RFC 9421 section 2.1 joins them; null when absent. */
    public @Nullable String header(String name) {
        List<String> values = headers.apply(name);
        if (values.isEmpty()) {
            return null;
        }
        StringBuilder joined = new StringBuilder(values.getFirst().strip());
        for (String value : values.subList(1, values.size())) {
            joined.append(", ").append(value.strip());
        }
        return joined.toString();
    }
}
