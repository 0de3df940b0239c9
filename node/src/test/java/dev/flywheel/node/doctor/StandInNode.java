package dev.flywheel.node.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.PathParams;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.protocol.HashChain;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Answers what the doctor and a compute unit ask of a HyperBEAM node and of a gateway, in the forms
 * that real ones were seen to answer; one process of a counter. Each answer can be another.
 */
final class StandInNode implements AutoCloseable {
    static final Id MODULE = Id.sha256("counter".getBytes(UTF_8));
    static final Id PROCESS = Id.sha256("process".getBytes(UTF_8));
    private static final String OWNER = "fiLSeIp1ZKHIEDjd0frhWCE18EO1Kwhc28tXBrMXIZk";
    private static final String TAGS =
            "[{\"name\":\"Module\",\"value\":\""
                    + MODULE
                    + "\"},{\"name\":\"Data-Protocol\",\"value\":\"ao\"},{\"name\":\"Type\",\"value\":\"Process\"}]";
    private static final String MODULE_TAGS =
            "[{\"name\":\"Type\",\"value\":\"Module\"},{\"name\":\"Module-Format\",\"value\":\"wasm64-unknown-emscripten-draft_2024_02_15\"},"
                    + "{\"name\":\"Input-Encoding\",\"value\":\"JSON-1\"},{\"name\":\"Output-Encoding\",\"value\":\"JSON-1\"},"
                    + "{\"name\":\"Memory-Limit\",\"value\":\"500-mb\"},{\"name\":\"Compute-Limit\",\"value\":\"9000000000000\"}]";

    final String address;
    volatile String version = "0.9";
    volatile @Nullable Integer unitPort;
    volatile boolean isNode = true;
    volatile boolean telling = true;
    volatile @Nullable String date;
    volatile @Nullable String schedule;
    volatile @Nullable String module;
    volatile int status = 200;
    private final List<String> edges = new CopyOnWriteArrayList<>();
    private final HttpEdge edge;
    private @Nullable Id chain;

    StandInNode(String name) {
        address = Id.sha256(name.getBytes(UTF_8)).toString();
        Routes routes =
                new Routes()
                        .get("/~meta@1.0/info", now(this::info))
                        .get("/~meta@1.0/info/address", now((r, p) -> node(address)))
                        .get(
                                "/~meta@1.0/build",
                                now((r, p) -> node("{\"version\":\"" + version + "\"}")))
                        .get("/~scheduler@1.0/schedule", now(this::schedule))
                        .get("/{process}/slot/current", now(this::current))
                        .post("/graphql", now((r, p) -> graphql()))
                        .get("/raw/{id}", now((r, p) -> raw(p)));
        edge =
                HttpEdge.start(
                        "stand-in node",
                        new InetSocketAddress("127.0.0.1", 0),
                        HttpLimits.forItems(),
                        routes);
        add(PROCESS.toString(), TAGS, HashChain.nextOfNode(null, PROCESS.toString()));
    }

    private static dev.flywheel.platform.http.Handler now(
            BiFunction<Request, PathParams, Response> answer) {
        return (request, params) ->
                CompletableFuture.completedFuture(answer.apply(request, params));
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + edge.port());
    }

    /** Schedules a message; returns its slot. */
    int message() {
        String id = Id.sha256(("message " + edges.size()).getBytes(UTF_8)).toString();
        return add(
                id, "[{\"name\":\"Action\",\"value\":\"Inc\"}]", HashChain.nextOfNode(chain, id));
    }

    /** Schedules one whose chain value follows from nothing. */
    int broken() {
        Id of = Id.sha256("nothing".getBytes(UTF_8));
        return add(of.toString(), "[{\"name\":\"Action\",\"value\":\"Inc\"}]", of);
    }

    private int add(String message, String tags, Id next) {
        int slot = edges.size();
        String assignment = Id.sha256(("assignment " + slot).getBytes(UTF_8)).toString();
        edges.add(
                "{\"cursor\":%d,\"node\":{\"assignment\":{\"Anchor\":\"\",\"Data\":\"\",\"From\":\"\",\"Id\":\"%s\",\"Owner\":\"\",\"PublicKey\":\"\",\"Signature\":\"\",\"Tags\":[{\"name\":\"Block-Height\",\"value\":\"0\"},{\"name\":\"Epoch\",\"value\":\"0\"},{\"name\":\"Hash-Chain\",\"value\":\"%s\"},{\"name\":\"Process\",\"value\":\"%s\"},{\"name\":\"Slot\",\"value\":\"%d\"},{\"name\":\"Timestamp\",\"value\":\"%d\"},{\"name\":\"Type\",\"value\":\"Assignment\"}],\"Target\":\"\"},\"message\":{\"Anchor\":\"\",\"Data\":\" \",\"From\":\"%s\",\"Id\":\"%s\",\"Owner\":\"%s\",\"PublicKey\":\"\",\"Signature\":\"c2ln\",\"Tags\":%s,\"Target\":\"%s\"}}}"
                        .formatted(
                                slot,
                                assignment,
                                next,
                                PROCESS,
                                slot,
                                1_795_456_648_605L + slot,
                                OWNER,
                                message,
                                OWNER,
                                tags,
                                slot == 0 ? "" : PROCESS));
        chain = next;
        return slot;
    }

    private Response node(String text) {
        return isNode ? Response.text(200, text) : Response.text(404, "not found");
    }

    private Response info(Request request, PathParams params) {
        Integer port = unitPort;
        Response answer =
                isNode
                        ? Response.json(
                                200,
                                "{\"address\":\"%s\",\"port\":8734%s}"
                                        .formatted(
                                                address,
                                                port == null
                                                        ? ""
                                                        : ",\"genesis_wasm_port\":" + port))
                        : Response.text(200, "<html>some web server</html>");
        String at = date;
        return answer.withHeader(
                "Date",
                at == null
                        ? DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                ZonedDateTime.now(ZoneOffset.UTC))
                        : at);
    }

    private Response schedule(Request request, PathParams params) {
        String other = schedule;
        if (other != null) {
            return Response.text(status, other);
        }
        int from = Integer.parseInt(String.valueOf(request.query().first("from")));
        int to = Integer.parseInt(String.valueOf(request.query().first("to")));
        List<String> known =
                PROCESS.toString().equals(request.query().first("target")) ? edges : List.of();
        List<String> part =
                known.subList(Math.min(from, known.size()), Math.min(to + 1, known.size()));
        return Response.json(
                200,
                "{\"edges\":[%s],\"page_info\":{\"block-hash\":\"A\",\"block-height\":\"0\",\"has_next_page\":false,\"process\":\"%s\",\"timestamp\":\"0\"}}"
                        .formatted(String.join(",", part), PROCESS));
    }

    private Response current(Request request, PathParams params) {
        return telling
                ? Response.text(200, Integer.toString(edges.size() - 1))
                : Response.text(404, "not found");
    }

    private static Response graphql() {
        return Response.json(
                200,
                "{\"data\":{\"transactions\":{\"edges\":[{\"node\":{\"id\":\"%s\",\"signature\":\"\",\"anchor\":\"\",\"owner\":{\"address\":\"%s\",\"key\":\"\"},\"recipient\":\"\",\"tags\":%s}}]}}}"
                        .formatted(MODULE, OWNER, MODULE_TAGS));
    }

    private Response raw(PathParams params) {
        String other = module;
        if (other != null || !params.get("id").equals(MODULE.toString())) {
            return Response.text(other == null ? 404 : 200, String.valueOf(other));
        }
        try (InputStream in =
                StandInNode.class.getResourceAsStream("/dev/flywheel/guests/64/counter.wasm")) {
            return Response.bytes(
                    200, "application/wasm", Objects.requireNonNull(in, "guest").readAllBytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        edge.close();
    }
}
