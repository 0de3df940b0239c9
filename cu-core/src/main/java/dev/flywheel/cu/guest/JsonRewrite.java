package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.host.GuestMemory;
import dev.flywheel.cu.guest.host.GuestThrownException;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.JsonText;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Writes JSON anew as {@code JSON.stringify(JSON.parse(text))} does: for the few answers whose
 * bytes another reader could take for something else.
 */
final class JsonRewrite {
    /** From here on JavaScript writes an exponent. */
    private static final int PLAIN_DIGITS_MAX = 21;

    /** And below one millionth. */
    private static final int PLAIN_ZEROS_MAX = 6;

    private JsonRewrite() {}

    /**
     * The same value, in bytes that all readers take alike.
     *
     * @throws GuestThrownException when it is beyond the limits of our reader
     */
    static byte[] rewrite(byte[] utf8) {
        String text = GuestMemory.decode(utf8);
        if (text.startsWith("\uFEFF")) {
            text = text.substring(1);
        }
        try {
            JsonText written = new JsonText(utf8.length + 64);
            write(Json.MAPPER.readTree(text), written);
            return written.toByteArray();
        } catch (JacksonException e) {
            throw new GuestThrownException(
                    "SyntaxError", "the guest's answer cannot be read: " + e.getOriginalMessage());
        }
    }

    private static void write(JsonNode node, JsonText to) {
        switch (node.getNodeType()) {
            case OBJECT -> {
                to.beginObject();
                for (Map.Entry<String, JsonNode> member : node.properties()) {
                    to.name(member.getKey());
                    write(member.getValue(), to);
                }
                to.endObject();
            }
            case ARRAY -> {
                to.beginArray();
                for (JsonNode element : node) {
                    write(element, to);
                }
                to.endArray();
            }
            case STRING -> to.string(node.stringValue());
            case NUMBER -> to.raw(number(node.doubleValue()));
            case BOOLEAN -> to.bool(node.booleanValue());
            default -> to.nullValue();
        }
    }

    /** A double as JavaScript writes it. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return "null";
        }
        if (value == 0) {
            return "0";
        }
        // The shortest digits that read back as the same double, as JavaScript has them too.
        BigDecimal shortest = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
        // But for Java's rule of two digits at least, which matters next to zero: 4.9e-324.
        BigDecimal one = shortest.round(new MathContext(1)).stripTrailingZeros();
        shortest = one.doubleValue() == Math.abs(value) ? one : shortest;
        String digits = shortest.unscaledValue().toString();
        int point = digits.length() - shortest.scale(); // places before the decimal point
        String sign = value < 0 ? "-" : "";
        if (point > PLAIN_DIGITS_MAX || point <= -PLAIN_ZEROS_MAX) {
            String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
            int exponent = point - 1;
            return sign
                    + digits.charAt(0)
                    + fraction
                    + (exponent < 0 ? "e-" : "e+")
                    + Math.abs(exponent);
        }
        if (point <= 0) {
            return sign + "0." + "0".repeat(-point) + digits;
        }
        if (point >= digits.length()) {
            return sign + digits + "0".repeat(point - digits.length());
        }
        return sign + digits.substring(0, point) + '.' + digits.substring(point);
    }
}
