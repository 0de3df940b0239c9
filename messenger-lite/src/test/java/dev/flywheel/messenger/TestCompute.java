package dev.flywheel.messenger;

import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.PathParams;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A compute unit that answers what the test says, and records what it is asked. */
final class TestCompute implements AutoCloseable {
    private final Waiting waiting;
    private final HttpEdge edge;

    /** Results by id; others are asked of {@link #behaviour}. */
    final Map<String, String> results = new ConcurrentHashMap<>();

    /** The result of an id and a process. */
    volatile BiFunction<String, String, String> behaviour = (id, process) -> Results.EMPTY;

    /** Path and query of each request. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    /** Answers in place of the compute unit, perhaps never; null lets it work. */
    volatile Function<Request, @Nullable CompletionStage<Response>> fault = request -> null;

    /** The body of {@code /cron} for its {@code from}. */
    volatile Function<@Nullable String, String> cron = from -> page();

    /** The body of {@code /results}. */
    volatile String newest = page();

    TestCompute(Waiting waiting) {
        this.waiting = waiting;
        Routes routes =
                new Routes()
                        .get("/result/{id}", this::result)
                        .get("/results/{id}", (request, params) -> answer(request, newest))
                        .get(
                                "/cron/{id}",
                                (request, params) ->
                                        answer(request, cron.apply(request.query().first("from"))));
        this.edge =
                HttpEdge.start(
                        "test-compute",
                        new InetSocketAddress("127.0.0.1", 0),
                        HttpLimits.forItems(),
                        routes);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + edge.port());
    }

    /** A page of cursors and results in turn. */
    static String page(String... cursorsAndResults) {
        StringBuilder edges = new StringBuilder();
        for (int i = 0; i < cursorsAndResults.length; i += 2) {
            edges.append(i == 0 ? "" : ",")
                    .append("{\"cursor\":\"")
                    .append(cursorsAndResults[i])
                    .append("\",\"node\":")
                    .append(cursorsAndResults[i + 1])
                    .append("}");
        }
        return "{\"pageInfo\":{\"hasNextPage\":false},\"edges\":[" + edges + "]}";
    }

    private CompletionStage<Response> result(Request request, PathParams params) {
        String id = params.get("id");
        String known = results.get(id);
        String process = String.valueOf(request.query().first("process-id"));
        return answer(request, known == null ? behaviour.apply(id, process) : known);
    }

    private CompletionStage<Response> answer(Request request, String json) {
        asked.add(request.rawPath() + "?" + request.rawQuery());
        CompletionStage<Response> failure = fault.apply(request);
        waiting.tell();
        return failure == null
                ? CompletableFuture.completedFuture(Response.json(200, json))
                : failure;
    }

    @Override
    public void close() {
        edge.close();
    }
}
