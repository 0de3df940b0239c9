package dev.flywheel.platform.http;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.io.Receiver;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.Options;

/**
 * An HTTP/1.1 server with limits, one for each unit. Any origin may read it (CORS), HEAD is
 * answered for each GET route. Its threads are its own; handlers are called on its I/O threads.
 */
public final class HttpEdge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpEdge.class);

    /**
     * Two I/O threads keep 65,000 small answers a second going on one machine; evaluation needs the
     * other cores.
     */
    private static final int IO_THREADS =
            Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));

    private final String unit;
    private final HttpLimits limits;
    private final Routes routes;
    private final Undertow server;
    private final ExecutorService streams;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean draining;

    private HttpEdge(String unit, InetSocketAddress bind, HttpLimits limits, Routes routes) {
        this.unit = unit;
        this.limits = limits;
        this.routes = routes;
        this.streams =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name(unit + "-stream-", 0).factory());
        this.server =
                Undertow.builder()
                        .addHttpListener(bind.getPort(), bind.getHostString())
                        .setIoThreads(IO_THREADS)
                        .setWorkerThreads(2) // unused: blocking work runs on virtual threads
                        // Past this a chunked body is cut without an answer; the receiver's own
                        // limit answers 413 before.
                        .setServerOption(
                                UndertowOptions.MAX_ENTITY_SIZE, 2 * limits.bodyBytesMax() + 65_536)
                        .setServerOption(
                                UndertowOptions.MAX_HEADER_SIZE, HttpLimits.HEADER_BYTES_MAX)
                        .setServerOption(UndertowOptions.MAX_HEADERS, HttpLimits.HEADERS_MAX)
                        .setServerOption(UndertowOptions.MAX_PARAMETERS, HttpLimits.PARAMETERS_MAX)
                        .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, HttpLimits.PARSE_MS)
                        .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, limits.idleMs())
                        .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                        .setServerOption(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
                        .setServerOption(UndertowOptions.DECODE_URL, !routes.takesRawPaths())
                        .setSocketOption(Options.TCP_NODELAY, true)
                        .setHandler(this::onRequest)
                        .build();
    }

    /**
     * Starts to listen.
     *
     * @param unit name for threads, logs and errors
     * @param bind address; port 0 takes any free one
     * @throws PortInUseException when the address cannot be had
     */
    public static HttpEdge start(
            String unit, InetSocketAddress bind, HttpLimits limits, Routes routes) {
        HttpEdge edge = new HttpEdge(unit, bind, limits, routes);
        try {
            edge.server.start();
            return edge;
        } catch (RuntimeException e) {
            edge.streams.close();
            if (e.getCause() instanceof BindException cause) {
                throw new PortInUseException(unit, bind, cause);
            }
            throw e;
        }
    }

    /** The port that it listens on. */
    public int port() {
        return ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
    }

    /** Requests that were taken and are not answered yet. */
    public int inFlight() {
        return inFlight.get();
    }

    /**
     * Answers 503 to new requests and waits for those in flight, at most {@code patience}.
     *
     * @return whether all were answered in time
     */
    public boolean drain(Duration patience) throws InterruptedException {
        draining = true;
        long deadlineNs = System.nanoTime() + patience.toNanos();
        while (inFlight.get() > 0 && System.nanoTime() - deadlineNs < 0) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return inFlight.get() == 0;
    }

    @Override
    public void close() {
        draining = true;
        server.stop();
        streams.close();
    }

    private void onRequest(HttpServerExchange exchange) {
        cors(exchange);
        if (exchange.getRequestMethod().equalToString("OPTIONS")) {
            exchange.setStatusCode(204).endExchange();
            return;
        }
        if (draining || inFlight.get() >= limits.requestsMax()) {
            refuse(
                    exchange,
                    503,
                    draining
                            ? unit + " is shutting down"
                            : unit + " has too many requests in flight");
            return;
        }
        inFlight.incrementAndGet();
        exchange.addExchangeCompleteListener(
                (done, next) -> {
                    inFlight.decrementAndGet();
                    next.proceed();
                });
        Routes.Match match =
                routes.match(exchange.getRequestMethod().toString(), exchange.getRequestPath());
        Routes.UploadRoute upload = match.upload();
        if (upload != null) {
            exchange.setMaxEntitySize(upload.bytesMax());
            exchange.dispatch(streams, () -> upload(exchange, upload.handler(), match.params()));
        } else if (exchange.isRequestComplete()) {
            answer(exchange, new byte[0]);
        } else if (exchange.getRequestContentLength() > limits.bodyBytesMax()) {
            refuseTooLarge(exchange);
        } else {
            Receiver receiver = exchange.getRequestReceiver();
            receiver.setMaxBufferSize(Math.toIntExact(limits.bodyBytesMax()));
            receiver.receiveFullBytes(this::answer, this::unreadable);
        }
    }

    private void upload(HttpServerExchange exchange, UploadHandler handler, PathParams params) {
        Request request = request(exchange, new byte[0]);
        exchange.startBlocking();
        try (Upload upload = new Upload(exchange)) {
            Response answer;
            try {
                answer = handler.handle(request, params, upload.body());
            } catch (Exception e) {
                answer = routes.failure(request, e);
            }
            upload.drain();
            headers(exchange, answer);
            byte[] bytes = ((Response.Bytes) answer.body()).bytes();
            exchange.getResponseHeaders().put(Headers.CONTENT_LENGTH, bytes.length);
            exchange.getOutputStream().write(bytes);
            exchange.endExchange();
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "an upload was cut path={} because {}",
                    exchange.getRequestPath(),
                    e.toString());
            closeConnection(exchange);
        }
    }

    /**
     * Reads a body that is somewhat too large to its end before it says so: a client that is still
     * sending when its connection closes never sees the answer. One that is far too large is not
     * worth the reading.
     */
    private void refuseTooLarge(HttpServerExchange exchange) {
        String text = "request body exceeds " + limits.bodyBytesMax() + " bytes";
        if (exchange.getRequestContentLength() > 2 * limits.bodyBytesMax()) {
            refuse(exchange, 413, text);
            return;
        }
        exchange.getRequestReceiver()
                .receivePartialBytes(
                        (at, piece, last) -> {
                            if (last) {
                                refuse(at, 413, text);
                            }
                        },
                        (at, failure) -> {
                            at.setPersistent(false);
                            at.endExchange();
                        });
    }

    private void unreadable(HttpServerExchange exchange, IOException failure) {
        if (failure instanceof Receiver.RequestToLargeException) {
            refuse(exchange, 413, "request body exceeds " + limits.bodyBytesMax() + " bytes");
        } else {
            exchange.setPersistent(false);
            exchange.endExchange();
        }
    }

    private static void refuse(HttpServerExchange exchange, int status, String message) {
        exchange.setPersistent(false); // the body stays unread
        write(exchange, Response.error(status, message));
    }

    private void answer(HttpServerExchange exchange, byte[] body) {
        Request request = request(exchange, body);
        CompletionStage<Response> stage;
        try {
            Routes.Match match = routes.match(request.method(), request.path());
            stage = match.handler().handle(request, match.params());
        } catch (Exception e) {
            send(exchange, request, null, e);
            return;
        }
        // Runs after Undertow left this call, so that an answer from another thread never meets it.
        exchange.dispatch(
                SameThreadExecutor.INSTANCE,
                () ->
                        stage.whenComplete(
                                (response, failure) -> {
                                    if (exchange.isInIoThread()) {
                                        send(exchange, request, response, failure);
                                    } else {
                                        exchange.getIoThread()
                                                .execute(
                                                        () ->
                                                                send(
                                                                        exchange, request, response,
                                                                        failure));
                                    }
                                }));
    }

    private void send(
            HttpServerExchange exchange,
            Request request,
            @Nullable Response response,
            @Nullable Throwable failure) {
        Response answer;
        try {
            if (failure != null) {
                answer = routes.failure(request, failure);
            } else if (response != null) {
                answer = response;
            } else {
                throw new IllegalStateException("handler answered null request=" + request);
            }
        } catch (RuntimeException e) {
            LOG.error("no answer could be made request={}", request, e);
            answer = Response.error(500, "internal error: " + e);
        }
        if (answer.body() instanceof Response.Stream stream) {
            Response head = answer;
            exchange.dispatch(streams, () -> stream(exchange, head, stream));
        } else {
            write(exchange, answer);
        }
    }

    private static void write(HttpServerExchange exchange, Response response) {
        headers(exchange, response);
        byte[] bytes = ((Response.Bytes) response.body()).bytes();
        if (bytes.length == 0 && response.headers().containsKey("Content-Length")) {
            exchange.endExchange(); // the answer to HEAD, its length given by the handler
            return;
        }
        exchange.getResponseHeaders().put(Headers.CONTENT_LENGTH, bytes.length);
        if (exchange.getRequestMethod().equalToString("HEAD")) {
            exchange.endExchange();
        } else {
            exchange.getResponseSender().send(ByteBuffer.wrap(bytes));
        }
    }

    private static void stream(
            HttpServerExchange exchange, Response response, Response.Stream stream) {
        try {
            headers(exchange, response);
            if (stream.lengthBytes() >= 0) {
                exchange.getResponseHeaders().put(Headers.CONTENT_LENGTH, stream.lengthBytes());
            }
            if (!exchange.getRequestMethod().equalToString("HEAD")) {
                exchange.startBlocking();
                stream.writer().writeTo(exchange.getOutputStream());
            }
            exchange.endExchange();
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "a streamed answer was cut path={} because {}",
                    exchange.getRequestPath(),
                    e.toString());
            closeConnection(exchange);
        }
    }

    static void closeConnection(HttpServerExchange exchange) {
        try {
            exchange.getConnection().close();
        } catch (IOException e) {
            LOG.debug("connection was already gone", e);
        }
    }

    private static void headers(HttpServerExchange exchange, Response response) {
        exchange.setStatusCode(response.status());
        response.headers()
                .forEach(
                        (name, value) ->
                                exchange.getResponseHeaders().put(new HttpString(name), value));
    }

    private static void cors(HttpServerExchange exchange) {
        var headers = exchange.getResponseHeaders();
        headers.put(new HttpString("Access-Control-Allow-Origin"), "*");
        headers.put(
                new HttpString("Access-Control-Allow-Methods"), "GET, HEAD, POST, DELETE, OPTIONS");
        headers.put(new HttpString("Access-Control-Allow-Headers"), "*");
        headers.put(new HttpString("Access-Control-Expose-Headers"), "*");
    }

    private static Request request(HttpServerExchange exchange, byte[] body) {
        var headers = exchange.getRequestHeaders();
        InetSocketAddress peer = exchange.getSourceAddress();
        return new Request(
                exchange.getRequestMethod().toString(),
                exchange.getRequestPath(),
                exchange.getRequestURI(),
                exchange.getQueryString(),
                new Query(exchange.getQueryParameters()),
                name -> {
                    HeaderValues values = headers.get(name);
                    return values == null ? List.of() : List.copyOf(values);
                },
                body,
                peer == null ? "unknown" : peer.getHostString());
    }
}
