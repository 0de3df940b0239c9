package dev.flywheel.messenger;

import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.PathParams;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.ItemVerifier;
import dev.flywheel.protocol.MalformedItemException;
import dev.flywheel.protocol.ProcessRecord;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler that records what it is given, takes each id once, and fails as it is told. It checks
 * signatures, as a real one does.
 */
final class TestScheduler implements AutoCloseable {
    static final String EXISTS = "{\"error\":\"MessageExists(\\\"Message already exists\\\")\"}";
    static final String NOT_FOUND = "{\"error\":\"Message or Process not found\"}";

    private final Waiting waiting;
    private final ItemVerifier verifier = new ItemVerifier();
    private final Map<String, DataItem> scheduled = new LinkedHashMap<>();
    private final Map<String, DataItem> processes = new ConcurrentHashMap<>();
    private final Map<String, String> assigned = new ConcurrentHashMap<>();

    /** Ids in the order of their posts, repeated ones included. */
    final List<String> posts = new CopyOnWriteArrayList<>();

    /** Queries of assignments, repeated ones included. */
    final List<String> assigns = new CopyOnWriteArrayList<>();

    /** Answers in place of the scheduler; null lets it work. */
    volatile Function<Request, @Nullable Response> fault = request -> null;

    /** Answers after the scheduler did its work; null leaves its answer. */
    volatile Function<Request, @Nullable Response> lostAnswer = request -> null;

    private final HttpEdge edge;

    TestScheduler(Waiting waiting) {
        this.waiting = waiting;
        Routes routes =
                new Routes()
                        .post("/", (request, params) -> done(post(request)))
                        .get("/processes/{id}", (request, params) -> done(process(request, params)))
                        .get("/{id}", (request, params) -> done(message(request, params)));
        this.edge =
                HttpEdge.start(
                        "test-scheduler",
                        new InetSocketAddress("127.0.0.1", 0),
                        HttpLimits.forItems(),
                        routes);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + edge.port());
    }

    /** Makes a process known; its id. */
    String add(DataItem process) {
        processes.put(process.id().toString(), process);
        return process.id().toString();
    }

    /** Items in the order in which they were scheduled. */
    synchronized List<DataItem> scheduled() {
        return new ArrayList<>(scheduled.values());
    }

    /** Scheduled items with this target. */
    List<DataItem> scheduledFor(String target) {
        return scheduled().stream()
                .filter(item -> target.equals(String.valueOf(item.target())))
                .toList();
    }

    @Nullable DataItem find(String id) {
        synchronized (this) {
            return scheduled.get(id);
        }
    }

    private static CompletableFuture<Response> done(Response response) {
        return CompletableFuture.completedFuture(response);
    }

    private Response post(Request request) {
        Response failure = fault.apply(request);
        if (failure != null) {
            waiting.tell();
            return failure;
        }
        Response answer =
                request.query().has("assign") ? assign(request) : schedule(request.body());
        Response lost = lostAnswer.apply(request);
        waiting.tell();
        return lost == null ? answer : lost;
    }

    private Response schedule(byte[] body) {
        try {
            DataItem item = DataItem.parse(body);
            if (!verifier.verify(item)) {
                return Response.error(400, "Signature verification failed");
            }
            String id = item.id().toString();
            posts.add(id);
            synchronized (this) {
                if (scheduled.putIfAbsent(id, item) != null) {
                    return Response.json(400, EXISTS);
                }
            }
            if (item.tags().contains("Type", "Process")) {
                processes.put(id, item);
            }
            return taken(id);
        } catch (MalformedItemException e) {
            return Response.error(400, String.valueOf(e.getMessage()));
        }
    }

    private Response assign(Request request) {
        assigns.add(request.rawQuery());
        String key = request.query().first("assign") + "@" + request.query().first("process-id");
        String id = TestItems.id("assignment " + key);
        return assigned.putIfAbsent(key, id) == null ? taken(id) : Response.json(400, EXISTS);
    }

    private static Response taken(String id) {
        return Response.json(200, "{\"id\":\"" + id + "\",\"timestamp\":1795457927517}");
    }

    private Response process(Request request, PathParams params) {
        Response failure = fault.apply(request);
        if (failure != null) {
            return failure;
        }
        DataItem item = processes.get(params.get("id"));
        return item == null
                ? Response.json(400, NOT_FOUND)
                : Response.json(200, ProcessRecord.of(item, 1_600_000, 1L).toJson());
    }

    private Response message(Request request, PathParams params) {
        String id = assigned.get(params.get("id") + "@" + request.query().first("process-id"));
        return id == null
                ? Response.json(400, NOT_FOUND)
                : Response.json(200, "{\"message\":null,\"assignment\":{\"id\":\"" + id + "\"}}");
    }

    @Override
    public void close() {
        edge.close();
    }
}
