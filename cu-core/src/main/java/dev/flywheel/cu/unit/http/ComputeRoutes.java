package dev.flywheel.cu.unit.http;

import dev.flywheel.cu.guest.compile.CompileProgress;
import dev.flywheel.cu.unit.ComputeUnitOptions.Settings;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.peer.LogSignatures;
import dev.flywheel.cu.unit.peer.Scheduler;
import dev.flywheel.cu.unit.pipeline.Pipeline;
import dev.flywheel.cu.unit.pipeline.Want;
import dev.flywheel.cu.unit.store.AnswerCache;
import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.cu.unit.store.ResultStore;
import dev.flywheel.cu.unit.store.ResultsPage;
import dev.flywheel.platform.http.PathParams;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Cursor;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.JsonText;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The routes of spec section 4. Answers that are in memory leave on the I/O thread. */
public final class ComputeRoutes {
    private final Parts parts;
    private final Settings settings;
    private final StateImage images;
    private final StateHashes hashes = new StateHashes();
    private final Waits waits;
    private final Callers callers = new Callers(UnitLimits.DRY_RUNS_MAX);
    private final Waiting waiting;
    private final NodeRoutes node;
    private final Semaphore stateReads = new Semaphore(UnitLimits.STATE_READS_MAX);

    /**
     * What the routes work with; they own none of it.
     *
     * @param io runs what blocks
     * @param directory for memory images while they are sent
     * @param node the HyperBEAM node that this unit is behind, whose posted entries and memories
     *     are believed; null for none
     * @param gateway where this unit finds modules
     * @param compiling modules that wait to be compiled, or are being compiled
     */
    public record Parts(
            String address,
            Pipeline pipeline,
            Scheduler scheduler,
            ResultStore store,
            AnswerCache answers,
            ExecutorService io,
            Path directory,
            @Nullable URI node,
            URI gateway,
            LogSignatures signatures,
            Supplier<List<CompileProgress>> compiling,
            InstantSource clock) {
        boolean behindNode() {
            return node != null;
        }
    }

    public ComputeRoutes(Parts parts, Settings settings) {
        this.parts = parts;
        this.settings = settings;
        this.images = new StateImage(parts.directory());
        this.waits = new Waits(parts.pipeline(), parts.compiling(), parts.node(), parts.gateway());
        this.waiting = new Waiting(parts.io(), settings.readerWaitMs());
        this.node = new NodeRoutes(parts, waiting);
    }

    /** The routes. */
    public Routes routes() {
        return new Routes()
                .get("/", (request, params) -> now(about()))
                .get("/status", this::status)
                .get("/result/{message}", this::result)
                .get("/results/{process}", this::results)
                .get("/cron/{process}", this::cron)
                .get("/state/{process}", this::state)
                .get("/state-hash/{process}", this::stateHash)
                .post("/dry-run", this::dryRun)
                .post("/result/{message}", node::result)
                .post("/snapshot/{process}", node::snapshot)
                .upload("/state", UnitLimits.STATE_BODY_BYTES_MAX, node::state)
                .notFound((request, params) -> now(notFound(request)))
                .onError(this::failure);
    }

    private static CompletionStage<Response> now(Response response) {
        return CompletableFuture.completedFuture(response);
    }

    private Response about() {
        JsonText json = new JsonText(128).beginObject().name("address").string(parts.address());
        json.name("timestamp").number(parts.clock().millis());
        return Response.json(200, json.endObject().toByteArray());
    }

    /** With {@code process-id}, how far that process is here as well. */
    private CompletionStage<Response> status(Request request, PathParams params) {
        Id process = Asked.processOrNull(request);
        if (process == null) {
            return now(waits.status(null, null));
        }
        CompletableFuture<Response> answer = waiting.limited();
        waiting.async(
                answer,
                () ->
                        answer.complete(
                                waits.status(process, parts.store().newest(process).orElse(null))));
        return answer;
    }

    private static Response notFound(Request request) {
        JsonText json = new JsonText(128).beginObject().name("message");
        json.string("Route " + request.method() + ":" + request.path() + " not found");
        json.name("error").string("Not Found").name("statusCode").number(404);
        return Response.json(404, json.endObject().toByteArray());
    }

    private @Nullable Response failure(Request request, Throwable failure) {
        if (failure instanceof TimeoutException) {
            return Response.error(
                    504,
                    "no result within "
                            + settings.readerWaitMs()
                            + " ms; the evaluation goes on, ask again"
                            + waits.why(Asked.processOrNull(request)));
        }
        return null;
    }

    // ---- /result

    private CompletionStage<Response> result(Request request, PathParams params) {
        String processText = Asked.processId(request);
        String messageText = params.get("message");
        if (NodeRoutes.isSlot(messageText)) {
            return node.result(request, params);
        }
        Response known = parts.answers().get(processText, messageText);
        if (known != null) {
            return now(known);
        }
        Id process = Asked.process(processText);
        Id message = Asked.message(messageText);
        CompletableFuture<Response> answer = waiting.limited();
        waiting.async(answer, () -> findOrEvaluate(process, message, answer));
        if (settings.busyMs() > 0 && !request.query().has("no-busy")) {
            return answer.copy()
                    .orTimeout(settings.busyMs(), TimeUnit.MILLISECONDS)
                    .exceptionallyCompose(
                            failure -> answer.isDone() ? answer : now(busy(process, message)));
        }
        return answer;
    }

    private void findOrEvaluate(Id process, Id message, CompletableFuture<Response> answer) {
        Optional<ResultRow> stored = parts.store().find(process, message.toString());
        if (stored.isPresent()) {
            answer.complete(parts.answers().keep(stored.get()));
        } else if (message.equals(process)) {
            parts.pipeline().submit(new Want.Result(process, Want.Result.OF_PROCESS, null, answer));
        } else {
            Scheduler.Place place = parts.scheduler().place(process, message);
            parts.pipeline().submit(new Want.Result(process, place.nonce(), place.entry(), answer));
        }
    }

    private Response busy(Id process, Id message) {
        JsonText json = new JsonText(256).beginObject().name("message");
        json.string(
                "Evaluation of process \"%s\" to \"%s\" is in progress.".formatted(process, message)
                        + waits.why(process));
        return Response.json(202, json.endObject().toByteArray());
    }

    // ---- lists

    private CompletionStage<Response> results(Request request, PathParams params) {
        Id process = Asked.process(params.get("process"));
        Cursor from = Asked.cursor(request, "from");
        Cursor to = Asked.cursor(request, "to");
        boolean descending = Asked.descending(request, from, to);
        int limit = Asked.limit(request, UnitLimits.RESULTS_DEFAULT, UnitLimits.PAGE_ROWS_MAX);
        return list(process, new ResultsPage.Query(from, to, descending, false, limit));
    }

    private CompletionStage<Response> cron(Request request, PathParams params) {
        Id process = Asked.process(params.get("process"));
        Cursor from = Asked.cursor(request, "from");
        Cursor to = Asked.cursor(request, "to");
        int limit = Asked.limit(request, UnitLimits.CRON_RESULTS_DEFAULT, UnitLimits.PAGE_ROWS_MAX);
        long until = to == null ? Want.Visit.ANY : to.timestamp();
        CompletableFuture<Response> evaluated = waiting.limited();
        parts.pipeline()
                .submit(
                        new Want.Visit(
                                process,
                                Want.Visit.ANY,
                                until,
                                System.nanoTime(),
                                null,
                                evaluated));
        return evaluated.thenCompose(
                done -> list(process, new ResultsPage.Query(from, to, false, true, limit)));
    }

    private CompletionStage<Response> list(Id process, ResultsPage.Query query) {
        CompletableFuture<Response> answer = new CompletableFuture<>();
        waiting.async(
                answer,
                () ->
                        answer.complete(
                                Response.json(
                                        200,
                                        parts.store()
                                                .page(process, query)
                                                .toJson(query.descending() ? "DESC" : "ASC"))));
        return answer;
    }

    // ---- looks at a process

    private CompletionStage<Response> state(Request request, PathParams params) {
        Id process = Asked.process(params.get("process"));
        long until = Asked.timestamp(request, Want.Visit.ANY);
        boolean head = request.method().equals("HEAD");
        CompletableFuture<Response> answer = stateRead(request);
        parts.pipeline()
                .submit(
                        new Want.Visit(
                                process,
                                Want.Visit.ANY,
                                until,
                                System.nanoTime(),
                                view -> head ? images.head(view) : images.of(view),
                                answer));
        return answer;
    }

    private CompletionStage<Response> stateHash(Request request, PathParams params) {
        Id process = Asked.process(params.get("process"));
        StateHashes.Question question = StateHashes.question(request);
        Response known = hashes.known(process, question);
        if (known != null) {
            return now(known);
        }
        CompletableFuture<Response> answer = stateRead(request);
        parts.pipeline()
                .submit(
                        new Want.Visit(
                                process,
                                question.nonce(),
                                Want.Visit.ANY,
                                System.nanoTime(),
                                view -> hashes.of(view, question),
                                answer));
        return answer;
    }

    /** An answer that has a place among those of its caller, and of all who read memories. */
    private CompletableFuture<Response> stateRead(Request request) {
        callers.enter(request.remoteAddress());
        if (!stateReads.tryAcquire()) {
            callers.leave(request.remoteAddress());
            throw new StatusException(
                    503, "compute unit reads as many memories as it may at once, try again later");
        }
        CompletableFuture<Response> answer = waiting.limited();
        answer.whenComplete(
                (response, failure) -> {
                    stateReads.release();
                    callers.leave(request.remoteAddress());
                });
        return answer;
    }

    private CompletionStage<Response> dryRun(Request request, PathParams params) {
        Id process = Asked.process(Asked.processId(request));
        if (request.body().length > UnitLimits.BODY_BYTES_MAX) {
            throw new StatusException(
                    413,
                    "dry run of process %s not begun: its body has %d bytes, at most %d are taken"
                            .formatted(process, request.body().length, UnitLimits.BODY_BYTES_MAX));
        }
        DryRun dryRun = DryRun.parse(request.body());
        long ageMs = maxAgeMs(request, NodeRoutes.dryRunAgeMs(dryRun.isOfNode()));
        long sinceNs = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(ageMs);
        String to = request.query().first("to");
        CompletableFuture<Response> answer = waiting.limited();
        callers.enter(request.remoteAddress());
        answer.whenComplete((response, failure) -> callers.leave(request.remoteAddress()));
        Want.Look look =
                view -> Response.json(200, view.dryRun(dryRun.message(view)).toResultJson());
        if (to == null || to.isEmpty()) {
            parts.pipeline()
                    .submit(
                            new Want.Visit(
                                    process,
                                    Want.Visit.ANY,
                                    Want.Visit.ANY,
                                    sinceNs,
                                    look,
                                    answer));
        } else {
            waiting.async(answer, () -> dryRunAt(process, to, sinceNs, look, answer));
        }
        return answer;
    }

    private void dryRunAt(
            Id process,
            String to,
            long sinceNs,
            Want.Look look,
            CompletableFuture<Response> answer) {
        Id message = Asked.message(to);
        long nonce =
                message.equals(process) ? 0 : parts.scheduler().place(process, message).nonce();
        parts.pipeline()
                .submit(new Want.Visit(process, nonce, Want.Visit.ANY, sinceNs, look, answer));
    }

    private static long maxAgeMs(Request request, long usualMs) {
        String text = request.header("x-max-age");
        try {
            return text == null
                    ? usualMs
                    : Math.clamp(Long.parseLong(text.strip()), 0, UnitLimits.LOCATION_MS_MAX);
        } catch (NumberFormatException e) {
            return usualMs;
        }
    }
}
