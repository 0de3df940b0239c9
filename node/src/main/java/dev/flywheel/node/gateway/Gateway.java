package dev.flywheel.node.gateway;

import dev.flywheel.node.gateway.graphql.GatewayReads;
import dev.flywheel.node.gateway.graphql.GraphQlEndpoint;
import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.PortInUseException;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemVerifier;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The running gateway. Safe to use from any thread. */
public final class Gateway implements AutoCloseable {
    private final ItemStore store;
    private final ItemIntake intake;
    private final @Nullable UpstreamGateway upstream;
    private final ExecutorService blocking;
    private final HttpEdge edge;

    private Gateway(GatewayOptions options, InstantSource clock) {
        this.store = ItemStore.open(options.directory(), clock);
        ItemVerifier verifier = new ItemVerifier();
        this.intake = new ItemIntake(store, verifier);
        this.upstream =
                options.upstream() == null
                        ? null
                        : new UpstreamGateway(options.upstream(), store, verifier, clock);
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        GatewayLimits.STORE_THREADS,
                        GatewayLimits.STORE_THREADS,
                        30,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(GatewayLimits.REQUESTS_MAX),
                        Thread.ofPlatform().name("gateway-store-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        this.blocking = pool;
        // Making the schema takes a quarter of a second, which the start need not wait for.
        CompletableFuture<GraphQlEndpoint> graphql =
                CompletableFuture.supplyAsync(() -> new GraphQlEndpoint(reads()), blocking);
        HttpLimits limits =
                new HttpLimits(
                        GatewayLimits.UPLOAD_BYTES_MAX,
                        GatewayLimits.REQUESTS_MAX,
                        HttpLimits.IDLE_MS);
        try {
            this.edge =
                    HttpEdge.start(
                            "gateway",
                            options.bind(),
                            limits,
                            new GatewayRoutes(
                                            this,
                                            intake,
                                            new L1Intake(store, verifier, intake),
                                            graphql,
                                            blocking)
                                    .routes());
        } catch (PortInUseException e) {
            stop();
            throw e;
        }
    }

    /**
     * Opens the store and starts to listen.
     *
     * @throws PortInUseException when the address cannot be had
     */
    public static Gateway start(GatewayOptions options, InstantSource clock) {
        return new Gateway(options, clock);
    }

    public int port() {
        return edge.port();
    }

    /** What the gateway keeps, for its owner: the node publishes its modules there. */
    public ItemStore store() {
        return store;
    }

    /** Checks and keeps a signed item, as an upload does. */
    public GatewayItem publish(byte[] item) {
        return intake.take(item);
    }

    /** Uploads that were refused since the start. */
    public long refused() {
        return intake.refused();
    }

    /** Requests in flight. */
    public int inFlight() {
        return edge.inFlight();
    }

    /** The entry with this id: from the store, else from the upstream gateway when there is one. */
    @Nullable GatewayItem find(Id id) {
        GatewayItem item = store.find(id);
        return item == null && upstream != null ? upstream.fetch(id) : item;
    }

    private GatewayReads reads() {
        return new GatewayReads() {
            @Override
            public @Nullable GatewayItem find(Id id) {
                return Gateway.this.find(id);
            }

            @Override
            public TransactionQuery.Page query(TransactionQuery query) {
                if (upstream != null && query.ids() != null) {
                    query.ids().stream()
                            .limit(UpstreamGateway.IDS_A_QUERY_MAX)
                            .forEach(Gateway.this::find);
                }
                return store.query(query);
            }

            @Override
            public long firstHeight() {
                return store.chain().firstHeight();
            }

            @Override
            public long height() {
                return store.chain().height();
            }

            @Override
            public BlockView block(long height) {
                return store.chain().block(height);
            }
        };
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
        blocking.close();
        if (upstream != null) {
            upstream.close();
        }
        store.close();
    }
}
