package dev.flywheel.messenger;

import dev.flywheel.platform.http.BlockingHandler;
import dev.flywheel.platform.http.Handler;
import dev.flywheel.platform.http.PathParams;
import dev.flywheel.platform.http.Query;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.platform.sql.SqlStoreException;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** The messenger's routes (spec 6.1). */
final class MessengerRoutes {
    private static final String NAME = "ao messenger unit";

    private final Parts parts;
    private final ClientItems items;
    private final Monitors monitors;
    private final Pushes pushes;
    private final ExecutorService blocking;

    MessengerRoutes(
            Parts parts,
            ClientItems items,
            Monitors monitors,
            Pushes pushes,
            ExecutorService blocking) {
        this.parts = parts;
        this.items = items;
        this.monitors = monitors;
        this.pushes = pushes;
        this.blocking = blocking;
    }

    Routes routes() {
        return new Routes()
                .get("/", this::root)
                .post("/", slow((request, params) -> post(request)))
                .post("/monitor/{id}", slow(this::monitor))
                .delete("/monitor/{id}", slow(this::unmonitor))
                .post("/push/{id}/{number}", slow(pushes::push))
                .post("/push-result/{id}/{number}", slow(pushes::upload))
                .onError(this::failure);
    }

    private Handler slow(BlockingHandler handler) {
        return Routes.blocking(blocking, handler);
    }

    private @Nullable Response failure(Request request, Throwable failure) {
        if (failure instanceof StatusException) {
            parts.counters().refused.increment();
        }
        if (failure instanceof SqlStoreException) {
            parts.counters().refused.increment();
            return Response.error(
                    503,
                    "the outbox cannot be written, nothing was sent; free disk space or see the log: "
                            + failure.getMessage());
        }
        return null;
    }

    private Response post(Request request) throws InterruptedException {
        boolean assigns = request.query().has("process-id") || request.query().has("assign");
        return assigns ? items.assign(request) : items.post(request);
    }

    private CompletableFuture<Response> root(Request request, PathParams params) {
        if (!request.query().has("debug")) {
            return CompletableFuture.completedFuture(html(NAME));
        }
        return CompletableFuture.supplyAsync(() -> traces(request.query()), blocking);
    }

    /** Express calls plain text HTML. */
    private static Response html(String text) {
        return Response.bytes(
                200, "text/html; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    private Response traces(Query query) {
        List<String> given = new ArrayList<>();
        for (String name : List.of("message", "spawn", "assign")) {
            if (query.has(name)) {
                given.add(name);
            }
        }
        if (given.size() > 1) {
            return Response.error(
                    422, "Only one of message, assign, or spawn query parameters can be provided");
        }
        String process = query.first("process");
        if (process == null || process.isEmpty()) {
            return Response.error(500, "'process': Process ID is required.");
        }
        String type = given.isEmpty() ? null : given.getFirst();
        return Response.json(
                200,
                parts.traces()
                        .page(
                                new Traces.Query(
                                        process,
                                        type == null ? null : type.toUpperCase(Locale.ROOT),
                                        type == null ? null : query.first(type),
                                        query.first("wallet"),
                                        number(query.first("page"), 1, Integer.MAX_VALUE),
                                        number(
                                                query.first("page-size"),
                                                MessengerLimits.TRACE_PAGE,
                                                MessengerLimits.TRACE_PAGE_MAX))));
    }

    private static int number(@Nullable String text, int usual, int max) {
        if (text == null || text.isEmpty()) {
            return usual;
        }
        try {
            return Math.clamp(Long.parseLong(text), 1, max);
        } catch (NumberFormatException e) {
            throw new StatusException(400, "page and page-size must be numbers, got " + text);
        }
    }

    private Response monitor(Request request, PathParams params) {
        if (request.body().length == 0) {
            return Response.text(400, "Signed data item is required");
        }
        DataItem item = items.verified(request.body());
        return switch (monitors.start(process(item, params), item.ownerAoAddress())) {
            case ALREADY -> refused(500, "Process already being monitored");
            case TOO_MANY ->
                    refused(
                            503,
                            "messenger monitors %d processes, which is its limit; stop another"
                                    .formatted(monitors.count()));
            default -> html("Monitoring process");
        };
    }

    private Response unmonitor(Request request, PathParams params) throws InterruptedException {
        if (request.body().length == 0) {
            return Response.text(400, "Signed data item is required");
        }
        DataItem item = items.verified(request.body());
        return switch (monitors.stop(process(item, params), item.ownerAoAddress())) {
            case UNKNOWN -> refused(500, "Process monitor not found");
            case NOT_YOURS ->
                    refused(
                            403,
                            "only the wallet that started the monitor, or the process's owner, may stop it");
            default -> html("Process deleted");
        };
    }

    private Response refused(int status, String text) {
        parts.counters().refused.increment();
        return Response.error(status, text);
    }

    /** The item's target counts, as in the reference; the path only where there is none. */
    private static String process(DataItem item, PathParams params) {
        String process = item.target() == null ? params.get("id") : item.target().toString();
        if (!Id.isId(process)) {
            throw new StatusException(400, "process is no id of 43 characters: " + process);
        }
        return process;
    }
}
