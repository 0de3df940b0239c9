package dev.flywheel.jmh.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.protocol.ArweaveKey;
import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.HashChain;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.JsonText;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Plays a HyperBEAM node as far as a compute unit sees it: logs of processes with signed messages,
 * its schedule, and the bodies that it posts; in the form that a real one was seen to use.
 */
final class NodeStandIn implements AutoCloseable {
    private static final String NO_HASH = "A".repeat(43);
    private static final int ENTRIES_MAX = 1_000;

    private final Map<String, Log> logs = new ConcurrentHashMap<>();
    private final ArweaveKey key = ArweaveKey.generate(4096, new SecureRandom());
    private final HttpEdge edge;

    NodeStandIn(int port) {
        edge =
                HttpEdge.start(
                        "stand-in for a node",
                        new InetSocketAddress("127.0.0.1", port),
                        HttpLimits.forItems(),
                        new Routes()
                                .get(
                                        "/~scheduler@1.0/schedule",
                                        (request, params) ->
                                                CompletableFuture.completedFuture(
                                                        schedule(request))));
    }

    URI url() {
        return URI.create("http://localhost:" + edge.port());
    }

    /** A new process; its own message is slot 0. */
    Log spawn(String module) {
        Log log = new Log(module);
        logs.put(log.id, log);
        return log;
    }

    private Response schedule(Request request) {
        String process = String.valueOf(request.query().first("target"));
        Log log = logs.get(process);
        int from = Integer.parseInt(String.valueOf(request.query().first("from")));
        String last = request.query().first("to");
        List<String> part = List.of();
        if (log != null) {
            synchronized (log) {
                int size = log.edges.size();
                int to = last == null ? size - 1 : Integer.parseInt(last);
                int end = Math.min(Math.min(to + 1, size), from + ENTRIES_MAX);
                part = List.copyOf(log.edges.subList(Math.min(from, size), Math.max(from, end)));
            }
        }
        return Response.json(200, page(process, part));
    }

    private static String page(String process, List<String> edges) {
        return "{\"edges\":["
                + String.join(",", edges)
                + "],\"page_info\":{\"block-hash\":\""
                + NO_HASH
                + "\",\"block-height\":\"0\",\"has_next_page\":false,\"process\":\""
                + process
                + "\",\"timestamp\":\"0\"}}";
    }

    /** The log of one process. */
    final class Log {
        final String id;
        private final List<String> edges = new ArrayList<>();
        private @Nullable Id chain;

        private Log(String module) {
            DataItem process =
                    new ItemBuilder()
                            .tags(
                                    Tags.of(
                                            List.of(
                                                    new Tag("device", "process@1.0"),
                                                    new Tag("execution-device", "genesis-wasm@1.0"),
                                                    new Tag("Module", module),
                                                    new Tag("Data-Protocol", "ao"),
                                                    new Tag("Type", "Process"),
                                                    new Tag("Variant", "ao.N.1"))))
                            .data("1984".getBytes(UTF_8))
                            .sign(key);
            this.id = process.id().toString();
            add(process);
        }

        /** Schedules an Eval of the process's owner; returns its slot. */
        synchronized int eval(String code) {
            return add(
                    new ItemBuilder()
                            .target(Id.parse(id))
                            .tags(
                                    Tags.of(
                                            List.of(
                                                    new Tag("Action", "Eval"),
                                                    new Tag("Data-Protocol", "ao"),
                                                    new Tag("Type", "Message"),
                                                    new Tag("Variant", "ao.N.1"))))
                            .data(code.getBytes(UTF_8))
                            .sign(key));
        }

        /** What the node posts for a slot. */
        synchronized byte[] body(int slot) {
            return page(id, List.of(edges.get(slot))).getBytes(UTF_8);
        }

        String path(int slot) {
            return "/result/" + slot + "?process-id=" + id;
        }

        private int add(DataItem item) {
            int slot = edges.size();
            String message = item.id().toString();
            Id next = HashChain.nextOfNode(chain, message);
            chain = next;
            JsonText json = new JsonText(4_096).beginObject().name("cursor").number(slot);
            json.name("node").beginObject().name("assignment").beginObject();
            for (String empty :
                    List.of(
                            "Anchor",
                            "Data",
                            "From",
                            "Owner",
                            "PublicKey",
                            "Signature",
                            "Target")) {
                json.name(empty).string("");
            }
            json.name("Id").string(Id.sha256(message.getBytes(UTF_8)).toString());
            json.name("Tags")
                    .tags(
                            Tags.of(
                                    List.of(
                                            new Tag("Block-Hash", NO_HASH),
                                            new Tag("Block-Height", "0"),
                                            new Tag("Epoch", "0"),
                                            new Tag("Hash-Chain", next.toString()),
                                            new Tag("Process", id),
                                            new Tag("Slot", Integer.toString(slot)),
                                            new Tag(
                                                    "Timestamp",
                                                    Long.toString(1_795_456_648_605L + slot)),
                                            new Tag("Type", "Assignment"))))
                    .endObject();
            String owner = item.ownerAddress();
            json.name("message").beginObject().name("Anchor").string("");
            json.name("Data").string(item.dataText()).name("From").string(owner);
            json.name("Id").string(message).name("Owner").string(owner);
            json.name("PublicKey").string(Base64Url.encode(item.owner()));
            json.name("Signature").string(Base64Url.encode(item.signature()));
            json.name("Tags").tags(item.tags());
            json.name("Target").string(slot == 0 ? "" : id).endObject().endObject().endObject();
            edges.add(json.toString());
            return slot;
        }
    }

    @Override
    public void close() {
        edge.close();
    }
}
