package dev.flywheel.node.mainnet;

import dev.flywheel.node.ops.Metric;
import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.PortInUseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The running front. Safe to use from any thread. */
public final class MainnetFront implements AutoCloseable {
    private final NetworkUnits units;
    private final ExecutorService blocking;
    private final MainnetRoutes routes;
    private final HttpEdge edge;

    private MainnetFront(MainnetOptions options, InstantSource clock) {
        this.units = new NetworkUnits(options);
        this.blocking =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("mainnet-", 0).factory());
        this.routes =
                new MainnetRoutes(
                        units,
                        new Intake(options.key().repeatable(), clock),
                        options.key().address(),
                        blocking);
        try {
            this.edge =
                    HttpEdge.start(
                            "mainnet", options.bind(), MainnetLimits.ofServer(), routes.routes());
        } catch (PortInUseException e) {
            stop();
            throw e;
        }
    }

    /**
     * Starts to listen. The units need not run yet.
     *
     * @throws PortInUseException when the address cannot be had
     */
    public static MainnetFront start(MainnetOptions options, InstantSource clock) {
        return new MainnetFront(options, clock);
    }

    public int port() {
        return edge.port();
    }

    /** Its numbers now. */
    public List<Metric> metrics() {
        return List.of(
                new Metric(
                        "flywheel_mainnet_accepted_total",
                        "Processes and messages scheduled.",
                        routes.accepted()),
                new Metric(
                        "flywheel_mainnet_reads_total",
                        "Results, slots and dry runs asked for.",
                        routes.reads()),
                new Metric(
                        "flywheel_mainnet_refused_total",
                        "Requests refused, here or by a unit.",
                        routes.refused()),
                new Metric(
                        "flywheel_mainnet_requests_in_flight",
                        "Requests in flight.",
                        edge.inFlight()));
    }

    /**
     * Answers 503 to new requests and waits for those in flight.
     *
     * @return whether all were answered in time
     */
    public boolean drain(Duration patience) throws InterruptedException {
        return edge.drain(patience);
    }

    @Override
    public void close() {
        edge.close();
        stop();
    }

    private void stop() {
        blocking.shutdownNow();
        units.close();
        blocking.close();
    }
}
