package dev.flywheel.node.demo;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.Signer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A small AO client: what aoconnect sends in legacy mode. One thread. */
final class NetworkClient implements AutoCloseable {
    private static final int CONNECT_MS = 5_000;

    /** The first evaluation on a network may compile the module. */
    private static final int ANSWER_MS = 120_000;

    private static final long ANSWER_BYTES_MAX = 64L * 1024 * 1024;

    private final Network network;
    private final Signer signer;
    private final HttpCalls calls =
            new HttpCalls(new HttpCallLimits(CONNECT_MS, ANSWER_MS, ANSWER_BYTES_MAX));

    NetworkClient(Network network, Signer signer) {
        this.network = network;
        this.signer = signer;
    }

    /** The address that the scheduler signs with. */
    String schedulerAddress() {
        JsonNode answer = get(network.su() + "/");
        String address = answer.path("address").asString("");
        return address.isEmpty() ? answer.path("Address").asString("") : address;
    }

    /** The newest module with these tags, or null. */
    @Nullable String module(@Nullable String id, Map<String, String> tags) {
        String ids = id == null ? "" : "ids: [\"" + id + "\"], ";
        StringBuilder filter = new StringBuilder();
        tags.forEach(
                (name, value) ->
                        filter.append("{name: \"%s\", values: [\"%s\"]} ".formatted(name, value)));
        String query =
                "{ transactions(%sfirst: 1, sort: HEIGHT_DESC, tags: [%s]) { edges { node { id } } } }"
                        .formatted(ids, filter);
        JsonNode answer =
                post(
                        network.gateway() + "/graphql",
                        "application/json",
                        Json.MAPPER.writeValueAsBytes(Map.of("query", query)));
        JsonNode found =
                answer.path("data")
                        .path("transactions")
                        .path("edges")
                        .path(0)
                        .path("node")
                        .path("id");
        return found.isString() ? found.asString() : null;
    }

    Id spawn(String module, String scheduler, String authority, String name) {
        ItemBuilder item =
                new ItemBuilder()
                        .tag("App-Name", "flywheel-demo")
                        .tag("Name", name)
                        .tag("Authority", authority)
                        .tag("Data-Protocol", "ao")
                        .tag("Variant", "ao.TN.1")
                        .tag("Type", "Process")
                        .tag("Module", module)
                        .tag("Scheduler", scheduler)
                        .data(new byte[] {' '});
        return accepted(item.sign(signer));
    }

    Id message(Id process, String action, String data, Map<String, String> tags) {
        ItemBuilder item =
                new ItemBuilder()
                        .target(process)
                        .tag("Action", action)
                        .tag("Data-Protocol", "ao")
                        .tag("Variant", "ao.TN.1")
                        .tag("Type", "Message")
                        .data(data);
        tags.forEach(item::tag);
        return accepted(item.sign(signer));
    }

    private Id accepted(DataItem item) {
        post(network.mu().toString(), "application/octet-stream", item.bytes());
        return item.id();
    }

    JsonNode result(Id process, Id message) {
        return get(network.cu() + "/result/" + message + "?process-id=" + process);
    }

    JsonNode dryRun(Id process, String owner, String action, String data) {
        Map<String, Object> message =
                Map.of(
                        "Id",
                        "1234",
                        "Target",
                        process.toString(),
                        "Owner",
                        owner,
                        "Anchor",
                        "0",
                        "Data",
                        data,
                        "Tags",
                        List.of(
                                Map.of("name", "Action", "value", action),
                                Map.of("name", "Data-Protocol", "value", "ao"),
                                Map.of("name", "Type", "value", "Message"),
                                Map.of("name", "Variant", "value", "ao.TN.1")));
        return post(
                network.cu() + "/dry-run?process-id=" + process,
                "application/json",
                Json.MAPPER.writeValueAsBytes(message));
    }

    private JsonNode get(String url) {
        return json(Call.get(url));
    }

    private JsonNode post(String url, String type, byte[] body) {
        return json(Call.post(url, type, body));
    }

    private JsonNode json(Call call) {
        try {
            Answer answer = calls.send(call);
            if (!answer.isSuccess()) {
                throw new DemoFailedException(
                        "%s %s answered %d: %s"
                                .formatted(
                                        call.method(),
                                        call.uri(),
                                        answer.status(),
                                        brief(answer.text())),
                        null);
            }
            return Json.MAPPER.readTree(answer.body());
        } catch (IOException e) {
            throw new DemoFailedException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoFailedException("interrupted", e);
        }
    }

    static String brief(String text) {
        String line = text.replace('\n', ' ');
        return line.length() <= 300 ? line : line.substring(0, 300) + "...";
    }

    @Override
    public void close() {
        calls.close();
    }
}
