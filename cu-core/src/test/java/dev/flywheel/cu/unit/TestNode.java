package dev.flywheel.cu.unit;

import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.protocol.JsonText;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The schedule of a HyperBEAM node, in the form that a real one was seen to answer. */
final class TestNode implements AutoCloseable {
    final Map<String, List<String>> edges = new ConcurrentHashMap<>();
    final List<String> asked = new CopyOnWriteArrayList<>();
    volatile boolean down;

    /** Some versions answer a JSON string that holds the page. */
    volatile boolean asString;

    private final HttpEdge edge;

    TestNode() {
        edge =
                HttpEdge.start(
                        "test node",
                        new InetSocketAddress("127.0.0.1", 0),
                        HttpLimits.forItems(),
                        new Routes()
                                .get(
                                        "/~scheduler@1.0/schedule",
                                        (request, params) ->
                                                CompletableFuture.completedFuture(
                                                        schedule(request))));
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + edge.port());
    }

    private Response schedule(Request request) {
        asked.add(request.rawQuery());
        if (down) {
            return Response.error(500, "node is down");
        }
        String process = String.valueOf(request.query().first("target"));
        int from = Integer.parseInt(String.valueOf(request.query().first("from")));
        int to = Integer.parseInt(String.valueOf(request.query().first("to")));
        List<String> all = edges.getOrDefault(process, List.of());
        List<String> part = all.subList(Math.min(from, all.size()), Math.min(to + 1, all.size()));
        String page = page(process, part);
        return Response.json(200, asString ? new JsonText().string(page).toString() : page);
    }

    /** A page with these edges. */
    static String page(String process, List<String> edges) {
        return "{\"edges\":["
                + String.join(",", edges)
                + "],\"page_info\":{\"block-hash\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
                + "\"block-height\":\"0\",\"has_next_page\":false,\"process\":\""
                + process
                + "\",\"timestamp\":\"0\"}}";
    }

    @Override
    public void close() {
        edge.close();
    }
}
