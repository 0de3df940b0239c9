package dev.flywheel.cu.unit.peer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.StatusException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Peers that are slow, silent, endless, packed, or send elsewhere. */
class PeersTest {
    private static final int ANSWER_MS = 300;
    private static final int BYTES_MAX = 100_000;

    private final AtomicLong nowMs = new AtomicLong(1_000_000);
    private final InstantSource clock = () -> Instant.ofEpochMilli(nowMs.get());
    private final Peers peers =
            new Peers(
                    clock,
                    new HttpCallLimits(500, ANSWER_MS, BYTES_MAX),
                    host -> InetAddress.getAllByName(host));
    private final AtomicInteger calls = new AtomicInteger();
    private final ServerSocket server = open();

    /** Writes an answer to a request that was read. */
    @FunctionalInterface
    private interface Behaviour {
        void answer(OutputStream out) throws IOException;
    }

    private static ServerSocket open() {
        try {
            ServerSocket socket = new ServerSocket();
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() throws IOException {
        peers.close();
        server.close();
    }

    private void serve(Behaviour behaviour) {
        Thread.ofVirtual()
                .start(
                        () -> {
                            while (!server.isClosed()) {
                                try {
                                    Socket socket = server.accept();
                                    Thread.ofVirtual().start(() -> serve(socket, behaviour));
                                } catch (IOException e) {
                                    return; // the test has ended
                                }
                            }
                        });
    }

    private void serve(Socket socket, Behaviour behaviour) {
        try (socket) {
            while (readRequest(socket)) {
                calls.incrementAndGet();
                behaviour.answer(socket.getOutputStream());
                socket.getOutputStream().flush();
            }
        } catch (IOException e) {
            return; // the unit hung up, as it should
        }
    }

    private static boolean readRequest(Socket socket) throws IOException {
        int state = 0;
        while (state < 4) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                return false;
            }
            state = next == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : 0;
        }
        return true;
    }

    private static void head(OutputStream out, String status, String headers, int length)
            throws IOException {
        out.write(
                ("HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + length + "\r\n\r\n")
                        .getBytes(UTF_8));
    }

    private Call call() {
        return Call.get("http://127.0.0.1:" + server.getLocalPort() + "/schedule");
    }

    private String failure() {
        StatusException failure =
                org.assertj.core.api.Assertions.catchThrowableOfType(
                        StatusException.class, () -> peers.load("Loading", call()));
        assertThat(failure.status()).isEqualTo(502);
        return String.valueOf(failure.getMessage());
    }

    @Test
    void shouldWaitForASilentPeerOnceAndNotAgain() {
        serve(out -> java.util.concurrent.locks.LockSupport.parkNanos(5_000_000_000L));
        assertThat(failure()).contains("timed out");
        assertThat(calls).hasValue(1);
    }

    @Test
    void shouldGiveUpOnAPeerThatDripsBytes() {
        serve(
                out -> {
                    head(out, "200 OK", "", 50_000);
                    for (int i = 0; i < 50_000; i++) {
                        out.write(' ');
                        out.flush();
                        java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
                    }
                });
        assertThat(failure()).startsWith("Loading: no answer from GET");
        assertThat(calls).hasValue(1);
    }

    @Test
    void shouldNotHoldMoreThanItsLimitOfAnAnswer() {
        serve(
                out -> {
                    out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8)); // ends when it ends
                    byte[] piece = new byte[10_000];
                    for (int i = 0; i < 1_000_000; i++) {
                        out.write(piece);
                    }
                });
        assertThat(failure()).contains("answer exceeds " + BYTES_MAX + " bytes");
    }

    @Test
    void shouldNotCountWhatItGaveUpAmongWhatIsRead() {
        AtomicBoolean silent = new AtomicBoolean(true);
        serve(
                out -> {
                    head(out, "200 OK", "", 50_000);
                    out.write(new byte[40_000]);
                    out.flush();
                    if (silent.get()) {
                        java.util.concurrent.locks.LockSupport.parkNanos(20_000_000_000L);
                    }
                    out.write(new byte[10_000]);
                });
        try (Peers few =
                new Peers(
                        clock,
                        new HttpCallLimits(500, ANSWER_MS, BYTES_MAX, 60_000),
                        host -> InetAddress.getAllByName(host))) {
            for (int i = 0; i < UnitLimits.BREAKER_FAILURES - 1; i++) {
                assertThatThrownBy(() -> few.load("Loading", call()))
                        .isInstanceOf(StatusException.class);
            }
            silent.set(false);
            assertThat(few.load("Loading", call())).hasSize(50_000);
        }
    }

    @Test
    void shouldNotUnpackABomb() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(bomb)) {
            packed.write(new byte[50_000_000]);
        }
        serve(
                out -> {
                    head(out, "200 OK", "Content-Encoding: gzip\r\n", bomb.size());
                    bomb.writeTo(out);
                });
        assertThat(failure()).contains("Content-Encoding gzip").contains("not asked for");
    }

    @Test
    void shouldLeaveAPeerAloneThatFailsAgainAndAgainAndTryItLater() {
        AtomicInteger status = new AtomicInteger(503);
        serve(
                out -> {
                    head(out, status.get() + " X", "", 2);
                    out.write("{}".getBytes(UTF_8));
                });
        for (int i = 0; i < UnitLimits.BREAKER_FAILURES; i++) {
            assertThat(failure()).contains("503");
        }
        int before = calls.get();
        assertThat(failure())
                .contains("gave no answer " + UnitLimits.BREAKER_FAILURES + " times in a row")
                .contains("asked again in");
        assertThat(calls).hasValue(before);
        // The first try after the pause fails, and the pause grows.
        nowMs.addAndGet(UnitLimits.BREAKER_MS_MIN);
        assertThat(failure()).contains("503");
        nowMs.addAndGet(UnitLimits.BREAKER_MS_MIN);
        assertThat(failure()).contains("asked again in");
        status.set(200);
        nowMs.addAndGet(UnitLimits.BREAKER_MS_MIN);
        assertThat(peers.load("Loading", call())).hasSize(2);
        assertThat(peers.load("Loading", call())).hasSize(2);
    }

    @Test
    void shouldHaveOneCallTryAPeerAfterAPause() {
        Breakers breakers = new Breakers(clock);
        URI peer = URI.create("http://a:1/x");
        for (int i = 0; i < UnitLimits.BREAKER_FAILURES; i++) {
            assertThat(breakers.waitMs(peer)).isZero();
            breakers.failed(peer);
        }
        assertThat(breakers.waitMs(peer)).isEqualTo(UnitLimits.BREAKER_MS_MIN);
        assertThat(breakers.waitMs(URI.create("http://b:1/x"))).isZero();
        nowMs.addAndGet(UnitLimits.BREAKER_MS_MIN);
        assertThat(breakers.waitMs(peer)).isZero();
        assertThat(breakers.waitMs(peer)).isPositive();
        breakers.answered(peer);
        assertThat(breakers.waitMs(peer)).isZero();
        for (int i = 0; i < 1_000; i++) {
            breakers.failed(peer);
        }
        assertThat(breakers.waitMs(peer)).isEqualTo(UnitLimits.BREAKER_MS_MAX);
    }

    @Test
    void shouldNotLetAPeerOfTheWorldSendItIntoTheOperatorsNetwork() throws Exception {
        Redirects redirects =
                new Redirects(
                        host ->
                                new InetAddress[] {
                                    InetAddress.getByName(
                                            switch (host) {
                                                case "node.example" -> "203.0.113.7";
                                                case "other.example" -> "203.0.113.8";
                                                case "inside.example" -> "10.1.2.3";
                                                case "carrier.example" -> "100.64.0.1";
                                                case "v6.example" -> "fd00::1";
                                                case "mapped.example" -> "::ffff:127.0.0.1";
                                                default -> host;
                                            })
                                });
        URI world = URI.create("http://node.example/a?b=c");
        for (String inside :
                new String[] {
                    "http://127.0.0.1:6363/x",
                    "http://inside.example/",
                    "http://192.168.1.1/",
                    "http://172.16.0.9/",
                    "http://carrier.example/",
                    "http://v6.example/",
                    "http://[::1]/",
                    "http://0.0.0.0/",
                    "http://mapped.example/",
                    "http://169.254.169.254/latest/meta-data"
                }) {
            assertThatThrownBy(() -> redirects.target(world, inside))
                    .as(inside)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not followed");
        }
        assertThat(redirects.target(world, "http://other.example/y"))
                .isEqualTo(URI.create("http://other.example/y"));
        assertThat(redirects.target(world, "/d")).isEqualTo(URI.create("http://node.example/d"));
        URI near = URI.create("http://inside.example/");
        assertThat(redirects.target(near, "http://192.168.1.1/a")).isNotNull();
        assertThatThrownBy(() -> redirects.target(near, "http://169.254.169.254/latest"))
                .hasMessageContaining("not followed");
        assertThatThrownBy(() -> redirects.target(world, "file:///etc/passwd"))
                .hasMessageContaining("no http address");
        assertThatThrownBy(() -> redirects.target(world, "http:///x y"))
                .hasMessageContaining("leads");
    }

    @Test
    void shouldNotFollowIntoItsOwnNetwork() {
        serve(
                out ->
                        head(
                                out,
                                "302 Found",
                                "Location: http://169.254.169.254/latest/meta-data\r\n",
                                0));
        assertThat(failure()).contains("169.254.169.254").contains("not followed");
    }
}
