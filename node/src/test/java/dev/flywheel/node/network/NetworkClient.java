package dev.flywheel.node.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.EthereumKey;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.SchedulePage;
import dev.flywheel.protocol.Signer;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/** A client whose every answer can be looked at. Thread-safe. */
final class NetworkClient implements AutoCloseable {
    /** Made in no time, unlike an RSA key. */
    final EthereumKey wallet = EthereumKey.generate(new SecureRandom());

    /**
     * Makes items with equal content differ: this wallet's signatures are functions of what is
     * signed.
     */
    private final AtomicLong anchors = new AtomicLong();

    private final String client = Long.toHexString(new SecureRandom().nextLong());

    private final RunningNode node;
    private final HttpCalls calls = new HttpCalls(HttpCallLimits.betweenUnits());

    NetworkClient(RunningNode node) {
        this.node = node;
    }

    DataItem sign(ItemBuilder item) {
        Signer signer = wallet;
        return item.sign(signer);
    }

    /** Publishes a program through the gateway. */
    Id module(String name, byte[] wasm, Map<String, String> tags)
            throws IOException, InterruptedException {
        ItemBuilder item =
                new ItemBuilder()
                        .tag("Data-Protocol", "ao")
                        .tag("Variant", "ao.TN.1")
                        .tag("Type", "Module")
                        .tag("Input-Encoding", "JSON-1")
                        .tag("Output-Encoding", "JSON-1")
                        .tag("Name", name);
        Map<String, String> defaults =
                Map.of(
                        "Module-Format", "wasm64-unknown-emscripten-draft_2024_02_15",
                        "Memory-Limit", "1-gb",
                        "Compute-Limit", "9000000000000");
        defaults.forEach((key, value) -> item.tag(key, tags.getOrDefault(key, value)));
        DataItem signed = sign(item.data(wasm));
        Answer answer = post(node.gateway() + "/tx/arweave", signed.bytes());
        assertThat(answer.isSuccess()).as(answer.text()).isTrue();
        return signed.id();
    }

    DataItem processItem(Id module) throws IOException, InterruptedException {
        return sign(
                new ItemBuilder()
                        .tag("Data-Protocol", "ao")
                        .tag("Variant", "ao.TN.1")
                        .tag("Type", "Process")
                        .tag("Module", module.toString())
                        .tag("Scheduler", node.address())
                        .tag("Name", client + "-" + anchors.incrementAndGet())
                        .tag("Authority", node.address())
                        .data(" "));
    }

    /** A process whose spawn was acknowledged. */
    Id spawn(Id module) throws IOException, InterruptedException {
        DataItem item = processItem(module);
        assertAcknowledged(post(node.mu(), item.bytes()));
        return item.id();
    }

    DataItem messageItem(Id process, String action, String data, Map<String, String> tags) {
        ItemBuilder item =
                new ItemBuilder()
                        .target(process)
                        .tag("Data-Protocol", "ao")
                        .tag("Variant", "ao.TN.1")
                        .tag("Type", "Message")
                        .tag("Action", action)
                        .tag("Reference", client + "-" + anchors.incrementAndGet())
                        .data(data);
        tags.forEach(item::tag);
        return sign(item);
    }

    /** A message that was acknowledged. */
    Id message(Id process, String action, String data, Map<String, String> tags)
            throws IOException, InterruptedException {
        DataItem item = messageItem(process, action, data, tags);
        assertAcknowledged(post(node.mu(), item.bytes()));
        return item.id();
    }

    Answer result(Id process, Id message) throws IOException, InterruptedException {
        return get(node.cu() + "/result/" + message + "?process-id=" + process);
    }

    /** The result of a new message. */
    JsonNode ask(Id process, String action, String data, Map<String, String> tags)
            throws IOException, InterruptedException {
        Answer answer = result(process, message(process, action, data, tags));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return json(answer);
    }

    SchedulePage schedule(Id process) throws Exception {
        Answer answer = get(node.su() + "/" + process + "?process-id=" + process + "&limit=10000");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return SchedulePage.parse(answer.body());
    }

    Answer get(String url) throws IOException, InterruptedException {
        return calls.send(Call.get(url));
    }

    Answer post(String url, byte[] body) throws IOException, InterruptedException {
        return calls.send(Call.post(url, "application/octet-stream", body));
    }

    static JsonNode json(Answer answer) {
        return Json.MAPPER.readTree(answer.body());
    }

    private static void assertAcknowledged(Answer answer) {
        assertThat(answer.isSuccess()).as(answer.status() + " " + answer.text()).isTrue();
    }

    @Override
    public void close() {
        calls.close();
    }
}
