package dev.flywheel.messenger;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.MalformedJsonException;
import dev.flywheel.protocol.ProcessRecord;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What the messenger asks of schedulers (spec 6.3). Thread-safe; blocks. */
final class SchedulerClient {
    private final Peer peer;

    SchedulerClient(Peer peer) {
        this.peer = peer;
    }

    /** What a scheduler said to an item or an assignment. */
    sealed interface Delivery permits Taken, Known {}

    /**
     * It is scheduled.
     *
     * @param id id of the item, or of the assignment
     */
    record Taken(String id) implements Delivery {}

    /** It was scheduled before. */
    record Known(int status, String text) implements Delivery {}

    /**
     * Hands an item to the scheduler.
     *
     * @throws UnitFailure when it refuses, or does not answer
     */
    Delivery post(String scheduler, byte[] item) throws UnitFailure, InterruptedException {
        return delivery(peer.post(scheduler, item));
    }

    /**
     * Asks for an assignment.
     *
     * @param query further parameters, each beginning with an ampersand, or ""
     * @throws UnitFailure when it refuses, or does not answer
     */
    Delivery assign(String scheduler, String process, String message, String query)
            throws UnitFailure, InterruptedException {
        String url = scheduler + "/?process-id=" + process + "&assign=" + message + query;
        return delivery(peer.post(url, new byte[0]));
    }

    private Delivery delivery(Answer answer) throws UnitFailure {
        if (!answer.isSuccess()) {
            boolean known =
                    answer.status() == 409
                            || (answer.status() == 400
                                    && answer.text()
                                            .toLowerCase(Locale.ROOT)
                                            .contains("already exists"));
            if (known) {
                return new Known(answer.status(), UnitFailure.shortened(answer.text()));
            }
            throw UnitFailure.answered(peer.name(), answer);
        }
        JsonNode id = json(answer).path("id");
        if (!id.isString()) {
            throw UnitFailure.nonsense(peer.name(), "no id in " + shortened(answer));
        }
        return new Taken(id.stringValue());
    }

    /** The record of a process, or null when the scheduler knows none of that id. */
    @Nullable ProcessRecord process(String scheduler, String process)
            throws UnitFailure, InterruptedException {
        Answer answer = peer.get(scheduler + "/processes/" + process);
        if (answer.status() == 400 || answer.status() == 404) {
            return null;
        }
        if (!answer.isSuccess()) {
            throw UnitFailure.answered(peer.name(), answer);
        }
        try {
            return ProcessRecord.parse(answer.body());
        } catch (MalformedJsonException e) {
            throw UnitFailure.nonsense(peer.name(), String.valueOf(e.getMessage()));
        }
    }

    /** Id of the assignment of a message to a process, or null when the scheduler shows none. */
    @Nullable String assignment(String scheduler, String process, String message)
            throws UnitFailure, InterruptedException {
        Answer answer = peer.get(scheduler + "/" + message + "?process-id=" + process);
        if (!answer.isSuccess()) {
            return null;
        }
        JsonNode id = json(answer).path("assignment").path("id");
        return id.isString() ? id.stringValue() : null;
    }

    private JsonNode json(Answer answer) throws UnitFailure {
        try {
            return Json.MAPPER.readTree(answer.body());
        } catch (JacksonException e) {
            throw UnitFailure.nonsense(peer.name(), "no JSON: " + shortened(answer));
        }
    }

    private static String shortened(Answer answer) {
        return UnitFailure.shortened(answer.text());
    }
}
