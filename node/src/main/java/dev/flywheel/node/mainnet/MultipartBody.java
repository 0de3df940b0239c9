package dev.flywheel.node.mainnet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.ProtocolLimits;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A body of several keys, as signed messages carry values that no header holds. Only plain values:
 * a nested message would be no tag.
 */
final class MultipartBody {
    private static final String TYPE = "multipart/form-data";
    private static final Pattern BOUNDARY =
            Pattern.compile(";\\s*boundary=\"?([^\";\\s]{1,70})\"?");
    private static final Pattern NAME =
            Pattern.compile("content-disposition:\\s*form-data;\\s*name=\"([^\"]*)\"");
    private static final Pattern INLINE = Pattern.compile("content-disposition:\\s*inline");

    private MultipartBody() {}

    static boolean is(@Nullable String contentType) {
        return contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith(TYPE);
    }

    /**
     * The parts by name.
     *
     * @param inlineKey name of the part that has none
     * @throws StatusException 400 when the body is not of this form
     */
    static Map<String, byte[]> parts(String contentType, byte[] body, String inlineKey) {
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()) {
            throw wrong("its content-type has no boundary");
        }
        String line = "--" + boundary.group(1);
        String text = new String(body, ISO_8859_1).stripTrailing();
        String end = "\r\n" + line + "--";
        if (!text.startsWith(line + "\r\n") || !text.endsWith(end)) {
            throw wrong("it does not begin and end with its boundary");
        }
        String inner =
                text.substring(
                        line.length() + 2,
                        Math.max(line.length() + 2, text.length() - end.length()));
        Map<String, byte[]> parts = new LinkedHashMap<>();
        for (String part :
                inner.split(
                        Pattern.quote("\r\n" + line + "\r\n"), ProtocolLimits.HTTP_PARTS_MAX + 1)) {
            add(part, inlineKey, parts);
        }
        if (parts.size() > ProtocolLimits.HTTP_PARTS_MAX) {
            throw wrong("it has more than " + ProtocolLimits.HTTP_PARTS_MAX + " parts");
        }
        return parts;
    }

    private static void add(String part, String inlineKey, Map<String, byte[]> parts) {
        int at = part.indexOf("\r\n\r\n");
        String head = at < 0 ? part : part.substring(0, at);
        Matcher named = NAME.matcher(head);
        String name = INLINE.matcher(head).matches() ? inlineKey : null;
        if (named.matches()) {
            name = named.group(1);
        }
        if (at < 0 || name == null || name.isEmpty() || name.contains("/")) {
            throw wrong(
                    "a part is no plain value; nested messages are not taken, since tags hold text: "
                            + MainnetLimits.cut(head));
        }
        byte[] value = part.substring(at + 4).getBytes(ISO_8859_1);
        if (parts.put(name.toLowerCase(Locale.ROOT), value) != null) {
            throw wrong("part " + MainnetLimits.cut(name) + " comes twice");
        }
    }

    private static StatusException wrong(String what) {
        return new StatusException(400, "the multipart body is not taken: " + what);
    }
}
