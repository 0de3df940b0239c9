package dev.flywheel.node.ops;

import dev.flywheel.platform.http.Handler;
import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.protocol.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** Serves dashboard, health, readiness and metrics of all parts of a node. Thread-safe. */
public final class OpsServer implements AutoCloseable {
    /** Dashboards and scrapers send no bodies. */
    private static final long BODY_BYTES_MAX = 1_024;

    /** A few browsers and one scraper. */
    private static final int REQUESTS_MAX = 100;

    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private final List<Part> parts;
    private final BooleanSupplier ready;
    private final ExecutorService executor;
    private final HttpEdge edge;
    private final byte[] page;

    /**
     * Starts to listen.
     *
     * @param parts what runs in this node
     * @param ready whether all parts take requests
     */
    public OpsServer(InetSocketAddress bind, List<Part> parts, BooleanSupplier ready) {
        this.parts = List.copyOf(parts);
        this.ready = ready;
        this.page = page();
        this.executor =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("ops-", 0).factory());
        this.edge =
                HttpEdge.start(
                        "ops",
                        bind,
                        new HttpLimits(BODY_BYTES_MAX, REQUESTS_MAX, HttpLimits.IDLE_MS),
                        routes());
    }

    public int port() {
        return edge.port();
    }

    private Routes routes() {
        return new Routes()
                .get("/", quick(() -> Response.bytes(200, "text/html; charset=utf-8", page)))
                .get("/healthz", quick(() -> Response.text(200, "ok")))
                .get(
                        "/readyz",
                        quick(
                                () ->
                                        ready.getAsBoolean()
                                                ? Response.text(200, "ready")
                                                : Response.text(503, "not ready")))
                .get("/metrics", quick(this::metrics))
                .get("/status.json", quick(this::status));
    }

    private Handler quick(java.util.function.Supplier<Response> answer) {
        return Routes.blocking(executor, (request, params) -> answer.get());
    }

    /** Prometheus' text format. */
    private Response metrics() {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            for (Metric metric : part.metrics().get()) {
                metric.appendTo(text);
            }
        }
        for (Metric metric : JvmMetrics.read()) {
            metric.appendTo(text);
        }
        return Response.bytes(
                200,
                METRICS_TYPE,
                text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** What the dashboard shows. */
    private Response status() {
        List<Map<String, Object>> units = new ArrayList<>();
        for (Part part : parts) {
            Map<String, Object> unit = new LinkedHashMap<>();
            unit.put("name", part.name());
            unit.put("url", part.url());
            Map<String, Object> values = new LinkedHashMap<>();
            part.metrics().get().forEach(metric -> values.put(metric.name(), metric.value()));
            unit.put("metrics", values);
            units.add(unit);
        }
        Map<String, Object> jvm = new LinkedHashMap<>();
        JvmMetrics.read().forEach(metric -> jvm.put(metric.name(), metric.value()));
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("ready", ready.getAsBoolean());
        all.put("units", units);
        all.put("jvm", jvm);
        return Response.json(200, Json.MAPPER.writeValueAsBytes(all));
    }

    private static byte[] page() {
        try (InputStream in = OpsServer.class.getResourceAsStream("dashboard.html")) {
            return Objects.requireNonNull(in, "dashboard.html is missing from the class path")
                    .readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("dashboard.html cannot be read", e);
        }
    }

    @Override
    public void close() {
        edge.close();
        executor.close();
    }
}
