package dev.flywheel.scheduler.gateway;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.DeepHash;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import dev.flywheel.scheduler.SchedulerLimits;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The calls that a scheduler makes to a gateway. Each blocks, at most as long as the limits say;
 * call them on virtual threads. Thread-safe.
 */
public final class GatewayClient implements AutoCloseable {
    private static final byte[] NOTHING = {};

    private final String base;
    private final HttpCalls calls =
            new HttpCalls(
                    new HttpCallLimits(
                            SchedulerLimits.GATEWAY_CONNECT_MS,
                            SchedulerLimits.GATEWAY_ANSWER_MS,
                            SchedulerLimits.ASSIGNED_BYTES_MAX));

    public GatewayClient(URI gateway) {
        this.base = gateway.toString().replaceAll("/+$", "");
    }

    /**
     * The height of the newest block.
     *
     * @throws IOException when the gateway does not answer, or answers something else
     */
    public long height() throws IOException, InterruptedException {
        JsonNode height = json(Call.get(base + "/info")).path("height");
        if (!height.isNumber() || !height.canConvertToLong()) {
            throw new IOException("the answer of " + base + "/info has no number \"height\"");
        }
        return height.longValue();
    }

    /** Whether the gateway has this transaction. */
    public boolean has(Id id) throws IOException, InterruptedException {
        Answer answer =
                calls.send(new Call("HEAD", URI.create(base + "/" + id), Map.of(), NOTHING));
        if (answer.status() / 100 == 5) {
            throw refused("/" + id, answer);
        }
        return answer.isSuccess();
    }

    /** Blocks on top of a transaction's own; 0 for one that is in none or is not known. */
    public long confirmations(Id id) throws IOException, InterruptedException {
        Answer answer = calls.send(Call.get(base + "/tx/" + id + "/status"));
        if (answer.status() / 100 == 5) {
            throw refused("/tx/" + id + "/status", answer);
        }
        if (!answer.isSuccess()) {
            return 0;
        }
        try {
            return Json.MAPPER.readTree(answer.body()).path("number_of_confirmations").asLong(0);
        } catch (JacksonException e) {
            return 0; // a node says "Pending" in plain text
        }
    }

    /** What a gateway tells of a transaction, without its data; null when it does not know it. */
    public @Nullable Transaction transaction(Id id) throws IOException, InterruptedException {
        String query =
                "query { transactions(ids: [\"%s\"]) { edges { node { id signature anchor owner { address key } tags { name value } recipient } } } }"
                        .formatted(id);
        byte[] request =
                Json.MAPPER.writeValueAsBytes(Map.of("query", query, "variables", Map.of()));
        JsonNode node =
                json(Call.post(base + "/graphql", "application/json", request))
                        .path("data")
                        .path("transactions")
                        .path("edges")
                        .path(0)
                        .path("node");
        if (!node.isObject() || !id.toString().equals(node.path("id").asString(""))) {
            return null;
        }
        List<Tag> tags = new ArrayList<>();
        for (JsonNode tag : node.path("tags")) {
            tags.add(new Tag(tag.path("name").asString(""), tag.path("value").asString("")));
        }
        return new Transaction(
                node.path("recipient").asString(""),
                node.path("anchor").asString(""),
                Tags.of(tags));
    }

    /**
     * A transaction as GraphQL shows it.
     *
     * @param recipient base64url, or empty
     * @param anchor base64url, or empty
     */
    public record Transaction(String recipient, String anchor, Tags tags) {
        /** The hash by which a scheduler knows it again, base64url. */
        public String deepHash(byte[] data) throws IOException {
            try {
                return DeepHash.forScheduler(
                        Base64Url.decode(recipient), Base64Url.decode(anchor), tags, data);
            } catch (IllegalArgumentException e) {
                throw new IOException("the gateway's recipient or anchor is not base64url", e);
            }
        }
    }

    /** A transaction's data. */
    public byte[] data(Id id) throws IOException, InterruptedException {
        Answer answer = calls.send(Call.get(base + "/raw/" + id));
        if (!answer.isSuccess()) {
            throw refused("/raw/" + id, answer);
        }
        return answer.body();
    }

    /**
     * Uploads an item.
     *
     * @return whether the gateway took it; false when it never will (4xx)
     * @throws IOException when it may take it later
     */
    public boolean upload(byte[] item) throws IOException, InterruptedException {
        String path = "/tx/arweave";
        Answer answer = calls.send(Call.post(base + path, "application/octet-stream", item));
        if (answer.isSuccess()) {
            return true;
        }
        // Too many requests and timeouts are of the moment.
        if (answer.status() / 100 == 4 && answer.status() != 429 && answer.status() != 408) {
            return false;
        }
        throw refused(path, answer);
    }

    private JsonNode json(Call call) throws IOException, InterruptedException {
        Answer answer = calls.send(call);
        if (!answer.isSuccess()) {
            throw refused(call.uri().getPath(), answer);
        }
        try {
            return Json.MAPPER.readTree(answer.body());
        } catch (JacksonException e) {
            throw new IOException("the answer of " + call.uri() + " is not JSON", e);
        }
    }

    private IOException refused(String path, Answer answer) {
        return new IOException("%s%s answered %d".formatted(base, path, answer.status()));
    }

    @Override
    public String toString() {
        return base;
    }

    @Override
    public void close() {
        calls.close();
    }
}
