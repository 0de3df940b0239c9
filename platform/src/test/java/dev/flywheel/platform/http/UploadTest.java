package dev.flywheel.platform.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bodies that are read as they come. */
class UploadTest {
    private static final long UPLOAD_MAX = 5_000_000;

    private final HttpCalls calls = new HttpCalls(new HttpCallLimits(2_000, 30_000, 5_000));
    private final AtomicReference<Throwable> failed = new AtomicReference<>();
    private final CountDownLatch hasFailed = new CountDownLatch(1);
    private final CountDownLatch hasBegun = new CountDownLatch(1);
    private final HttpEdge edge =
            HttpEdge.start(
                    "test unit",
                    new InetSocketAddress("127.0.0.1", 0),
                    new HttpLimits(1_000, 4, 10_000),
                    new Routes()
                            .get(
                                    "/",
                                    (request, params) ->
                                            CompletableFuture.completedFuture(
                                                    Response.text(200, "here")))
                            .upload("/count/{name}", UPLOAD_MAX, this::count)
                            .upload(
                                    "/refuse",
                                    UPLOAD_MAX,
                                    (request, params, body) -> {
                                        throw new StatusException(422, "not this one");
                                    }));

    private Response count(Request request, PathParams params, InputStream body)
            throws IOException {
        long bytes = 0;
        byte[] piece = new byte[1 << 16];
        hasBegun.countDown();
        try (body) {
            for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
                bytes += count;
            }
        } catch (IOException e) {
            failed.set(e);
            hasFailed.countDown();
            throw e;
        }
        return Response.text(200, params.get("name") + bytes + request.header("X-A"));
    }

    @AfterEach
    void close() {
        edge.close();
        calls.close();
    }

    private Answer post(String path, int bytes) throws Exception {
        return calls.send(
                new Call(
                        "POST",
                        URI.create("http://127.0.0.1:" + edge.port() + path),
                        Map.of("X-A", "b"),
                        new byte[bytes]));
    }

    @Test
    void shouldTakeMoreThanOtherBodiesMayHave() throws Exception {
        assertThat(post("/count/n", 4_000_000).text()).isEqualTo("n4000000b");
        assertThat(post("/count/n", 0).text()).isEqualTo("n0b");
        assertThat(post("/count/n", 5).text()).isEqualTo("n5b");
        assertThat(edge.inFlight()).isZero();
    }

    @Test
    void shouldSayWhyItRefusesWhileTheClientIsStillSending() throws Exception {
        Answer answer = post("/refuse", 4_000_000);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text()).contains("not this one");
        assertThat(post("/count/n", 5).text()).isEqualTo("n5b");
    }

    @Test
    void shouldNotReadMoreThanTheRouteTakes() throws Exception {
        try {
            Answer answer = post("/count/n", 6_000_000);
            assertThat(answer.status()).isGreaterThanOrEqualTo(400);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("no answer");
        }
        assertThat(post("/count/n", 5).text()).isEqualTo("n5b");
    }

    @Test
    void shouldTellTheHandlerThatTheClientHungUp() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", edge.port())) {
            socket.getOutputStream()
                    .write(
                            "POST /count/n HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc"
                                    .getBytes(UTF_8));
            socket.getOutputStream().flush();
            hasBegun.await();
        }
        hasFailed.await();
        assertThat(failed.get()).isInstanceOf(IOException.class);
    }
}
