package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON as UTF-8 bytes with exactly the escaping of JavaScript's {@code JSON.stringify},
 * without white space.
 *
 * <p>Escaped are the quotation mark, the backslash, control characters (backspace, tab, line feed,
 * form feed and carriage return by letter, others by four hexadecimal digits in lower case) and
 * lone surrogates; all else is written raw. Commas are placed by the writer; braces are the
 * caller's duty. One thread. Grows to what is written; the caller bounds that.
 */
public final class JsonText {
    /** Fits a small message without growing. */
    private static final int INITIAL_BYTES = 512;

    private static final byte[] HEX = "0123456789abcdef".getBytes(ISO_8859_1);

    /** Letter after the backslash for each character below 0x60 that has a short escape, else 0. */
    private static final byte[] SHORT_ESCAPES = new byte[0x60];

    static {
        SHORT_ESCAPES['"'] = '"';
        SHORT_ESCAPES['\\'] = '\\';
        SHORT_ESCAPES['\b'] = 'b';
        SHORT_ESCAPES['\t'] = 't';
        SHORT_ESCAPES['\n'] = 'n';
        SHORT_ESCAPES['\f'] = 'f';
        SHORT_ESCAPES['\r'] = 'r';
    }

    private byte[] buffer;
    private int length;
    private boolean needsComma;

    /** An empty text. */
    public JsonText() {
        this(INITIAL_BYTES);
    }

    /** An empty text with room for so many bytes. */
    public JsonText(int capacityBytes) {
        buffer = new byte[Math.max(16, capacityBytes)];
    }

    /** Writes an opening brace. */
    public JsonText beginObject() {
        return open('{');
    }

    /** Writes a closing brace. */
    public JsonText endObject() {
        return close('}');
    }

    /** Writes an opening bracket. */
    public JsonText beginArray() {
        return open('[');
    }

    /** Writes a closing bracket. */
    public JsonText endArray() {
        return close(']');
    }

    /** Writes a member's name; its value must follow. */
    public JsonText name(String name) {
        comma();
        quoted(name);
        put(':');
        needsComma = false;
        return this;
    }

    /** Writes a string, or null. */
    public JsonText string(@Nullable String value) {
        if (value == null) {
            return nullValue();
        }
        comma();
        quoted(value);
        needsComma = true;
        return this;
    }

    /** Writes an integer. */
    public JsonText number(long value) {
        return literal(Long.toString(value));
    }

    /** Writes true or false. */
    public JsonText bool(boolean value) {
        return literal(value ? "true" : "false");
    }

    /** Writes null. */
    public JsonText nullValue() {
        return literal("null");
    }

    /** Writes bytes that are one JSON value already, unchecked. */
    public JsonText raw(byte[] json) {
        comma();
        ensure(json.length);
        System.arraycopy(json, 0, buffer, length, json.length);
        length += json.length;
        needsComma = true;
        return this;
    }

    /** Writes a text that is one JSON value already, unchecked. */
    public JsonText raw(String json) {
        return raw(json.getBytes(UTF_8));
    }

    /** Writes {@code [{"name":…,"value":…},…]}. */
    public JsonText tags(Tags tags) {
        beginArray();
        for (Tag tag : tags) {
            beginObject()
                    .name("name")
                    .string(tag.name())
                    .name("value")
                    .string(tag.value())
                    .endObject();
        }
        return endArray();
    }

    /** Number of bytes written. */
    public int length() {
        return length;
    }

    /** A copy of the bytes written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(buffer, length);
    }

    /** Empties the text and keeps its room. */
    public JsonText clear() {
        length = 0;
        needsComma = false;
        return this;
    }

    /** The text written. */
    @Override
    public String toString() {
        return new String(buffer, 0, length, UTF_8);
    }

    /** A text as a JSON string with its quotes. */
    public static byte[] quote(String text) {
        return new JsonText(text.length() + 16).string(text).toByteArray();
    }

    private JsonText open(char brace) {
        comma();
        put(brace);
        needsComma = false;
        return this;
    }

    private JsonText close(char brace) {
        put(brace);
        needsComma = true;
        return this;
    }

    private JsonText literal(String ascii) {
        comma();
        for (int i = 0; i < ascii.length(); i++) {
            put(ascii.charAt(i));
        }
        needsComma = true;
        return this;
    }

    private void comma() {
        if (needsComma) {
            put(',');
        }
    }

    private void quoted(String text) {
        put('"');
        int count = text.length();
        for (int i = 0; i < count; i++) {
            char c = text.charAt(i);
            ensure(6);
            if (c < 0x80) {
                ascii(c);
            } else if (c < 0x800) {
                buffer[length++] = (byte) (0xC0 | c >> 6);
                buffer[length++] = (byte) (0x80 | (c & 0x3F));
            } else if (!Character.isSurrogate(c)) {
                buffer[length++] = (byte) (0xE0 | c >> 12);
                buffer[length++] = (byte) (0x80 | (c >> 6 & 0x3F));
                buffer[length++] = (byte) (0x80 | (c & 0x3F));
            } else if (Utf8.isPair(text, i)) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                buffer[length++] = (byte) (0xF0 | point >> 18);
                buffer[length++] = (byte) (0x80 | (point >> 12 & 0x3F));
                buffer[length++] = (byte) (0x80 | (point >> 6 & 0x3F));
                buffer[length++] = (byte) (0x80 | (point & 0x3F));
            } else {
                unicodeEscape(c);
            }
        }
        put('"');
    }

    private void ascii(char c) {
        if (c >= 0x60 || (c >= 0x20 && SHORT_ESCAPES[c] == 0)) {
            buffer[length++] = (byte) c;
        } else if (SHORT_ESCAPES[c] != 0) {
            buffer[length++] = '\\';
            buffer[length++] = SHORT_ESCAPES[c];
        } else {
            unicodeEscape(c);
        }
    }

    private void unicodeEscape(char c) {
        buffer[length++] = '\\';
        buffer[length++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            buffer[length++] = HEX[c >> shift & 0xF];
        }
    }

    private void put(char ascii) {
        ensure(1);
        buffer[length++] = (byte) ascii;
    }

    private void ensure(int count) {
        if (count > buffer.length - length) {
            long wanted = Math.max((long) buffer.length * 2, (long) length + count);
            long capacity = Math.min(wanted, ProtocolLimits.ITEM_BYTES_MAX);
            if (capacity < (long) length + count) {
                throw new IllegalStateException(
                        "JSON text exceeds " + ProtocolLimits.ITEM_BYTES_MAX + " bytes");
            }
            buffer = Arrays.copyOf(buffer, (int) capacity);
        }
    }
}
