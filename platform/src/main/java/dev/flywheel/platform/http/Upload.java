package dev.flywheel.platform.http;

import io.undertow.server.HttpServerExchange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;

/** The body of an upload: its connection is closed when nothing of it comes for a while. */
final class Upload extends FilterInputStream {
    private final HttpServerExchange exchange;
    private final AtomicLong bytes = new AtomicLong();
    private long bytesBefore = -1;
    private volatile boolean closed;
    private volatile XnioExecutor.@Nullable Key timer;

    Upload(HttpServerExchange exchange) {
        super(exchange.getInputStream());
        this.exchange = exchange;
        watch();
    }

    private void watch() {
        timer =
                exchange.getIoThread()
                        .executeAfter(this::look, HttpLimits.UPLOAD_IDLE_MS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        if (closed) {
            return;
        }
        long now = bytes.get();
        if (now == bytesBefore) {
            HttpEdge.closeConnection(exchange);
            return;
        }
        bytesBefore = now;
        watch();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        int count = in.read(into, from, length);
        bytes.addAndGet(Math.max(0, count));
        return count;
    }

    /**
     * Reads on so that a client which is still sending sees the answer, unless far too much is
     * left.
     */
    void drain() throws IOException {
        byte[] piece = new byte[64 << 10];
        for (long left = HttpLimits.UPLOAD_DRAIN_BYTES; left > 0; ) {
            int count = read(piece, 0, piece.length);
            if (count < 0) {
                return;
            }
            left -= count;
        }
        exchange.setPersistent(false);
    }

    /** The stream of the exchange stays open; only the watch ends. */
    @Override
    public void close() {
        closed = true;
        XnioExecutor.Key key = timer;
        if (key != null) {
            key.remove();
        }
    }

    /** The body as a stream of its own, for handlers that close what they read. */
    InputStream body() {
        return new FilterInputStream(this) {
            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                return Upload.this.read(into, from, length);
            }

            @Override
            public void close() {}
        };
    }
}
