package dev.flywheel.platform.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * One answer. Immutable.
 *
 * @param status HTTP status code
 * @param headers headers besides Content-Length; values must not hold line ends
 * @param body what follows the headers
 */
public record Response(int status, Map<String, String> headers, Body body) {
    private static final String JSON = "application/json; charset=utf-8";

    public Response {
        headers = Map.copyOf(headers);
    }

    /** What follows the headers. */
    public sealed interface Body permits Bytes, Stream {}

    /** A body that is already in memory; the array is not copied and must not change any more. */
    @SuppressWarnings("ArrayRecordComponent") // handed through, never compared
    public record Bytes(byte[] bytes) implements Body {}

    /**
     * A body that is written while it is sent, on a virtual thread.
     *
     * @param lengthBytes its length, or -1 when it is not known (then it is sent in chunks)
     * @param writer writes exactly the body; an exception cuts the connection, so that the client
     *     sees the failure
     */
    public record Stream(long lengthBytes, Writer writer) implements Body {}

    /** Writes a streamed body. */
    @FunctionalInterface
    public interface Writer {
        void writeTo(OutputStream out) throws IOException;
    }

    public static Response json(int status, String json) {
        return json(status, json.getBytes(StandardCharsets.UTF_8));
    }

    /** An answer with JSON text that is already encoded as UTF-8. */
    public static Response json(int status, byte[] json) {
        return new Response(status, Map.of("Content-Type", JSON), new Bytes(json));
    }

    /** The error shape of all units: {@code {"error":"message"}}. */
    public static Response error(int status, String message) {
        return json(
                status,
                "{\"error\":\""
                        + new String(JsonStringEncoder.getInstance().quoteAsCharArray(message))
                        + "\"}");
    }

    public static Response text(int status, String text) {
        return bytes(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    public static Response bytes(int status, String contentType, byte[] bytes) {
        return new Response(status, Map.of("Content-Type", contentType), new Bytes(bytes));
    }

    public static Response stream(int status, String contentType, long lengthBytes, Writer writer) {
        return new Response(
                status, Map.of("Content-Type", contentType), new Stream(lengthBytes, writer));
    }

    /** An answer without a body. */
    public static Response empty(int status) {
        return new Response(status, Map.of(), new Bytes(new byte[0]));
    }

    /**
     * The same answer with one header more.
     *
     * @throws IllegalArgumentException when the value could end the header line
     */
    public Response withHeader(String name, String value) {
        if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("header value holds a line end name=" + name);
        }
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new Response(status, all, body);
    }
}
