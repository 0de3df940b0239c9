package dev.flywheel.protocol;

import java.util.Base64;

/** Base64url without padding, the text form of all bytes in AO. Stateless, any thread. */
public final class Base64Url {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

    private Base64Url() {}

    /** The text of these bytes, without padding. */
    public static String encode(byte[] bytes) {
        return ENCODER.encodeToString(bytes);
    }

    /**
     * The bytes of this text, with or without padding.
     *
     * @throws IllegalArgumentException if a character is outside the base64url alphabet or the
     *     length is impossible
     */
    public static byte[] decode(String text) {
        return DECODER.decode(text);
    }
}
