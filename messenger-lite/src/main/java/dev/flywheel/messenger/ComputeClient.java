package dev.flywheel.messenger;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.MalformedJsonException;
import dev.flywheel.protocol.Outbox;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What the messenger asks of the compute unit (spec 6.3, 6.8). Thread-safe; blocks. */
final class ComputeClient {
    private final Peer peer;
    private final String url;

    ComputeClient(Peer peer, String url) {
        this.peer = peer;
        this.url = url;
    }

    /**
     * One cron result.
     *
     * @param cursor its place
     * @param result its JSON
     */
    @SuppressWarnings("ArrayRecordComponent") // handed through, never compared
    record CronEdge(String cursor, byte[] result) {}

    /**
     * Some cron results in order.
     *
     * @param edges the results
     * @param more whether others follow
     */
    record CronPage(List<CronEdge> edges, boolean more) {}

    /**
     * The outbox of a result, when it is evaluated.
     *
     * @throws UnitFailure when there is none yet, or the answer is no result
     */
    Outbox result(String id, String process) throws UnitFailure, InterruptedException {
        Answer answer = peer.get(url + "/result/" + id + "?process-id=" + process + "&no-busy=1");
        // Only 200 is a result: 202 says that the evaluation goes on.
        if (answer.status() != 200) {
            throw UnitFailure.answered(peer.name(), answer);
        }
        try {
            return Outbox.parse(answer.body());
        } catch (MalformedJsonException e) {
            throw UnitFailure.nonsense(peer.name(), String.valueOf(e.getMessage()));
        }
    }

    /** The place of the newest result of a process, or null when it has none. */
    @Nullable String newestCursor(String process) throws UnitFailure, InterruptedException {
        List<CronEdge> edges =
                page("/results/" + process + "?sort=DESC&limit=1&processId=" + process).edges();
        return edges.isEmpty() ? null : edges.getFirst().cursor();
    }

    /** Cron results after a place; from the first one without a place. */
    CronPage cron(String process, @Nullable String cursor)
            throws UnitFailure, InterruptedException {
        String limit = "limit=" + MessengerLimits.CRON_PAGE;
        return page(
                "/cron/"
                        + process
                        + (cursor == null
                                ? "?" + limit
                                : "?from="
                                        + URLEncoder.encode(cursor, StandardCharsets.UTF_8)
                                        + "&"
                                        + limit));
    }

    private CronPage page(String path) throws UnitFailure, InterruptedException {
        Answer answer = peer.get(url + path);
        if (answer.status() != 200) {
            throw UnitFailure.answered(peer.name(), answer);
        }
        try {
            JsonNode page = Json.MAPPER.readTree(answer.body());
            List<CronEdge> edges = new ArrayList<>();
            for (JsonNode edge : page.path("edges")) {
                JsonNode cursor = edge.path("cursor");
                JsonNode node = edge.path("node");
                if (!cursor.isString() || !node.isObject()) {
                    throw UnitFailure.nonsense(peer.name(), "an edge without cursor or node");
                }
                if (edges.size() == MessengerLimits.CRON_PAGE) {
                    break; // more than was asked for; the next page begins here
                }
                edges.add(new CronEdge(cursor.stringValue(), Json.MAPPER.writeValueAsBytes(node)));
            }
            return new CronPage(
                    edges, page.path("pageInfo").path("hasNextPage").booleanValue(false));
        } catch (JacksonException e) {
            throw UnitFailure.nonsense(peer.name(), "no JSON: " + e.getOriginalMessage());
        }
    }
}
