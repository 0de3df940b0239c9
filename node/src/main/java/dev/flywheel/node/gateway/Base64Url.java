package dev.flywheel.node.gateway;

import java.util.Base64;

/** Base64url without padding, Arweave's way to write bytes. */
final class Base64Url {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private Base64Url() {}

    static String encode(byte[] bytes) {
        return ENCODER.encodeToString(bytes);
    }

    /**
     * The bytes of {@code text}.
     *
     * @throws IllegalArgumentException when it is not base64url
     */
    static byte[] decode(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}
