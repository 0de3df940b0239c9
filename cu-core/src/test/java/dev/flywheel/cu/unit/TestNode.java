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
import org.jspecify.annotations.Nullable;

/** The schedule of a HyperBEAM node, in the form that a real one was seen to answer. */
final class TestNode implements AutoCloseable {
    final Map<String, List<String>> edges = new ConcurrentHashMap<>();
    final List<String> asked = new CopyOnWriteArrayList<>();
    volatile boolean down;

    /** Answers every question from the log's start on, and says that more follows. */
    volatile boolean loops;

    /** Answers this, whatever was asked for. */
    volatile @Nullable String page;

    /** Answers with the log of this process, whatever was asked for. */
    volatile @Nullable String instead;

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
        String given = page;
        if (given != null) {
            return Response.json(200, given);
        }
        String other = instead;
        String process = other != null ? other : String.valueOf(request.query().first("target"));
        if (loops) {
            return Response.json(
                    200,
                    page(process, edges.getOrDefault(process, List.of()).subList(0, 1))
                            .replace("\"has_next_page\":false", "\"has_next_page\":\"true\""));
        }
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
