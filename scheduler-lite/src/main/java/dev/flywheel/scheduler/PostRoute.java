package dev.flywheel.scheduler;

import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.JsonText;
import dev.flywheel.protocol.MalformedItemException;
import dev.flywheel.protocol.Tags;
import dev.flywheel.scheduler.log.LogEntry;
import dev.flywheel.scheduler.pipeline.Admission;
import dev.flywheel.scheduler.pipeline.Pipeline;
import dev.flywheel.scheduler.pipeline.Receipt;
import dev.flywheel.scheduler.pipeline.Refusals;
import dev.flywheel.scheduler.pipeline.Submission;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /}: a signed item, or an id to assign. Called on I/O threads; only what needs the
 * gateway goes to a thread of its own.
 */
final class PostRoute {
    private final Pipeline pipeline;
    private final Admission admission;
    private final Assigns assigns;
    private final Executor waiting;
    private final int messageBytesMax;
    private final Semaphore gatewayCalls = new Semaphore(SchedulerLimits.GATEWAY_CALLS_MAX);

    /**
     * @param waiting runs what waits for the gateway
     * @param messageBytesMax largest message item in bytes, 0 for no limit
     */
    PostRoute(
            Pipeline pipeline,
            Admission admission,
            Assigns assigns,
            Executor waiting,
            int messageBytesMax) {
        this.pipeline = pipeline;
        this.admission = admission;
        this.assigns = assigns;
        this.waiting = waiting;
        this.messageBytesMax = messageBytesMax;
    }

    CompletionStage<Response> post(Request request) {
        String process = request.query().first("process-id");
        String assign = request.query().first("assign");
        if ((process == null) != (assign == null)) {
            throw new StatusException(400, "If sending assign or process-id, you must send both.");
        }
        if (process != null && assign != null) {
            Assigns.Asked asked =
                    new Assigns.Asked(
                            process,
                            assign,
                            request.query().has("base-layer"),
                            exclude(request.query().first("exclude")));
            return later(() -> assigns.submission(asked));
        }
        DataItem item = parse(request.body());
        Tags tags = item.tags();
        requireSize(item);
        String boot = tags.contains("Type", "Process") ? tags.first("On-Boot") : null;
        if (boot == null || boot.equals("Data")) {
            return submit(Submission.of(item));
        }
        return later(
                () -> {
                    // Nobody without a signature makes this unit call another.
                    admission.requireSigned(item);
                    if (Admission.kind(item) == LogEntry.Kind.PROCESS) {
                        assigns.requireBoot(boot);
                    }
                    return Submission.of(item);
                });
    }

    private static DataItem parse(byte[] body) {
        try {
            return DataItem.parse(body);
        } catch (MalformedItemException e) {
            throw Refusals.bytes(String.valueOf(e.getMessage()));
        }
    }

    private void requireSize(DataItem item) {
        if (messageBytesMax > 0
                && item.size() > messageBytesMax
                && !item.tags().contains("Type", "Process")) {
            throw new StatusException(
                    400, "Message size exceeds maximum of " + messageBytesMax + " bytes");
        }
    }

    private static List<String> exclude(@Nullable String text) {
        List<String> fields = new ArrayList<>();
        if (text != null && !text.isEmpty()) {
            for (String field : text.split(",", SchedulerLimits.EXCLUDES_MAX + 1)) {
                fields.add(field);
                if (fields.size() > SchedulerLimits.EXCLUDES_MAX
                        || field.length() > SchedulerLimits.EXCLUDE_CHARS_MAX) {
                    throw new StatusException(
                            400,
                            "exclude holds at most %d fields of %d characters"
                                    .formatted(
                                            SchedulerLimits.EXCLUDES_MAX,
                                            SchedulerLimits.EXCLUDE_CHARS_MAX));
                }
            }
        }
        return fields;
    }

    /** Makes a submission; may wait. */
    @FunctionalInterface
    private interface Preparation {
        Submission prepare() throws InterruptedException;
    }

    private CompletionStage<Response> later(Preparation preparation) {
        if (!gatewayCalls.tryAcquire()) {
            throw new StatusException(
                    503,
                    "The scheduler waits for %d answers of the gateway already. Send it again in a second."
                            .formatted(SchedulerLimits.GATEWAY_CALLS_MAX));
        }
        CompletableFuture<Submission> prepared =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return preparation.prepare();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                                throw new CompletionException(e);
                            } finally {
                                gatewayCalls.release();
                            }
                        },
                        waiting);
        return prepared.thenCompose(this::submit);
    }

    private CompletionStage<Response> submit(Submission submission) {
        pipeline.submit(submission);
        return submission.outcome().thenApply(PostRoute::answer);
    }

    private static Response answer(Receipt receipt) {
        JsonText json = new JsonText(96).beginObject();
        json.name("id").string(receipt.id().toString());
        json.name("timestamp").number(receipt.timestamp());
        return Response.json(200, json.endObject().toByteArray());
    }
}
