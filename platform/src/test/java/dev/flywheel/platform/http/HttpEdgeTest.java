package dev.flywheel.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpEdgeTest {
    private static final HttpLimits LIMITS = new HttpLimits(1000, 4, 10_000);

    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpCalls calls = new HttpCalls(new HttpCallLimits(2_000, 10_000, 5_000));
    private final CompletableFuture<Response> later = new CompletableFuture<>();
    private final CountDownLatch waiting = new CountDownLatch(1);
    private final HttpEdge edge =
            HttpEdge.start("test unit", new InetSocketAddress("127.0.0.1", 0), LIMITS, routes());

    private Routes routes() {
        return new Routes()
                .get("/fixed", (request, params) -> done(Response.text(200, "fixed")))
                .get(
                        "/{id}",
                        (request, params) -> done(Response.text(200, "id=" + params.get("id"))))
                .get(
                        "/a/{x}/b/{y}",
                        (request, params) ->
                                done(
                                        Response.json(
                                                200,
                                                "[\""
                                                        + params.get("x")
                                                        + params.get("y")
                                                        + "\",\""
                                                        + request.query().first("q")
                                                        + "\"]")))
                .post(
                        "/echo",
                        (request, params) ->
                                done(Response.bytes(200, "application/x", request.body())))
                .get(
                        "/wait/now",
                        (request, params) -> {
                            waiting.countDown();
                            return later;
                        })
                .get(
                        "/block/now",
                        Routes.blocking(
                                blocking, (request, params) -> Response.text(200, "blocked")))
                .get(
                        "/fail/{how}",
                        (request, params) -> {
                            if (params.get("how").equals("status")) {
                                throw new StatusException(422, "no \"good\"");
                            }
                            throw new IOException("broken");
                        })
                .get(
                        "/stream/{n}",
                        (request, params) -> {
                            int n = Integer.parseInt(params.get("n"));
                            return done(
                                    Response.stream(
                                            200,
                                            "application/octet-stream",
                                            n,
                                            out -> {
                                                for (int i = 0; i < n; i++) {
                                                    out.write(i);
                                                }
                                            }));
                        });
    }

    private static CompletionStage<Response> done(Response response) {
        return CompletableFuture.completedFuture(response);
    }

    @AfterEach
    void close() {
        calls.close();
        edge.close();
        blocking.close();
    }

    private Answer get(String path) throws Exception {
        return calls.send(Call.get("http://127.0.0.1:" + edge.port() + path));
    }

    @Test
    void shouldPreferFixedSegmentsToNames() throws Exception {
        assertThat(get("/fixed").text()).isEqualTo("fixed");
        assertThat(get("/other").text()).isEqualTo("id=other");
        assertThat(get("/a/1/b/2?q=x%3D%3D").text()).isEqualTo("[\"12\",\"x==\"]");
        assertThat(get("/a/1/b/2?q=ey==").text()).isEqualTo("[\"12\",\"ey==\"]");
    }

    @Test
    void shouldAnswerLateFromAnotherThread() throws Exception {
        CompletableFuture<Answer> answer =
                calls.sendAsync(Call.get("http://127.0.0.1:" + edge.port() + "/wait/now"))
                        .toCompletableFuture();
        waiting.await();
        assertThat(edge.inFlight()).isEqualTo(1);
        later.complete(Response.text(200, "late"));
        assertThat(answer.get().text()).isEqualTo("late");
        assertThat(get("/block/now").text()).isEqualTo("blocked");
    }

    @Test
    void shouldEchoBodiesUpToTheLimitAndRefuseLargerOnes() throws Exception {
        String url = "http://127.0.0.1:" + edge.port() + "/echo";
        byte[] most = new byte[1000];
        most[999] = 7;
        assertThat(calls.send(Call.post(url, "application/x", most)).body()).isEqualTo(most);
        Answer refused = calls.send(Call.post(url, "application/x", new byte[1001]));
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.text()).contains("exceeds 1000 bytes");
        assertThat(get("/fixed").status()).isEqualTo(200);
    }

    @Test
    void shouldRefuseChunkedBodiesPastTheLimit() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", edge.port())) {
            String chunk = "400\r\n" + "x".repeat(1024) + "\r\n";
            String text =
                    "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + chunk
                            + "0\r\n\r\n";
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            byte[] head = socket.getInputStream().readNBytes(12);
            assertThat(new String(head, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void shouldTurnFailuresIntoErrors() throws Exception {
        Answer status = get("/fail/status");
        assertThat(status.status()).isEqualTo(422);
        assertThat(status.text()).isEqualTo("{\"error\":\"no \\\"good\\\"\"}");
        assertThat(get("/fail/other").status()).isEqualTo(500);
        assertThat(get("/no/such/route/at/all").status()).isEqualTo(404);
    }

    @Test
    void shouldAnswerHeadAndOptionsWithCorsHeaders() throws Exception {
        Answer head =
                calls.send(
                        new Call(
                                "HEAD",
                                URI.create("http://127.0.0.1:" + edge.port() + "/fixed"),
                                Map.of(),
                                new byte[0]));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length")).isEqualTo("5");
        assertThat(head.header("Access-Control-Allow-Origin")).isEqualTo("*");
        Answer options =
                calls.send(
                        new Call(
                                "OPTIONS",
                                URI.create("http://127.0.0.1:" + edge.port() + "/x"),
                                Map.of(),
                                new byte[0]));
        assertThat(options.status()).isEqualTo(204);
    }

    @Test
    void shouldStreamAndCutAnswersThatExceedTheClientsLimit() throws Exception {
        assertThat(get("/stream/4000").body()).hasSize(4000);
        assertThatThrownBy(() -> get("/stream/6000"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("5000 bytes");
    }

    @Test
    void shouldSayWhichPortIsInUse() {
        assertThatThrownBy(
                        () ->
                                HttpEdge.start(
                                        "second unit",
                                        new InetSocketAddress("127.0.0.1", edge.port()),
                                        LIMITS,
                                        new Routes()))
                .isInstanceOf(PortInUseException.class)
                .hasMessageContaining("second unit cannot listen on 127.0.0.1:" + edge.port());
    }

    @Test
    void shouldRefuseNewRequestsWhileDraining() throws Exception {
        assertThat(edge.drain(Duration.ofSeconds(1))).isTrue();
        assertThat(get("/fixed").status()).isEqualTo(503);
    }

    @Test
    void shouldExplainWhenNobodyListens() {
        assertThatThrownBy(() -> calls.send(Call.get("http://127.0.0.1:1/x")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no answer from GET http://127.0.0.1:1/x");
    }

    @Test
    void shouldRefuseHeaderValuesThatEndTheLine() {
        assertThatThrownBy(() -> Response.text(200, "x").withHeader("a", "b\r\nc: d"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldLeavePathsAsTheyCameWhereThatIsAskedFor() throws Exception {
        Routes raw =
                new Routes()
                        .takeRawPaths()
                        .notFound(
                                (request, params) ->
                                        done(
                                                Response.text(
                                                        200,
                                                        request.rawPath()
                                                                + "?"
                                                                + request.rawQuery()
                                                                + request.headerValues("X"))));
        InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
        try (HttpEdge server = HttpEdge.start("raw", any, LIMITS, raw);
                Socket socket = new Socket("127.0.0.1", server.port())) {
            String wire = "/a%26b;p=1/%2F//%C3%A9\u00e9&c=d?x=%3D&y";
            socket.getOutputStream()
                    .write(
                            ("GET " + wire + " HTTP/1.0\r\nX: 1\r\nx: 2\r\n\r\n")
                                    .getBytes(StandardCharsets.ISO_8859_1));
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.0 200").endsWith("\r\n\r\n" + wire + "[1, 2]");
        }
    }
}
