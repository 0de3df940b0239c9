package dev.flywheel.messenger;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests to another unit over connections that are kept: one redirect is followed, as the
 * reference does. Thread-safe; blocks, for virtual threads.
 */
final class Peer implements AutoCloseable {
    private static final byte[] NOTHING = {};

    private final String name;
    private final HttpCalls calls;

    Peer(String name, int answerMs, long answerBytesMax) {
        this.name = name;
        this.calls =
                new HttpCalls(
                        new HttpCallLimits(MessengerLimits.CONNECT_MS, answerMs, answerBytesMax));
    }

    /** What the unit is called in errors. */
    String name() {
        return name;
    }

    Answer get(String url) throws UnitFailure, InterruptedException {
        return send("GET", url, Map.of("Accept", "application/json"), NOTHING);
    }

    Answer post(String url, byte[] body) throws UnitFailure, InterruptedException {
        return post(url, "application/octet-stream", body);
    }

    Answer post(String url, String contentType, byte[] body)
            throws UnitFailure, InterruptedException {
        return send(
                "POST",
                url,
                Map.of("Accept", "application/json", "Content-Type", contentType),
                body);
    }

    private Answer send(String method, String url, Map<String, String> headers, byte[] body)
            throws UnitFailure, InterruptedException {
        try {
            URI uri = URI.create(url);
            Answer answer = calls.send(new Call(method, uri, headers, body));
            URI moved = redirect(method, uri, answer);
            return moved == null ? answer : calls.send(new Call(method, moved, headers, body));
        } catch (IllegalArgumentException e) {
            throw UnitFailure.nonsense(name, "address " + UnitFailure.shortened(url));
        } catch (IOException e) {
            throw UnitFailure.silent(name + ": " + e.getMessage(), e, wasReached(e));
        }
    }

    /** 307 and 308 keep the method; 301 and 302 are followed for GET only. */
    private static @Nullable URI redirect(String method, URI from, Answer answer) {
        boolean follow =
                switch (answer.status()) {
                    case 307, 308 -> true;
                    case 301, 302 -> method.equals("GET");
                    default -> false;
                };
        String location = follow ? answer.header("Location") : null;
        return location == null ? null : from.resolve(location);
    }

    private static boolean wasReached(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        calls.close();
    }
}
