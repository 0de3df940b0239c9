package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import org.jspecify.annotations.Nullable;

/**
 * Text from bytes that need not be UTF-8, decoded as the JavaScript and Rust references do.
 * Stateless, any thread.
 */
public final class Utf8 {
    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /**
     * The UTF-8 bytes of a text; a lone surrogate becomes U+FFFD, as {@code Buffer.from(text)}
     * writes it.
     */
    public static byte[] encode(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        // Java writes '?' for a lone surrogate, so such texts (rare) take the way over a repaired
        // copy.
        return hasLoneSurrogate(text) ? repair(text).getBytes(UTF_8) : bytes;
    }

    /**
     * The text with each ill-formed maximal subpart as one U+FFFD (WHATWG decoder in replacement
     * mode).
     */
    public static String decodeLossy(byte[] bytes) {
        return decodeLossy(bytes, 0, bytes.length);
    }

    /**
     * As {@link #decodeLossy(byte[])} for a part of an array. A leading byte order mark is kept.
     */
    public static String decodeLossy(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, length, UTF_8);
        // Java differs from the standard only in encoded surrogates (ED A0 80: one U+FFFD instead
        // of three).
        return text.indexOf(REPLACEMENT) < 0 || !hasEncodedSurrogate(bytes, offset, offset + length)
                ? text
                : decodeWithSurrogates(bytes, offset, offset + length);
    }

    /** The text, or null if the bytes are not well-formed UTF-8. */
    public static @Nullable String decodeOrNull(byte[] bytes, int offset, int length) {
        try {
            return UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static boolean hasEncodedSurrogate(byte[] bytes, int from, int to) {
        for (int i = from; i + 1 < to; i++) {
            if (startsSurrogate(bytes, i, to)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsSurrogate(byte[] bytes, int i, int to) {
        return bytes[i] == (byte) 0xED && i + 1 < to && (bytes[i + 1] & 0xE0) == 0xA0;
    }

    /**
     * Decodes piecewise: what lies between the encoded surrogates by Java, each byte of a surrogate
     * as one U+FFFD.
     */
    private static String decodeWithSurrogates(byte[] bytes, int from, int to) {
        StringBuilder text = new StringBuilder(to - from);
        int pieceStart = from;
        int i = from;
        while (i < to) {
            if (!startsSurrogate(bytes, i, to)) {
                i++;
                continue;
            }
            text.append(new String(bytes, pieceStart, i - pieceStart, UTF_8));
            int end = i + 2;
            if (end < to && (bytes[end] & 0xC0) == 0x80) {
                end++;
            }
            text.repeat(REPLACEMENT, end - i);
            i = end;
            pieceStart = end;
        }
        return text.append(new String(bytes, pieceStart, to - pieceStart, UTF_8)).toString();
    }

    private static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!isPair(text, i)) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    /** Whether a surrogate pair starts at this index. */
    static boolean isPair(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
    }

    private static String repair(String text) {
        StringBuilder repaired = new StringBuilder(text);
        for (int i = 0; i < repaired.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (isPair(text, i)) {
                    i++;
                } else {
                    repaired.setCharAt(i, REPLACEMENT);
                }
            }
        }
        return repaired.toString();
    }
}
