package dev.flywheel.cu.unit.http;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.pipeline.ConflictException;
import dev.flywheel.cu.unit.pipeline.Want;
import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.platform.http.PathParams;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.HyperBeamPage;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.JsonText;
import dev.flywheel.protocol.MalformedJsonException;
import dev.flywheel.protocol.ScheduledEntry;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a HyperBEAM node asks of the compute unit beside it: results by slot, snapshots, and taking
 * a memory over. Dry runs have the route of all.
 *
 * <p>A node takes any status below 400 for the slot's result and keeps it, so nothing here says
 * "busy": a request waits, as all readers do, or ends with an error, after which the node leaves
 * the process at its slot and the next reader asks again. An error of the process is no such error:
 * that is a result with {@code Error}.
 */
final class NodeRoutes {
    /** Fits a long. */
    private static final Pattern SLOT = Pattern.compile("\\d{1,18}");

    private final ComputeRoutes.Parts parts;
    private final Waiting waiting;
    private final NodeState states;

    NodeRoutes(ComputeRoutes.Parts parts, Waiting waiting) {
        this.parts = parts;
        this.waiting = waiting;
        this.states = new NodeState(parts.pipeline());
    }

    /** Whether this is how a node names an entry; clients name messages, by 43 characters. */
    static boolean isSlot(String text) {
        return SLOT.matcher(text).matches();
    }

    /** {@code POST /result/{slot}}, with the entry, or {@code GET} without. */
    CompletionStage<Response> result(Request request, PathParams params) {
        Id process = Asked.process(Asked.processId(request));
        String text = params.get("message");
        if (!isSlot(text)) {
            throw new StatusException(
                    400,
                    "a result is posted for by slot, a number, got "
                            + Asked.cut(text)
                            + "; ask for a message's with GET");
        }
        long slot = Long.parseLong(text);
        CompletableFuture<Response> answer = waiting.limited();
        waiting.async(answer, () -> ask(process, slot, posted(request, process, slot), answer));
        return answer.exceptionallyCompose(failure -> examined(process, failure));
    }

    /** Another entry than the evaluated one: who is right, the scheduler is asked. */
    private CompletionStage<Response> examined(Id process, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (!(cause instanceof ConflictException conflict)) {
            return CompletableFuture.failedFuture(failure);
        }
        CompletableFuture<Response> answer = new CompletableFuture<>();
        waiting.async(
                answer,
                () ->
                        answer.completeExceptionally(
                                parts.pipeline().quarantines().examine(process, conflict)));
        return answer;
    }

    private void ask(
            Id process,
            long slot,
            @Nullable ScheduledEntry posted,
            CompletableFuture<Response> answer) {
        ScheduledEntry believed = parts.behindNode() ? posted : null;
        Want.Result want =
                new Want.Result(
                        process,
                        slot,
                        believed,
                        new Want.Slot(posted == null ? null : posted.messageId()),
                        answer);
        Optional<ResultRow> stored = parts.store().at(process, slot);
        if (stored.isPresent()) {
            want.complete(stored.get(), answerOf(stored.get()));
            return;
        }
        if (believed != null) {
            parts.signatures().check(believed);
        }
        parts.pipeline().submit(want);
    }

    private static Response answerOf(ResultRow row) {
        return Response.json(200, row.body().json());
    }

    /**
     * The entry in the body. Null when there is none: then the log has it.
     *
     * @throws StatusException when the body is about something else than the address
     */
    private static @Nullable ScheduledEntry posted(Request request, Id process, long slot) {
        if (request.body().length == 0) {
            return null;
        }
        HyperBeamPage page;
        try {
            page = HyperBeamPage.parse(request.body());
        } catch (MalformedJsonException e) {
            throw new StatusException(
                    400,
                    "body for slot %d of process %s is no schedule page of HyperBEAM: %s. Was this sent by a node with another version? Without a body this unit fetches the slot itself"
                            .formatted(slot, process, e.getMessage()));
        }
        for (ScheduledEntry entry : page.entries()) {
            if (entry.nonce() == slot && entry.processId().equals(process)) {
                return entry;
            }
        }
        if (page.entries().isEmpty()) {
            return null;
        }
        ScheduledEntry other = page.entries().getFirst();
        throw new StatusException(
                422,
                "body is about slot %d of process %s, the address about slot %d of process %s; nothing was evaluated"
                        .formatted(other.nonce(), other.processId(), slot, process));
    }

    /** {@code POST /snapshot/{process}}: what is kept anyway is said to be, at once. */
    CompletionStage<Response> snapshot(Request request, PathParams params) {
        Id process = Asked.process(params.get("process"));
        CompletableFuture<Want.@Nullable Kept> kept = new CompletableFuture<>();
        parts.pipeline().submit(new Want.Snapshot(process, kept));
        CompletableFuture<Response> answer = waiting.limited();
        kept.whenComplete(
                (place, failure) -> {
                    if (failure != null) {
                        answer.completeExceptionally(failure);
                    } else if (place != null) {
                        answer.complete(snapshotOf(process, place));
                    } else {
                        waiting.async(answer, () -> answer.complete(snapshotOfStored(process)));
                    }
                });
        return answer;
    }

    /** What is not in memory has its last checkpoint, and results up to where it stands. */
    private Response snapshotOfStored(Id process) {
        Optional<ResultRow> newest = parts.store().newest(process);
        if (newest.isPresent()) {
            ResultRow row = newest.get();
            return snapshotOf(
                    process,
                    new Want.Kept(
                            null,
                            row.nonce(),
                            row.assignmentId(),
                            null,
                            row.timestamp(),
                            row.blockHeight()));
        }
        JsonText json = new JsonText(256).beginObject().name("success").bool(false).name("message");
        json.string(
                "nothing of process "
                        + process
                        + " was evaluated here, so there is nothing to keep; ask for a result first");
        json.name("processId").string(process.toString());
        return Response.json(404, json.endObject().toByteArray());
    }

    private static Response snapshotOf(Id process, Want.Kept place) {
        String ordinate = Long.toString(Math.max(0, place.nonce()));
        JsonText json = new JsonText(1024).beginObject().name("success").bool(true).name("message");
        json.string("process " + process + " is kept up to slot " + ordinate);
        json.name("processId").string(process.toString());
        json.name("timestamp").number(place.timestamp()).name("ordinate").string(ordinate);
        json.name("snapshot").beginObject().name("processId").string(process.toString());
        optional(json, "moduleId", place.module() == null ? null : place.module().toString());
        optional(json, "assignmentId", place.assignmentId());
        optional(json, "hashChain", place.hashChain());
        json.name("timestamp").number(place.timestamp()).name("epoch").number(0);
        json.name("nonce").number(Math.max(0, place.nonce()));
        json.name("blockHeight").number(place.blockHeight());
        json.name("ordinate").string(ordinate).endObject();
        Response answer =
                Response.json(200, json.endObject().toByteArray())
                        .withHeader("snapshot-timestamp", Long.toString(place.timestamp()))
                        .withHeader("snapshot-ordinate", ordinate)
                        .withHeader("snapshot-nonce", ordinate)
                        .withHeader("snapshot-epoch", "0")
                        .withHeader("snapshot-block-height", Long.toString(place.blockHeight()));
        if (place.module() != null) {
            answer = answer.withHeader("snapshot-module-id", place.module().toString());
        }
        // Its text came from outside, so only an id goes into a header.
        Id chain = Id.parseOrNull(place.hashChain());
        return chain == null ? answer : answer.withHeader("snapshot-hash-chain", chain.toString());
    }

    private static void optional(JsonText json, String name, @Nullable String value) {
        if (value != null) {
            json.name(name).string(value);
        }
    }

    /** {@code POST /state}: the memory of a process as of a slot. */
    Response state(Request request, PathParams params, InputStream body) {
        if (!parts.behindNode()) {
            throw new StatusException(
                    403,
                    "this unit takes memories only from the HyperBEAM node that it is behind; start it with --behind-hyperbeam URL, or use flywheel checkpoint import");
        }
        return states.take(request, body);
    }

    /** A dry run is the node's when its Owner is there and empty. */
    static long dryRunAgeMs(boolean ofNode) {
        return ofNode ? UnitLimits.NODE_DRY_RUN_AGE_MS : UnitLimits.DRY_RUN_AGE_MS;
    }
}
