package dev.flywheel.scheduler;

import dev.flywheel.platform.http.Handler;
import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.PortInUseException;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.platform.sql.SqlStoreException;
import dev.flywheel.protocol.AssignmentItem;
import dev.flywheel.protocol.ItemVerifier;
import dev.flywheel.protocol.JsonText;
import dev.flywheel.scheduler.gateway.BlockHeights;
import dev.flywheel.scheduler.gateway.GatewayClient;
import dev.flywheel.scheduler.gateway.Publisher;
import dev.flywheel.scheduler.journal.JournalException;
import dev.flywheel.scheduler.log.ScheduleStore;
import dev.flywheel.scheduler.pipeline.Admission;
import dev.flywheel.scheduler.pipeline.Pipeline;
import dev.flywheel.scheduler.pipeline.PipelineCounters;
import dev.flywheel.scheduler.pipeline.PipelineOptions;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The running scheduler unit. Safe to use from any thread. */
public final class Scheduler implements AutoCloseable {
    private final SchedulerOptions options;
    private final InstantSource clock;
    private final ScheduleStore store;
    private final GatewayClient gateway;
    private final BlockHeights heights;
    private final @Nullable Publisher publisher;
    private final PipelineCounters counters = new PipelineCounters();
    private final Pipeline pipeline;
    private final ExecutorService reading;
    private final ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpEdge edge;

    private Scheduler(SchedulerOptions options, InstantSource clock) {
        this.options = options;
        this.clock = clock;
        // The crypto library's self-test takes up to a second, beside the opening of the files.
        Thread.ofPlatform().name("scheduler-crypto").daemon().start(ItemVerifier::prepare);
        this.store =
                ScheduleStore.open(
                        options.directory(),
                        options.durability() == SchedulerOptions.MessageDurability.POWER_LOSS,
                        clock);
        this.gateway = new GatewayClient(options.gateway());
        this.heights = new BlockHeights(gateway, store.lastBlockHeight());
        SchedulerOptions.Behaviour behaviour = options.behaviour();
        Publisher uploads =
                behaviour.publish()
                        ? new Publisher(
                                store.journal(), gateway, options.directory().resolve("published"))
                        : null;
        this.publisher = uploads;
        Admission admission = new Admission(new ItemVerifier());
        this.pipeline =
                new Pipeline(
                        new PipelineOptions(
                                admission,
                                store.schedule(),
                                store.journal(),
                                options.signer(),
                                new SecureRandom(),
                                clock,
                                heights::current,
                                store::freeBytes,
                                behaviour.deepHashChecks(),
                                uploads == null ? () -> {} : uploads::wake),
                        counters);
        this.reading = readers();
        Assigns assigns = new Assigns(store.schedule(), gateway, behaviour.deepHashChecks());
        PostRoute post =
                new PostRoute(pipeline, admission, assigns, waiting, behaviour.messageBytesMax());
        try {
            this.edge =
                    HttpEdge.start(
                            "scheduler",
                            options.bind(),
                            new HttpLimits(
                                    HttpLimits.ITEM_BODY_BYTES_MAX,
                                    SchedulerLimits.REQUESTS_MAX,
                                    HttpLimits.IDLE_MS),
                            routes(post, new ReadRoutes(store.schedule())));
        } catch (PortInUseException e) {
            stop();
            throw e;
        }
    }

    /**
     * Opens journal and index, makes the index again where it is missing or behind, and starts to
     * listen.
     *
     * @throws PortInUseException when the address cannot be had
     * @throws JournalException when the directory cannot be used
     * @throws SqlStoreException when the index cannot be made
     */
    public static Scheduler start(SchedulerOptions options, InstantSource clock) {
        return new Scheduler(options, clock);
    }

    private static ExecutorService readers() {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        SchedulerLimits.READ_THREADS,
                        SchedulerLimits.READ_THREADS,
                        30,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(SchedulerLimits.REQUESTS_MAX),
                        Thread.ofPlatform().name("scheduler-read-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private Routes routes(PostRoute post, ReadRoutes reads) {
        Routes routes = new Routes();
        routes.post("/", (request, params) -> post.post(request));
        routes.get("/", now(this::identity));
        routes.get("/timestamp", now(this::timestamp));
        routes.get("/health", now(() -> Response.empty(200)));
        routes.get(
                "/metrics",
                now(
                        () ->
                                Response.bytes(
                                        200,
                                        MetricsText.CONTENT_TYPE,
                                        MetricsText.of(this).getBytes(StandardCharsets.UTF_8))));
        routes.get(
                "/processes/{id}",
                Routes.blocking(reading, (request, params) -> reads.process(params)));
        routes.get(
                "/{id}/latest",
                Routes.blocking(reading, (request, params) -> reads.latest(params)));
        routes.get("/{id}", Routes.blocking(reading, reads::entry));
        return routes;
    }

    /** Answers without waiting for anything. */
    private static Handler now(Supplier<Response> answer) {
        return (request, params) -> CompletableFuture.completedFuture(answer.get());
    }

    private Response identity() {
        JsonText json = new JsonText(96).beginObject();
        json.name("address").string(options.signer().address());
        json.name("timestamp").string(Long.toString(clock.millis()));
        return Response.json(200, json.endObject().toByteArray());
    }

    private Response timestamp() {
        long height = heights.current();
        if (height == BlockHeights.UNKNOWN) {
            throw new StatusException(
                    503, "The gateway " + gateway + " has not told the block height yet");
        }
        JsonText json = new JsonText(96).beginObject();
        json.name("block_height").string(AssignmentItem.blockHeightText(height));
        json.name("timestamp").string(Long.toString(clock.millis()));
        return Response.json(200, json.endObject().toByteArray());
    }

    public int port() {
        return edge.port();
    }

    /** What was scheduled, refused and how long it took. */
    public PipelineCounters counters() {
        return counters;
    }

    /** Requests in flight. */
    public int inFlight() {
        return edge.inFlight();
    }

    /** Entries that have a place and are not acknowledged yet. */
    public int entriesInFlight() {
        return pipeline.entriesInFlight();
    }

    /** Items and assignments uploaded to the gateway since the start. */
    public long published() {
        return publisher == null ? 0 : publisher.published();
    }

    /** Entries that are still to be uploaded. */
    public long unpublished() {
        return publisher == null ? 0 : publisher.behind();
    }

    /** Refuses new requests and waits for those in flight; whether all were answered in time. */
    public boolean drain(Duration patience) throws InterruptedException {
        return edge.drain(patience);
    }

    @Override
    public void close() {
        edge.close();
        stop();
    }

    private void stop() {
        heights.close();
        waiting.shutdown();
        gateway.close(); // ends the waits of those before
        waiting.close();
        reading.close();
        pipeline.close();
        if (publisher != null) {
            publisher.close();
        }
        store.close();
    }
}
