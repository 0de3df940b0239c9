package dev.flywheel.platform.http;

import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a peer, read whole.
 *
 * @param status HTTP status code
 * @param headers all headers
 * @param body at most {@link HttpCallLimits#answerBytesMax} bytes; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // handed through, never compared
public record Answer(int status, HttpHeaders headers, byte[] body) {
    /** Whether the status says that the request was taken (2xx). */
    public boolean isSuccess() {
        return status / 100 == 2;
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public @Nullable String header(String name) {
        return headers.firstValue(name).orElse(null);
    }
}
