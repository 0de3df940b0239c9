package dev.flywheel.platform.http;

import java.net.URI;
import java.util.Map;

/**
 * One request to a peer.
 *
 * @param method GET, POST, ... in capitals
 * @param uri http or https
 * @param headers headers besides those that the client itself sets
 * @param body request body, empty for none; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // handed through, never compared
public record Call(String method, URI uri, Map<String, String> headers, byte[] body) {
    private static final byte[] NOTHING = new byte[0];

    public Call {
        String scheme = uri.getScheme();
        if (!"http".equals(scheme) && !"https".equals(scheme)) {
            throw new IllegalArgumentException("only http and https are called uri=" + uri);
        }
        headers = Map.copyOf(headers);
    }

    public static Call get(String url) {
        return new Call("GET", URI.create(url), Map.of("Accept", "application/json"), NOTHING);
    }

    public static Call post(String url, String contentType, byte[] body) {
        return new Call(
                "POST",
                URI.create(url),
                Map.of("Accept", "application/json", "Content-Type", contentType),
                body);
    }
}
