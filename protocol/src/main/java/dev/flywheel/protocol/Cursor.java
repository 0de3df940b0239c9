package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A place in the list of a process's evaluations. Its text is standard base64 of a JSON object.
 *
 * @param timestamp time of the evaluated message in milliseconds since 1970
 * @param ordinate its nonce as text; null in a bare timestamp
 * @param cron name of the cron tick; null for a scheduled message
 * @param sort {@code ASC} or {@code DESC}; null where none was given
 */
public record Cursor(
        long timestamp, @Nullable String ordinate, @Nullable String cron, @Nullable String sort) {

    /** The text that clients hand back. */
    public String encode() {
        JsonText json = new JsonText(128).beginObject().name("timestamp").number(timestamp);
        optional(json, "ordinate", ordinate);
        optional(json, "cron", cron);
        optional(json, "sort", sort);
        return Base64.getEncoder().encodeToString(json.endObject().toByteArray());
    }

    private static void optional(JsonText json, String name, @Nullable String value) {
        if (value != null) {
            json.name(name).string(value);
        }
    }

    /**
     * Reads a cursor: its text, also without padding, in the base64url alphabet or with plus signs
     * that a query turned into spaces; or a bare timestamp.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static Cursor parse(String text) {
        if (text.length() > ProtocolLimits.CURSOR_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "A cursor has at most "
                            + ProtocolLimits.CURSOR_CHARS_MAX
                            + " characters, got "
                            + text.length());
        }
        String trimmed = text.strip();
        if (isInteger(trimmed)) {
            return new Cursor(Long.parseLong(trimmed), null, null, null);
        }
        try {
            JsonNode node =
                    Json.MAPPER.readTree(
                            Base64.getDecoder()
                                    .decode(
                                            trimmed.replace(' ', '+')
                                                    .replace('-', '+')
                                                    .replace('_', '/')
                                                    .getBytes(ISO_8859_1)));
            return new Cursor(
                    JsonFields.integer(node, "timestamp"),
                    scalarOrNull(node, "ordinate"),
                    scalarOrNull(node, "cron"),
                    scalarOrNull(node, "sort"));
        } catch (IllegalArgumentException | JacksonException | MalformedJsonException e) {
            throw new IllegalArgumentException(
                    "Not a cursor: \""
                            + text
                            + "\"; give the cursor of an edge, or a timestamp in milliseconds",
                    e);
        }
    }

    /** Text, or a number as its text: clients write nonces both ways. */
    private static @Nullable String scalarOrNull(JsonNode node, String name) {
        JsonNode member = node.path(name);
        return member.isString() || member.isNumber() ? member.asString() : null;
    }

    /** At most 18 digits, which a long holds. */
    private static boolean isInteger(String text) {
        return !text.isEmpty()
                && text.length() <= 18
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
