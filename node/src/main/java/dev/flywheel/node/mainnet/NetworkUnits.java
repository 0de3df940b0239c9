package dev.flywheel.node.mainnet;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.MalformedJsonException;
import dev.flywheel.protocol.ScheduledEntry;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** The units of the network, asked as anybody asks them. Blocks; thread-safe. */
final class NetworkUnits implements AutoCloseable {
    private final URI scheduler;
    private final URI messenger;
    private final URI compute;
    private final HttpCalls calls = new HttpCalls(MainnetLimits.ofCalls());

    NetworkUnits(MainnetOptions options) {
        this.scheduler = options.scheduler();
        this.messenger = options.messenger();
        this.compute = options.compute();
    }

    /** Gives an item to the messenger. */
    Answer deliver(byte[] item) throws InterruptedException {
        return send("messenger", Call.post(messenger + "/", "application/octet-stream", item));
    }

    /**
     * The slot of a message, or of a process in its own log; null where the scheduler does not know
     * it.
     */
    @Nullable Long slot(Id process, Id message) throws InterruptedException {
        if (message.equals(process)) {
            return knows(process) ? 0L : null;
        }
        Answer answer = schedulerSays("/" + message + "?process-id=" + process);
        return answer.isSuccess() ? (Long) nonce(answer) : null;
    }

    private boolean knows(Id process) throws InterruptedException {
        return schedulerSays("/processes/" + process).isSuccess();
    }

    /**
     * The newest slot of a process.
     *
     * @throws StatusException 404 when there is no such process
     */
    long newestSlot(Id process) throws InterruptedException {
        Answer latest = schedulerSays("/" + process + "/latest");
        if (latest.isSuccess()) {
            return nonce(latest);
        }
        // A process without messages has no latest one; its own assignment is slot 0.
        if (knows(process)) {
            return 0;
        }
        throw new StatusException(
                404, "the scheduler %s knows no process %s".formatted(scheduler, process));
    }

    /** The compute unit's answer for a slot, or for the id of a message. */
    Answer result(Id process, String place) throws InterruptedException {
        return send(
                "compute unit",
                Call.get(
                        "%s/result/%s?process-id=%s&no-busy=1".formatted(compute, place, process)));
    }

    Answer dryRun(Id process, byte[] json) throws InterruptedException {
        return send(
                "compute unit",
                Call.post(compute + "/dry-run?process-id=" + process, "application/json", json));
    }

    private Answer schedulerSays(String path) throws InterruptedException {
        Answer answer = send("scheduler", Call.get(scheduler + path));
        if (answer.status() >= 500) {
            throw new StatusException(502, "the scheduler answered " + error(answer));
        }
        return answer;
    }

    private static long nonce(Answer answer) {
        try {
            return ScheduledEntry.parse(answer.body()).nonce();
        } catch (MalformedJsonException e) {
            throw new StatusException(
                    502, "the scheduler's answer is no entry of a log: " + e.getMessage());
        }
    }

    private Answer send(String unit, Call call) throws InterruptedException {
        try {
            return calls.send(call);
        } catch (IOException e) {
            throw new StatusException(
                    502, "the %s did not answer: %s".formatted(unit, e.getMessage()));
        }
    }

    /** The status and what a unit said was wrong. */
    static String error(Answer answer) {
        String text = answer.text();
        try {
            String said = Json.MAPPER.readTree(answer.body()).path("error").stringValue("");
            text = said.isEmpty() ? text : said;
        } catch (JacksonException e) {
            // Not all that a unit says is JSON.
        }
        return answer.status() + ": " + text;
    }

    @Override
    public void close() {
        calls.close();
    }
}
