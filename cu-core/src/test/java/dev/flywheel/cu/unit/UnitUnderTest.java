package dev.flywheel.cu.unit;

import dev.flywheel.cu.guest.compile.CompileSettings;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A compute unit on a test network, and a client of it. */
final class UnitUnderTest implements AutoCloseable {
    static final byte[] KEY = new byte[32];
    static final long CLOCK_MS = 1_800_000_000_000L;

    /** What a node sends with each body, besides host and lengths; see the captures. */
    private static final Map<String, String> NODE_HEADERS =
            Map.of(
                    "content-type", "application/json",
                    "te", "",
                    "accept-bundle", "true",
                    "ao-peer-port", "10000",
                    "ao-types", "accept-bundle=\"atom\", ao-peer-port=\"integer\"",
                    "method", "POST");

    private static final long PATIENCE_NS = 20_000_000_000L;

    final SetClock clock = new SetClock(CLOCK_MS);
    final CountingEvaluator guests;
    final ComputeUnit unit;
    private final HttpCalls calls =
            new HttpCalls(new HttpCallLimits(5_000, 60_000, 256L * 1024 * 1024));

    UnitUnderTest(TestNetwork network, Path directory) {
        this(network, directory, ComputeUnitOptions.Settings.defaults());
    }

    UnitUnderTest(TestNetwork network, Path directory, ComputeUnitOptions.Settings settings) {
        this(network.url(), network.url(), directory, settings, new CountingEvaluator());
    }

    UnitUnderTest(
            @Nullable URI scheduler,
            URI gateway,
            Path directory,
            ComputeUnitOptions.Settings settings,
            CountingEvaluator guests) {
        this.guests = guests;
        this.unit =
                ComputeUnit.start(options(scheduler, gateway, directory, settings), guests, clock);
    }

    private UnitUnderTest(ComputeUnitOptions options, CountingEvaluator guests) {
        this.guests = guests;
        this.unit = ComputeUnit.start(options, guests, clock);
    }

    private UnitUnderTest(ComputeUnitOptions options) {
        this.guests = new CountingEvaluator(); // nobody is given it
        this.unit = ComputeUnit.start(options, clock);
    }

    /** A unit behind a HyperBEAM node; its guests count. */
    static UnitUnderTest behind(
            TestNode node,
            TestNetwork gateway,
            Path directory,
            ComputeUnitOptions.Settings settings) {
        return new UnitUnderTest(
                options(null, gateway.url(), directory, settings).behindHyperBeam(node.url()),
                new CountingEvaluator());
    }

    /** Likewise one that believes whatever its node gives. */
    static UnitUnderTest trustingly(TestNode node, TestNetwork gateway, Path directory) {
        return new UnitUnderTest(
                options(null, gateway.url(), directory, ComputeUnitOptions.Settings.defaults())
                        .behindHyperBeam(node.url())
                        .withSignaturesChecked(false),
                new CountingEvaluator());
    }

    /** One of a scheduler unit that it trusts. */
    static UnitUnderTest trustingly(TestNetwork network, Path directory) {
        return new UnitUnderTest(
                options(
                                network.url(),
                                network.url(),
                                directory,
                                ComputeUnitOptions.Settings.defaults())
                        .withSignaturesChecked(false),
                new CountingEvaluator());
    }

    /** Likewise with guests on the WebAssembly engine. */
    static UnitUnderTest onEngineBehind(TestNode node, TestNetwork gateway, Path directory) {
        return onEngineBehind(node, gateway, directory, ComputeUnitOptions.Settings.defaults());
    }

    /** Likewise. */
    static UnitUnderTest onEngineBehind(
            TestNode node,
            TestNetwork gateway,
            Path directory,
            ComputeUnitOptions.Settings settings) {
        return new UnitUnderTest(
                options(null, gateway.url(), directory, settings).behindHyperBeam(node.url()));
    }

    /** A unit whose guests run on the WebAssembly engine. */
    static UnitUnderTest onEngine(
            TestNetwork network, Path directory, ComputeUnitOptions.Settings settings) {
        return new UnitUnderTest(options(network.url(), network.url(), directory, settings));
    }

    private static ComputeUnitOptions options(
            @Nullable URI scheduler,
            URI gateway,
            Path directory,
            ComputeUnitOptions.Settings settings) {
        return new ComputeUnitOptions(
                new InetSocketAddress("127.0.0.1", 0),
                directory,
                "address-of-the-unit",
                scheduler,
                gateway,
                KEY,
                settings,
                CompileSettings.defaults());
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + unit.port() + path);
    }

    Answer get(String path) throws IOException, InterruptedException {
        return calls.send(Call.get(url(path).toString()));
    }

    Answer send(String method, String path, Map<String, String> headers, String body)
            throws IOException, InterruptedException {
        return calls.send(
                new Call(method, url(path), headers, body.getBytes(StandardCharsets.UTF_8)));
    }

    CompletionStage<Answer> getAsync(String path) {
        return calls.sendAsync(Call.get(url(path).toString()));
    }

    /** As a HyperBEAM node posts. */
    Answer post(String path, String body) throws IOException, InterruptedException {
        return send("POST", path, NODE_HEADERS, body);
    }

    CompletableFuture<Answer> postAsync(String path, String body) {
        return calls.sendAsync(
                        new Call(
                                "POST",
                                url(path),
                                NODE_HEADERS,
                                body.getBytes(StandardCharsets.UTF_8)))
                .toCompletableFuture();
    }

    /** The body is of bytes. */
    Answer post(String path, Map<String, String> headers, byte[] body)
            throws IOException, InterruptedException {
        return calls.send(new Call("POST", url(path), headers, body));
    }

    Answer result(TestLog log, String message) throws IOException, InterruptedException {
        return get(resultPath(log, message));
    }

    CompletableFuture<Answer> resultAsync(TestLog log, String message) {
        return getAsync(resultPath(log, message)).toCompletableFuture();
    }

    static String resultPath(TestLog log, String message) {
        return "/result/" + message + "?process-id=" + log.id;
    }

    /** The {@code Output.data} of a result. */
    String output(TestLog log, String message) throws IOException, InterruptedException {
        return json(result(log, message)).path("Output").path("data").asString("none");
    }

    Answer dryRun(TestLog log, String data) throws IOException, InterruptedException {
        return dryRun(log, "", Map.of("x-max-age", "0"), data);
    }

    Answer dryRun(TestLog log, String more, Map<String, String> headers, String data)
            throws IOException, InterruptedException {
        Map<String, String> all = new HashMap<>(headers);
        all.put("Content-Type", "application/json");
        return send(
                "POST",
                "/dry-run?process-id=" + log.id + more,
                all,
                "{\"Owner\":\"asker\",\"Tags\":[{\"name\":\"Action\",\"value\":\"Get\"}],\"Data\":\""
                        + data
                        + "\"}");
    }

    static JsonNode json(Answer answer) {
        return Json.MAPPER.readTree(answer.body());
    }

    static String error(Answer answer) {
        return json(answer).path("error").asString("no error");
    }

    /** Waits for something that another thread brings about. */
    static void until(BooleanSupplier condition) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNs > PATIENCE_NS) {
                throw new AssertionError("what was waited for did not happen");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        calls.close();
        unit.close();
    }
}
