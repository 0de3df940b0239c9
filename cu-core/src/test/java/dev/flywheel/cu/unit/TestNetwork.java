package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.PathParams;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.JsonText;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.protocol.SchedulePage;
import dev.flywheel.protocol.ScheduledEntry;
import dev.flywheel.protocol.Tags;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A scheduler and a gateway on one port: what is put into them they serve as the real ones do, and
 * they note what they were asked.
 */
final class TestNetwork implements AutoCloseable {
    static final Id MODULE = Id.sha256("module".getBytes(UTF_8));
    static final Tags MODULE_TAGS =
            Tags.ofPairs(
                    "Type", "Module",
                    "Module-Format", "wasm64-unknown-emscripten-draft_2024_02_15",
                    "Input-Encoding", "JSON-1",
                    "Output-Encoding", "JSON-1",
                    "Memory-Limit", "500-mb",
                    "Compute-Limit", "9000000000000");

    final Map<Id, ProcessRecord> processes = new ConcurrentHashMap<>();
    final Map<Id, List<ScheduledEntry>> logs = new ConcurrentHashMap<>();
    final Map<String, Item> items = new ConcurrentHashMap<>();
    final Map<Long, Long> blocks = new ConcurrentHashMap<>();
    final Queue<String> asked = new ConcurrentLinkedQueue<>();
    volatile long nowMs;
    volatile int pageEntries = 1000;

    /** Answers instead, or null to go on: gets the request and how often it was asked before. */
    volatile BiFunction<Request, Integer, @Nullable Response> trouble = (request, times) -> null;

    private final Map<String, Integer> asks = new ConcurrentHashMap<>();
    private final HttpEdge edge;

    /** Something that the gateway has. */
    @SuppressWarnings("ArrayRecordComponent") // handed through, never compared
    record Item(Id id, String owner, Tags tags, byte @Nullable [] data) {}

    TestNetwork() {
        Routes routes =
                new Routes()
                        .post("/graphql", handler(this::graphql))
                        .get("/raw/{id}", handler(this::raw))
                        .get("/processes/{id}", handler(this::process))
                        .get("/timestamp", handler(this::timestamp))
                        .get("/{id}", handler(this::entryOrPage));
        edge =
                HttpEdge.start(
                        "test network",
                        new InetSocketAddress("127.0.0.1", 0),
                        HttpLimits.forItems(),
                        routes);
        put(new Item(MODULE, "module-owner", MODULE_TAGS, "counting".getBytes(UTF_8)));
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + edge.port());
    }

    void put(Item item) {
        items.put(item.id().toString(), item);
    }

    long askedFor(String part) {
        return asked.stream().filter(line -> line.contains(part)).count();
    }

    private dev.flywheel.platform.http.Handler handler(
            BiFunction<Request, PathParams, Response> answer) {
        return (request, params) -> {
            String line = request.method() + " " + request.rawPath() + "?" + request.rawQuery();
            int times = asks.merge(line, 1, Integer::sum) - 1;
            asked.add(line);
            Response instead = trouble.apply(request, times);
            CompletionStage<Response> now =
                    CompletableFuture.completedFuture(
                            instead == null ? answer.apply(request, params) : instead);
            return now;
        };
    }

    private static Response notFound() {
        return Response.error(400, "Message or Process not found");
    }

    private Response process(Request request, PathParams params) {
        ProcessRecord record = processes.get(Id.parse(params.get("id")));
        return record == null ? notFound() : Response.json(200, record.toJson());
    }

    private Response timestamp(Request request, PathParams params) {
        return Response.json(
                200, "{\"block_height\":\"000001600000\",\"timestamp\":\"" + nowMs + "\"}");
    }

    private Response entryOrPage(Request request, PathParams params) {
        String id = params.get("id");
        Id process = Id.parse(String.valueOf(request.query().first("process-id")));
        List<ScheduledEntry> log = logs.getOrDefault(process, List.of());
        for (ScheduledEntry entry : log) {
            if (!id.equals(process.toString())
                    && (entry.messageId().equals(id) || entry.assignment().id().equals(id))) {
                return Response.json(200, entry.toJson());
            }
        }
        if (!id.equals(process.toString()) || !processes.containsKey(process)) {
            return notFound();
        }
        String from = request.query().first("from-nonce");
        long after = from == null ? -1 : Long.parseLong(from);
        List<SchedulePage.Edge> edges = new ArrayList<>();
        boolean more = false;
        for (ScheduledEntry entry : log) {
            if (entry.nonce() > after) {
                if (edges.size() == pageEntries) {
                    more = true;
                    break;
                }
                edges.add(new SchedulePage.Edge(entry, Long.toString(entry.nonce())));
            }
        }
        return Response.json(200, new SchedulePage(more, edges).toJson());
    }

    private Response raw(Request request, PathParams params) {
        Item item = items.get(params.get("id"));
        return item == null || item.data() == null
                ? Response.text(404, "Not Found")
                : Response.bytes(200, "application/octet-stream", item.data());
    }

    private Response graphql(Request request, PathParams params) {
        JsonNode body = Json.MAPPER.readTree(request.body());
        String query = body.path("query").asString("");
        JsonNode variables = body.path("variables");
        if (query.contains("GetBlocks")) {
            return blocks(variables.path("min").asLong(), variables.path("limit").asInt());
        }
        if (query.contains("GetSchedulerLocation")) {
            String owner = variables.path("owner").asString("");
            return transactions(
                    items.values().stream()
                            .filter(item -> item.owner().equals(owner))
                            .filter(item -> item.tags().contains("Type", "Scheduler-Location"))
                            .findFirst()
                            .orElse(null),
                    variables);
        }
        return transactions(items.get(variables.at("/processIds/0").asString("")), variables);
    }

    private Response blocks(long min, int limit) {
        JsonText json = new JsonText().beginObject().name("data").beginObject();
        json.name("blocks").beginObject().name("edges").beginArray();
        List<Long> heights = blocks.keySet().stream().filter(h -> h >= min).sorted().toList();
        for (long height : heights.subList(0, Math.min(limit, heights.size()))) {
            json.beginObject().name("node").beginObject().name("height").number(height);
            json.name("timestamp")
                    .number(blocks.getOrDefault(height, 0L) / 1000)
                    .endObject()
                    .endObject();
        }
        json.endArray().name("pageInfo").beginObject();
        json.name("hasNextPage").bool(heights.size() > limit).endObject().endObject();
        return Response.json(200, json.endObject().endObject().toByteArray());
    }

    private static Response transactions(@Nullable Item item, JsonNode variables) {
        JsonText json = new JsonText().beginObject().name("data").beginObject();
        json.name("transactions").beginObject().name("edges").beginArray();
        if (item != null) {
            json.beginObject().name("node").beginObject().name("id").string(item.id().toString());
            json.name("owner").beginObject().name("address").string(item.owner());
            json.name("key").string("").endObject().name("recipient").string("");
            if (!variables.path("skipTags").booleanValue(false)) {
                json.name("tags").tags(item.tags());
            }
            if (!variables.path("skipAnchor").booleanValue(false)) {
                json.name("anchor").string("anchor-of-it");
            }
            if (!variables.path("skipSignature").booleanValue(false)) {
                json.name("signature").string("signature-of-it");
            }
            json.endObject().endObject();
        }
        json.endArray().endObject();
        return Response.json(200, json.endObject().endObject().toByteArray());
    }

    @Override
    public void close() {
        edge.close();
    }
}
