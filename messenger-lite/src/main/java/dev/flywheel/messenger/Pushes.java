package dev.flywheel.messenger;

import dev.flywheel.messenger.OutboxStore.Ref;
import dev.flywheel.messenger.PushedItems.UnsendableException;
import dev.flywheel.messenger.Task.Kind;
import dev.flywheel.messenger.Task.State;
import dev.flywheel.platform.http.PathParams;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.JsonText;
import dev.flywheel.protocol.Outbox;
import java.util.ArrayList;
import java.util.List;

/** Deliveries that somebody asks for by hand: one message of a result, again. */
final class Pushes {
    private final Parts parts;
    private final TaskRunner runner;

    Pushes(Parts parts, TaskRunner runner) {
        this.parts = parts;
        this.runner = runner;
    }

    private record Asked(String id, String process, int number) {}

    /** {@code POST /push/{id}/{number}?process-id=}. */
    Response push(Request request, PathParams params) throws InterruptedException {
        Asked asked = asked(request, params);
        if (!parts.tuning().pushEnabled()) {
            throw new StatusException(500, "Push is disabled");
        }
        try {
            Outbox.Message message = message(asked);
            Outbox one = new Outbox(List.of(message), List.of(), List.of(), List.of());
            ProcessPlace place = parts.directory().find(asked.process());
            List<String> reasons = new ArrayList<>();
            long nowMs = parts.clock().millis();
            List<NewTask> tasks =
                    new OutboxEntries(one, parent(asked, nowMs), place, parts.items())
                            .tasks(0, 1, reasons);
            if (tasks.isEmpty()) {
                throw new StatusException(500, "the message cannot be sent: " + reasons);
            }
            Ref ref = parts.store().add(tasks.getFirst().withDueMs(nowMs), nowMs);
            if (ref != null) {
                runner.enqueue(ref);
            }
        } catch (UnitFailure e) {
            throw new StatusException(500, String.valueOf(e.getMessage()));
        }
        return Response.json(
                202,
                new JsonText()
                        .beginObject()
                        .name("message")
                        .string("Processing Message Result")
                        .name("id")
                        .string(asked.id())
                        .endObject()
                        .toByteArray());
    }

    /** {@code POST /push-result/{id}/{number}?process-id=}: signs the message for the gateway. */
    Response upload(Request request, PathParams params) throws InterruptedException {
        Asked asked = asked(request, params);
        try {
            DataItem item = parts.items().unaltered(message(asked));
            parts.wallets().put(item.bytes());
            return Response.json(
                    200,
                    new JsonText()
                            .beginObject()
                            .name("message")
                            .string("Result uploaded to HB")
                            .name("id")
                            .string(asked.id())
                            .name("number")
                            .number(asked.number())
                            .name("hbRes")
                            .string(item.id().toString())
                            .endObject()
                            .toByteArray());
        } catch (UnitFailure | UnsendableException e) {
            throw new StatusException(500, String.valueOf(e.getMessage()));
        }
    }

    private static Asked asked(Request request, PathParams params) {
        int number;
        try {
            number = Integer.parseInt(params.get("number"));
        } catch (NumberFormatException e) {
            throw new StatusException(400, "'number' parameter must be a valid number");
        }
        String process = request.query().first("process-id");
        if (!Id.isId(process) || !Id.isId(params.get("id"))) {
            throw new StatusException(400, "id and process-id must be ids of 43 characters");
        }
        return new Asked(params.get("id"), String.valueOf(process), number);
    }

    private Outbox.Message message(Asked asked) throws UnitFailure, InterruptedException {
        List<Outbox.Message> messages =
                parts.compute().result(asked.id(), asked.process()).messages();
        if (asked.number() < 0 || asked.number() >= messages.size()) {
            throw new StatusException(500, "Message number does not exist in the result.");
        }
        return messages.get(asked.number());
    }

    private static Task parent(Asked asked, long nowMs) {
        return new Task(
                0,
                Kind.MESSAGE,
                State.RESULT,
                asked.id(),
                asked.process(),
                null,
                null,
                null,
                "",
                asked.id(),
                asked.id(),
                0,
                0,
                0,
                0,
                nowMs);
    }
}
