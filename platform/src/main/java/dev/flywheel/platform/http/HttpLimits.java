package dev.flywheel.platform.http;

/**
 * What a client may make a server hold. Every value is a bound that an honest AO client stays far
 * below.
 *
 * @param bodyBytesMax largest request body in bytes; a larger one is answered 413
 * @param requestsMax requests in flight at once; more are answered 503. Readers that wait for an
 *     evaluation count
 * @param idleMs time after which a connection without a request is closed, in milliseconds
 */
public record HttpLimits(long bodyBytesMax, int requestsMax, int idleMs) {

    /**
     * The cap of the reference scheduler and messenger (10 MiB): no client sends more in one item.
     */
    public static final long ITEM_BODY_BYTES_MAX = 10L * 1024 * 1024;

    /**
     * Waiting readers are cheap (no thread each), so this bounds memory, not threads: about 4 KiB a
     * request.
     */
    public static final int REQUESTS_MAX = 20_000;

    /**
     * Longer than the pause of a polling client (aos asks every 2 s), shorter than what a leak
     * would need.
     */
    public static final int IDLE_MS = 60_000;

    /**
     * Request line and headers together. RFC 9110 asks for at least 8,000 octets of URI; tags of a
     * dry run come as body.
     */
    static final int HEADER_BYTES_MAX = 32 * 1024;

    /** Browsers send about 20, proxies add about 10. */
    static final int HEADERS_MAX = 100;

    /** The widest route has 6 query parameters; a mainnet dry run carries tags in its path. */
    static final int PARAMETERS_MAX = 200;

    /**
     * Time in which the request line and headers must arrive, against clients that send a byte a
     * second.
     */
    static final int PARSE_MS = 10_000;

    /**
     * Time in which some of an upload must come, in milliseconds, at least each second such time.
     */
    static final int UPLOAD_IDLE_MS = 30_000;

    /**
     * Read of an upload that was refused before its end, so that its client sees why: as much as a
     * local one sends in a moment.
     */
    static final long UPLOAD_DRAIN_BYTES = 64L << 20;

    public HttpLimits {
        if (bodyBytesMax < 0 || bodyBytesMax > Integer.MAX_VALUE || requestsMax < 1 || idleMs < 1) {
            throw new IllegalArgumentException(
                    "limits must be positive: bodyBytesMax=%d requestsMax=%d idleMs=%d"
                            .formatted(bodyBytesMax, requestsMax, idleMs));
        }
    }

    /** The limits of a unit that takes data items. */
    public static HttpLimits forItems() {
        return new HttpLimits(ITEM_BODY_BYTES_MAX, REQUESTS_MAX, IDLE_MS);
    }

    /** The same limits with another bound on the body. */
    public HttpLimits withBodyBytesMax(long bytes) {
        return new HttpLimits(bytes, requestsMax, idleMs);
    }
}
