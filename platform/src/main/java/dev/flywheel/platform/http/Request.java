package dev.flywheel.platform.http;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request, its body already read and within the edge's limit. Immutable; may be kept after the
 * answer.
 */
public final class Request {
    private final String method;
    private final String path;
    private final String rawPath;
    private final String rawQuery;
    private final Query query;
    private final Function<String, List<String>> headers;
    private final byte[] body;
    private final String remoteAddress;

    Request(
            String method,
            String path,
            String rawPath,
            String rawQuery,
            Query query,
            Function<String, List<String>> headers,
            byte[] body,
            String remoteAddress) {
        this.method = method;
        this.path = path;
        this.rawPath = rawPath;
        this.rawQuery = rawQuery;
        this.query = query;
        this.headers = headers;
        this.body = body;
        this.remoteAddress = remoteAddress;
    }

    /** GET, POST, ... in capitals. HEAD is given to GET handlers as HEAD. */
    public String method() {
        return method;
    }

    /** The decoded path, beginning with a slash, without the query. */
    public String path() {
        return path;
    }

    /**
     * The path with its parameters. Where {@link Routes#takeRawPaths} was asked for it is as it was
     * on the wire, each character a byte; else decoded, but for {@code %2F}.
     */
    public String rawPath() {
        return rawPath;
    }

    /**
     * The query without the question mark; empty when there is none. Decoded as {@link #rawPath}
     * is.
     */
    public String rawQuery() {
        return rawQuery;
    }

    public Query query() {
        return query;
    }

    /** The first value of a header, its name in any letter case; null when absent. */
    public @Nullable String header(String name) {
        List<String> values = headers.apply(name);
        return values.isEmpty() ? null : values.getFirst();
    }

    /**
     * All values of a header in the order of the wire, its name in any letter case; empty when
     * absent. Each character is a byte of the wire.
     */
    public List<String> headerValues(String name) {
        return headers.apply(name);
    }

    /** The body; owned by the receiver of the request, not copied. */
    public byte[] body() {
        return body;
    }

    /** The address of the peer of the connection, without port. */
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public String toString() {
        return method
                + " "
                + rawPath
                + (rawQuery.isEmpty() ? "" : "?" + rawQuery)
                + " bodyBytes="
                + body.length;
    }
}
