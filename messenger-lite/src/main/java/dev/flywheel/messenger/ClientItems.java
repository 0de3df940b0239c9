package dev.flywheel.messenger;

import dev.flywheel.messenger.OutboxStore.Ref;
import dev.flywheel.messenger.OutboxStore.SideWrite;
import dev.flywheel.messenger.SchedulerClient.Delivery;
import dev.flywheel.messenger.SchedulerClient.Known;
import dev.flywheel.messenger.SchedulerClient.Taken;
import dev.flywheel.messenger.Task.Kind;
import dev.flywheel.messenger.Task.State;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemVerifier;
import dev.flywheel.protocol.JsonText;
import dev.flywheel.protocol.MalformedItemException;
import dev.flywheel.protocol.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What clients post (spec 6.1, 6.2): checked, recorded, handed to the scheduler, answered, then
 * followed by the runner. Thread-safe; blocks.
 */
final class ClientItems {
    private static final Logger LOG = LoggerFactory.getLogger(ClientItems.class);

    /** Texts of the reference. */
    static final String INVALID_ITEM =
            "'body': A valid and signed data item must be provided as the body.";

    static final String UNKNOWN_TARGET =
            "TypeError: Cannot read properties of undefined (reading 'tags')";
    static final String LOST_TEXT = "Error: Error: [object Response]";

    private final Parts parts;
    private final TaskRunner runner;
    private final ItemVerifier verifier = new ItemVerifier();

    /** Items on their way, so that the same item posted twice at once is one delivery. */
    private final ConcurrentHashMap<Id, CompletableFuture<Response>> underway =
            new ConcurrentHashMap<>();

    ClientItems(Parts parts, TaskRunner runner) {
        this.parts = parts;
        this.runner = runner;
    }

    /** The signed item in a body, verified once; the scheduler verifies for itself. */
    DataItem verified(byte[] body) {
        try {
            DataItem item = DataItem.parse(body);
            if (verifier.verify(item)) {
                return item;
            }
        } catch (MalformedItemException e) {
            LOG.debug("refused a body", e);
        }
        throw new StatusException(500, INVALID_ITEM);
    }

    /** {@code POST /} with an item. */
    Response post(Request request) throws InterruptedException {
        DataItem item = verified(request.body());
        CompletableFuture<Response> mine = new CompletableFuture<>();
        CompletableFuture<Response> other = underway.putIfAbsent(item.id(), mine);
        if (other != null) {
            return other.join();
        }
        try {
            Response response = take(item, kind(item), request.remoteAddress());
            mine.complete(response);
            return response;
        } catch (RuntimeException | InterruptedException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            underway.remove(item.id(), mine);
        }
    }

    private static Kind kind(DataItem item) {
        if (!item.tags().contains("Data-Protocol", "ao")) {
            throw new StatusException(500, "Tag 'Data-Protocol': must contain 'ao'");
        }
        for (Tag tag : item.tags()) {
            if (tag.name().equals("Type")) {
                if (tag.value().equals("Process")) {
                    return Kind.PROCESS;
                }
                if (tag.value().equals("Message")) {
                    return Kind.MESSAGE;
                }
            }
        }
        throw new StatusException(500, "Tag 'Type': must be either 'Process' or 'Message'");
    }

    private Response take(DataItem item, Kind kind, String ip) throws InterruptedException {
        Response full = refuseWhenFull();
        if (full != null) {
            return full;
        }
        String id = item.id().toString();
        ProcessPlace place;
        try {
            place = place(item, kind);
        } catch (UnitFailure e) {
            return unavailable(e, false);
        }
        if (place == null) {
            return unknownTarget(item, kind);
        }
        String process = kind == Kind.PROCESS ? id : String.valueOf(item.target());
        long nowMs = parts.clock().millis();
        NewTask task = NewTask.ofClient(kind, item, process, nowMs);
        // Null when a crash left it open: then the runner sends it as well, and the scheduler
        // tells one of the two that it is known.
        Ref ref = parts.store().add(task, nowMs);
        try {
            Delivery delivery = parts.scheduler().post(place.schedulerUrl(), item.bytes());
            if (delivery instanceof Known known) {
                forget(ref, id);
                String text = "Error: " + known.status() + ": " + known.text();
                return refusal(kind == Kind.MESSAGE ? "Error: " + text : text);
            }
            if (kind == Kind.PROCESS) {
                parts.directory().learned(id, place);
            }
            follow(
                    ref,
                    null,
                    task,
                    parts.traces().ofClient(kind, id, process, item.ownerAddress(), ip));
            return accepted("Processing DataItem", id);
        } catch (UnitFailure e) {
            return notDelivered(e, ref, id, kind == Kind.MESSAGE ? "Error: Error: " : "Error: ");
        }
    }

    private @Nullable ProcessPlace place(DataItem item, Kind kind)
            throws UnitFailure, InterruptedException {
        if (kind == Kind.PROCESS) {
            if (!item.tags().has("Scheduler")) {
                throw new StatusException(500, "No Scheduler tag found on 'Process' DataItem");
            }
            return parts.directory().placeOfNew(item);
        }
        String from = item.tags().first("From-Process");
        if (from != null && parts.tuning().blockedSenders().contains(from)) {
            throw new StatusException(500, "Error: Invalid From-Process value.");
        }
        Id target = item.target();
        return target == null ? null : parts.directory().find(target.toString());
    }

    private Response unknownTarget(DataItem item, Kind kind) {
        return kind == Kind.PROCESS
                ? refusal(
                        "Error: Could not find 'Scheduler-Location' owner by wallet "
                                + item.tags().first("Scheduler"))
                : refusal(
                        UNKNOWN_TARGET,
                        item.target() == null
                                ? "the message has no target; set it to a process"
                                : "no scheduler knows the process " + item.target());
    }

    /** {@code POST /?process-id=&assign=}. */
    Response assign(Request request) throws InterruptedException {
        String process = request.query().first("process-id");
        String message = request.query().first("assign");
        if (process == null || process.isEmpty() || message == null || message.isEmpty()) {
            return Response.error(
                    400,
                    "You must set both process-id and assign to send an assignment, not just one");
        }
        Response full = refuseWhenFull();
        if (full != null) {
            return full;
        }
        if (!Id.isId(process) || !Id.isId(message)) {
            return refusal(LOST_TEXT, "process-id and assign must be ids of 43 characters");
        }
        try {
            ProcessPlace place = parts.directory().find(process);
            return place == null
                    ? refusal(UNKNOWN_TARGET, "no scheduler knows the process " + process)
                    : assign(process, message, place, request);
        } catch (UnitFailure e) {
            return unavailable(e, false);
        }
    }

    private Response assign(String process, String message, ProcessPlace place, Request request)
            throws InterruptedException {
        List<String> exclude = new ArrayList<>();
        for (String field : String.join(",", request.query().all("exclude")).split(",", -1)) {
            if (!field.isBlank()) {
                exclude.add(field.strip());
            }
        }
        String query = OutboxEntries.query(request.query().has("base-layer"), exclude);
        long nowMs = parts.clock().millis();
        NewTask task =
                new NewTask(
                        Kind.ASSIGN,
                        State.SEND,
                        message,
                        process,
                        null,
                        null,
                        query,
                        null,
                        "assign " + message + " " + process,
                        0,
                        nowMs);
        Ref ref = parts.store().add(task, nowMs);
        try {
            Delivery delivery =
                    parts.scheduler().assign(place.schedulerUrl(), process, message, query);
            if (delivery instanceof Taken taken) {
                SideWrite trace =
                        parts.traces()
                                .ofClient(
                                        Kind.ASSIGN, message, process, "", request.remoteAddress());
                follow(ref, taken.id(), task, trace);
                return accepted("Processing Assignment", taken.id());
            }
            forget(ref, task.chain());
            return refusal(LOST_TEXT, "the scheduler has this assignment already");
        } catch (UnitFailure e) {
            return e.isRefusal()
                    ? refusedAssignment(e, ref, task)
                    : notDelivered(e, ref, task.chain(), "Error: Error: ");
        }
    }

    private Response refusedAssignment(UnitFailure e, @Nullable Ref ref, NewTask task) {
        forget(ref, task.chain());
        return refusal(LOST_TEXT, String.valueOf(e.getMessage()));
    }

    private @Nullable Response refuseWhenFull() {
        int open = parts.store().open();
        if (open < parts.tuning().openTasksMax()) {
            return null;
        }
        parts.counters().refused.increment();
        return Response.error(
                        503,
                        "messenger has %d deliveries to make (limit %d); nothing was sent, try again in a few seconds"
                                .formatted(open, parts.tuning().openTasksMax()))
                .withHeader("Retry-After", "5");
    }

    /**
     * The client need not wait for this: a crash before it leaves the task to be sent again, which
     * the scheduler takes for what it is.
     */
    private void follow(
            @Nullable Ref ref, @Nullable String resultId, NewTask task, SideWrite trace) {
        parts.counters().accepted.increment();
        if (ref == null) {
            return;
        }
        long nowMs = parts.clock().millis();
        List<NewTask> followers = new ArrayList<>();
        if (task.kind() == Kind.PROCESS && !task.extra().isEmpty()) {
            followers.add(
                    new NewTask(
                            Kind.ASSIGN,
                            State.SEND,
                            task.itemId(),
                            task.extra(),
                            null,
                            null,
                            "",
                            null,
                            task.chain(),
                            1,
                            nowMs));
        }
        parts.store()
                .acknowledged(ref.seq(), resultId, followers, trace, nowMs)
                .whenComplete(
                        (refs, failure) -> {
                            if (failure != null) {
                                LOG.error(
                                        "acknowledgement not recorded, item is sent again item={}",
                                        task.itemId(),
                                        failure);
                                runner.enqueue(later(ref));
                            } else {
                                runner.enqueue(
                                        new Ref(ref.seq(), State.RESULT, ref.process(), nowMs));
                                refs.forEach(runner::enqueue);
                            }
                        });
    }

    private Response notDelivered(UnitFailure e, @Nullable Ref ref, String chain, String prefix) {
        if (e.isUncertain()) {
            if (ref != null) {
                runner.enqueue(later(ref));
            }
            return unavailable(e, true);
        }
        forget(ref, chain);
        return e.isRefusal() ? refusal(prefix + e.answer()) : unavailable(e, false);
    }

    private Ref later(Ref ref) {
        long dueMs = parts.clock().millis() + parts.retry().pauseMs(1);
        return new Ref(ref.seq(), State.SEND, ref.process(), dueMs);
    }

    private void forget(@Nullable Ref ref, String chain) {
        if (ref != null) {
            parts.store().end(ref.seq(), chain, s -> {});
        }
    }

    private Response unavailable(UnitFailure e, boolean kept) {
        parts.counters().refused.increment();
        return Response.error(
                502,
                e.getMessage()
                        + (kept
                                ? "; it may be scheduled, and is sent again under the same id: read its result before you sign another"
                                : "; nothing was scheduled, try again"));
    }

    private Response refusal(String text) {
        return refusal(text, null);
    }

    private Response refusal(String text, @Nullable String detail) {
        parts.counters().refused.increment();
        JsonText json = new JsonText().beginObject().name("error").string(text);
        if (detail != null) {
            json.name("detail").string(detail);
        }
        return Response.json(500, json.endObject().toByteArray());
    }

    private static Response accepted(String message, String id) {
        return Response.json(
                202,
                new JsonText()
                        .beginObject()
                        .name("message")
                        .string(message)
                        .name("id")
                        .string(id)
                        .endObject()
                        .toByteArray());
    }
}
