package dev.flywheel.messenger;

import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.sql.SqlStore;
import dev.flywheel.protocol.ItemVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running messenger unit. Safe to use from any thread. */
public final class Messenger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Messenger.class);

    private final SqlStore sql;
    private final GroupWriter writer;
    private final Peer schedulers;
    private final Peer computer;
    private final Peer gateway;
    private final Parts parts;
    private final Monitors monitors;
    private final ExecutorService blocking;
    private final HttpEdge edge;
    private volatile boolean closing;

    private Messenger(MessengerOptions options, InstantSource clock, RandomGenerator random) {
        MessengerTuning tuning = options.tuning();
        this.sql = open(options.directory(), tuning);
        this.writer = new GroupWriter(sql);
        this.schedulers =
                new Peer(
                        "scheduler",
                        MessengerLimits.SU_ANSWER_MS,
                        MessengerLimits.SU_ANSWER_BYTES_MAX);
        this.computer =
                new Peer("compute unit", tuning.cuAnswerMs(), MessengerLimits.CU_ANSWER_BYTES_MAX);
        this.gateway =
                new Peer(
                        "gateway",
                        MessengerLimits.SU_ANSWER_MS,
                        MessengerLimits.SU_ANSWER_BYTES_MAX);
        this.parts = parts(options, clock, random);
        TaskRunner runner = new TaskRunner(parts);
        this.monitors = new Monitors(parts, runner, sql, writer);
        this.blocking =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("messenger-request-", 0).factory());
        HttpLimits limits =
                new HttpLimits(
                        HttpLimits.ITEM_BODY_BYTES_MAX,
                        MessengerLimits.REQUESTS_MAX,
                        HttpLimits.IDLE_MS);
        ClientItems items = new ClientItems(parts, runner);
        Pushes pushes = new Pushes(parts, runner);
        List<OutboxStore.Ref> left = parts.store().refs();
        try {
            this.edge =
                    HttpEdge.start(
                            "messenger",
                            options.bind(),
                            limits,
                            new MessengerRoutes(parts, items, monitors, pushes, blocking).routes());
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
        if (!left.isEmpty()) {
            LOG.info("going on with the outbox openTasks={}", left.size());
        }
        left.forEach(runner::enqueue);
        monitors.resume();
        // Else the first client would wait for the crypto library's self-test.
        Thread.ofPlatform().name("messenger-crypto").daemon().start(ItemVerifier::prepare);
    }

    private static SqlStore open(Path directory, MessengerTuning tuning) {
        List<String> schema = new ArrayList<>(OutboxStore.SCHEMA);
        schema.addAll(Monitors.SCHEMA);
        schema.addAll(Traces.SCHEMA);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("messenger cannot create " + directory, e);
        }
        return SqlStore.open(directory.resolve("outbox.db"), schema, tuning.durability());
    }

    private Parts parts(MessengerOptions options, InstantSource clock, RandomGenerator random) {
        SchedulerClient scheduler = new SchedulerClient(schedulers);
        String gatewayUrl = url(options.gateway());
        return new Parts(
                new OutboxStore(sql, writer),
                new WorkQueue(MessengerLimits.WORKERS, clock),
                new ProcessDirectory(
                        scheduler,
                        new SchedulerLocations(gateway, gatewayUrl, clock),
                        options.su() == null ? null : url(options.su())),
                scheduler,
                new ComputeClient(computer, url(options.cu())),
                new Wallets(gateway, gatewayUrl),
                new PushedItems(options.key()),
                new RetryPolicy(options.tuning().retries(), random),
                new Traces(sql, clock),
                new Counters(),
                options.tuning(),
                clock,
                () -> closing);
    }

    private static String url(URI uri) {
        return uri.toString().replaceAll("/+$", "");
    }

    /**
     * Opens the outbox, goes on with what is in it, and starts to listen.
     *
     * @throws dev.flywheel.platform.http.PortInUseException when the address cannot be had
     * @throws dev.flywheel.platform.sql.SqlStoreException when the outbox cannot be opened
     */
    public static Messenger start(MessengerOptions options, InstantSource clock) {
        return start(options, clock, new SecureRandom());
    }

    /**
     * As {@link #start(MessengerOptions, InstantSource)}.
     *
     * @param random for the jitter of retries
     */
    public static Messenger start(
            MessengerOptions options, InstantSource clock, RandomGenerator random) {
        return new Messenger(options, clock, random);
    }

    public int port() {
        return edge.port();
    }

    /** What happened since the start, and what is now. */
    public MessengerCounters counters() {
        return parts.counters().read(parts.store().open(), monitors.count(), edge.inFlight());
    }

    /**
     * Refuses new requests, then waits for those in flight and for deliveries that are due; what is
     * left is done after the next start.
     *
     * @return whether all was done in time
     */
    public boolean drain(Duration patience) throws InterruptedException {
        long deadlineNs = System.nanoTime() + patience.toNanos();
        boolean answered = edge.drain(patience);
        Duration left = Duration.ofNanos(Math.max(0, deadlineNs - System.nanoTime()));
        return parts.queue().awaitIdle(left) && answered;
    }

    @Override
    public void close() {
        closing = true;
        edge.close();
        stop();
    }

    private void stop() {
        closing = true;
        // First the connections: whoever waits for an answer ends.
        schedulers.close();
        computer.close();
        gateway.close();
        parts.queue().close();
        blocking.close();
        writer.close();
        sql.close();
    }
}
