package dev.flywheel.messenger;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.platform.sql.Durability;
import dev.flywheel.protocol.DataItem;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A messenger among recording units; what tests of the whole unit share. */
abstract class NetworkTest {
    static final String OCTETS = "application/octet-stream";
    private static final InetSocketAddress ANY = new InetSocketAddress("127.0.0.1", 0);

    @TempDir Path directory;

    final Waiting waiting = new Waiting();
    final TestScheduler su = new TestScheduler(waiting);
    final TestCompute cu = new TestCompute(waiting);
    final TestGateway gateway = new TestGateway(waiting);
    final HttpCalls calls = new HttpCalls(new HttpCallLimits(5_000, 60_000, 1 << 24));
    private @Nullable Messenger messenger;

    /** Retries come quickly, so that tests need not wait for them. */
    static MessengerTuning quick() {
        MessengerTuning usual = MessengerTuning.usual();
        return new MessengerTuning(
                Durability.ACK_SURVIVES_KILL,
                usual.openTasksMax(),
                20,
                10_000,
                new MessengerTuning.Retries(5, 20, 5, 600_000),
                usual.chains(),
                true,
                Set.of(TestItems.id("blocked")));
    }

    Messenger start() {
        return start(quick(), InstantSource.system());
    }

    Messenger start(MessengerTuning tuning, InstantSource clock) {
        return start(tuning, clock, su.uri());
    }

    Messenger start(MessengerTuning tuning, InstantSource clock, @Nullable URI scheduler) {
        Messenger started =
                Messenger.start(
                        new MessengerOptions(
                                ANY,
                                directory.resolve("mu"),
                                TestItems.MESSENGER,
                                scheduler,
                                cu.uri(),
                                gateway.uri(),
                                tuning),
                        clock,
                        new Random(1));
        messenger = started;
        return started;
    }

    void stop() {
        if (messenger != null) {
            messenger.close();
            messenger = null;
        }
    }

    @AfterEach
    void stopAll() {
        stop();
        calls.close();
        su.close();
        cu.close();
        gateway.close();
    }

    Messenger messenger() {
        if (messenger == null) {
            throw new IllegalStateException("not started");
        }
        return messenger;
    }

    Answer send(String method, String path, String type, byte[] body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + messenger().port() + path);
        Map<String, String> headers = body.length == 0 ? Map.of() : Map.of("Content-Type", type);
        return calls.send(new Call(method, uri, headers, body));
    }

    Answer get(String path) throws Exception {
        return send("GET", path, OCTETS, new byte[0]);
    }

    Answer post(String path, byte[] body) throws Exception {
        return send("POST", path, OCTETS, body);
    }

    Answer post(DataItem item) throws Exception {
        return post("/", item.bytes());
    }

    /** Waits until nothing is left to do. */
    void awaitQuiet() throws InterruptedException {
        waiting.until("an empty outbox", () -> messenger().counters().openTasks() == 0);
    }

    /** A known process. */
    String process() {
        return su.add(TestItems.process());
    }
}
