package dev.flywheel.scheduler;

import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.JsonText;
import dev.flywheel.protocol.MalformedItemException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A gateway over HTTP that knows the items it was given, and can be told to fail. */
final class StubGateway implements AutoCloseable {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{43}");

    private final Map<Id, DataItem> items = new ConcurrentHashMap<>();
    private final BlockingQueue<Id> uploads = new LinkedBlockingQueue<>();
    private final HttpEdge edge;
    private final int port;
    volatile long height = 1_500_000;
    volatile long confirmations;

    /** Status of all answers instead of the right ones, 0 for the right ones. */
    volatile int failing;

    private StubGateway(int wanted) {
        Routes routes = new Routes();
        routes.get("/info", (request, params) -> answer(json("{\"height\":" + height + "}")));
        routes.post("/tx/arweave", (request, params) -> answer(upload(request)));
        routes.post("/graphql", (request, params) -> answer(graphql(request)));
        routes.get(
                "/tx/{id}/status",
                (request, params) ->
                        answer(json("{\"number_of_confirmations\":" + confirmations + "}")));
        routes.get("/raw/{id}", (request, params) -> answer(raw(params.get("id"))));
        routes.get("/{id}", (request, params) -> answer(raw(params.get("id"))));
        this.edge =
                HttpEdge.start(
                        "stub-gateway",
                        new InetSocketAddress("127.0.0.1", wanted),
                        HttpLimits.forItems(),
                        routes);
        this.port = edge.port();
    }

    static StubGateway start() {
        return new StubGateway(0);
    }

    /** On the port of one that was closed. */
    static StubGateway start(int port) {
        return new StubGateway(port);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    int port() {
        return port;
    }

    void give(DataItem item) {
        items.put(item.id(), item);
    }

    /** Ids of what was uploaded, in order. */
    BlockingQueue<Id> uploads() {
        return uploads;
    }

    private CompletableFuture<Response> answer(Response right) {
        return CompletableFuture.completedFuture(
                failing == 0 ? right : Response.text(failing, "failing as told"));
    }

    private static Response json(String json) {
        return Response.json(200, json);
    }

    private Response upload(Request request) {
        if (failing != 0) {
            return Response.empty(failing);
        }
        try {
            DataItem item = DataItem.parse(request.body());
            items.put(item.id(), item);
            uploads.add(item.id());
            return json("{\"id\":\"" + item.id() + "\",\"timestamp\":1}");
        } catch (MalformedItemException e) {
            return Response.text(400, String.valueOf(e.getMessage()));
        }
    }

    private Response graphql(Request request) {
        Matcher matcher = ID.matcher(new String(request.body(), StandardCharsets.UTF_8));
        DataItem item = matcher.find() ? items.get(Id.parse(matcher.group())) : null;
        JsonText json = new JsonText(2048).beginObject().name("data").beginObject();
        json.name("transactions").beginObject().name("edges").beginArray();
        if (item != null) {
            json.beginObject().name("node").beginObject().name("id").string(item.id().toString());
            byte[] anchor = item.anchor();
            json.name("anchor").string(anchor == null ? "" : Base64Url.encode(anchor));
            json.name("tags").tags(item.tags());
            Id target = item.target();
            json.name("recipient").string(target == null ? "" : target.toString());
            json.endObject().endObject();
        }
        return Response.json(
                200, json.endArray().endObject().endObject().endObject().toByteArray());
    }

    private Response raw(String text) {
        Id id = Id.parseOrNull(text);
        DataItem item = id == null ? null : items.get(id);
        return item == null
                ? Response.text(404, "Not Found")
                : Response.bytes(200, "application/octet-stream", item.dataBytes());
    }

    List<DataItem> items() {
        return List.copyOf(items.values());
    }

    @Override
    public void close() {
        edge.close();
    }
}
