package dev.flywheel.node.gateway;

import dev.flywheel.protocol.Tag;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Tags as response headers, as gateways give them: the reference messenger reads a process's Type,
 * Scheduler and Module from there. A tag whose name is no header name, whose value would end the
 * line or does not survive as ASCII, or whose name means something to HTTP itself is left out,
 * never altered: a reader must be able to trust what is there.
 */
final class TagHeaders {

    /**
     * Headers that steer connection, length, cache, origin rules or the browser; a tag must not set
     * them.
     */
    private static final Set<String> RESERVED =
            Set.of(
                    "accept-ranges",
                    "age",
                    "allow",
                    "alt-svc",
                    "cache-control",
                    "clear-site-data",
                    "connection",
                    "content-disposition",
                    "content-encoding",
                    "content-length",
                    "content-location",
                    "content-range",
                    "content-security-policy",
                    "content-type",
                    "date",
                    "etag",
                    "expires",
                    "keep-alive",
                    "last-modified",
                    "link",
                    "location",
                    "nel",
                    "pragma",
                    "proxy-authenticate",
                    "proxy-connection",
                    "refresh",
                    "report-to",
                    "retry-after",
                    "server",
                    "set-cookie",
                    "set-cookie2",
                    "sourcemap",
                    "strict-transport-security",
                    "te",
                    "timing-allow-origin",
                    "trailer",
                    "transfer-encoding",
                    "upgrade",
                    "vary",
                    "via",
                    "warning",
                    "www-authenticate",
                    "x-content-type-options",
                    "x-frame-options");

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private TagHeaders() {}

    /**
     * Headers for {@code tags}, in their order, names in lower case; values of a repeated name are
     * joined by commas.
     */
    static Map<String, String> of(Iterable<Tag> tags) {
        Map<String, String> headers = new LinkedHashMap<>();
        int bytes = 0;
        for (Tag tag : tags) {
            String name = tag.name().toLowerCase(Locale.ROOT);
            if (!isToken(name) || isReserved(name) || !isPlain(tag.value())) {
                continue;
            }
            bytes += name.length() + tag.value().length() + 4;
            if (bytes > GatewayLimits.TAG_HEADER_BYTES_MAX) {
                break;
            }
            headers.merge(name, tag.value(), (first, next) -> first + ", " + next);
        }
        return headers;
    }

    private static boolean isReserved(String name) {
        return RESERVED.contains(name)
                || name.startsWith("access-control-")
                || name.startsWith("sec-");
    }

    private static boolean isToken(String name) {
        return !name.isEmpty()
                && name.chars()
                        .allMatch(
                                c ->
                                        (c < 0x80 && Character.isLetterOrDigit(c))
                                                || TOKEN_MARKS.indexOf(c) >= 0);
    }

    /** Visible ASCII and inner blanks: what every HTTP stack gives back as it was. */
    static boolean isPlain(String value) {
        return value.chars().allMatch(c -> c >= 0x20 && c < 0x7f) && value.equals(value.strip());
    }
}
