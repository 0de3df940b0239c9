package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.HashChain;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.JsonText;
import dev.flywheel.protocol.Signer;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The log of one process as a HyperBEAM scheduler grows it, with its chain over messages. */
final class NodeLog {
    static final String OWNER = "fiLSeIp1ZKHIEDjd0frhWCE18EO1Kwhc28tXBrMXIZk";
    private static final long START_MS = 1_795_456_648_605L;

    final Id id;
    final List<String> edges = new CopyOnWriteArrayList<>();
    private @Nullable Id chain;

    NodeLog(String name, @Nullable TestNode node) {
        this(name, node, TestNetwork.MODULE);
    }

    NodeLog(String name, @Nullable TestNode node, Id module) {
        this.id = Id.sha256(name.getBytes(UTF_8));
        if (node != null) {
            node.edges.put(id.toString(), edges);
        }
        add(
                id.toString(),
                "1984",
                "[{\"name\":\"Module\",\"value\":\""
                        + module
                        + "\"},{\"name\":\"Data-Protocol\",\"value\":\"ao\"},{\"name\":\"Type\",\"value\":\"Process\"},"
                        + "{\"name\":\"Variant\",\"value\":\"ao.N.1\"}]",
                "");
    }

    /** Schedules a message with this data; returns its slot. */
    int message(String data) {
        return message(data, "[{\"name\":\"Action\",\"value\":\"Eval\"}]", "");
    }

    int message(String data, String tags, String moreFacts) {
        String message = Id.sha256((id + "m" + edges.size() + data).getBytes(UTF_8)).toString();
        return add(message, data, tags, moreFacts);
    }

    /** A message with its signature, as nodes give those that came as data items. */
    int signed(Signer signer, String data) {
        return add(edge -> signedEdge(edge, signer, data));
    }

    private String signedEdge(int slot, Signer signer, String data) {
        DataItem item =
                new ItemBuilder()
                        .target(id)
                        .tags(Tags.of(List.of(new Tag("Action", "Eval"))))
                        .data(data.getBytes(UTF_8))
                        .sign(signer);
        String message = item.id().toString();
        Id next = HashChain.nextOfNode(chain, message);
        chain = next;
        return edge(
                        slot,
                        message,
                        data,
                        "[{\"name\":\"Action\",\"value\":\"Eval\"}]",
                        next.toString(),
                        "")
                .replace(
                        "\"PublicKey\":\"\",\"Signature\":\"c2ln\"",
                        "\"PublicKey\":\""
                                + Base64Url.encode(item.owner())
                                + "\",\"Signature\":\""
                                + Base64Url.encode(item.signature())
                                + "\"")
                .replace("\"Owner\":\"" + OWNER, "\"Owner\":\"" + item.ownerAddress());
    }

    private int add(IntFunction<String> edge) {
        int slot = edges.size();
        edges.add(edge.apply(slot));
        return slot;
    }

    /** Schedules a message that has this id. */
    int again(String message, String data) {
        return add(message, data, "[{\"name\":\"Action\",\"value\":\"Eval\"}]", "");
    }

    /** A message that the node removed as a duplicate. */
    int skipped(String data) {
        return message(
                data,
                "[{\"name\":\"Action\",\"value\":\"Eval\"}]",
                ",{\"name\":\"Skip\",\"value\":\"true\"}");
    }

    private int add(String message, String data, String tags, String moreFacts) {
        int slot = edges.size();
        Id next = HashChain.nextOfNode(chain, message);
        edges.add(edge(slot, message, data, tags, next.toString(), moreFacts));
        chain = next;
        return slot;
    }

    /** An edge of this process in the node's form. */
    String edge(
            int slot,
            String message,
            String data,
            String tags,
            String hashChain,
            String moreFacts) {
        String assignment = Id.sha256((id + "a" + slot + message).getBytes(UTF_8)).toString();
        return "{\"cursor\":"
                + slot
                + ",\"node\":{\"assignment\":{\"Anchor\":\"\",\"Data\":\"\",\"From\":\"\",\"Id\":\""
                + assignment
                + "\",\"Owner\":\"\",\"PublicKey\":\"\",\"Signature\":\"\",\"Tags\":["
                + "{\"name\":\"Block-Hash\",\"value\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"},"
                + "{\"name\":\"Block-Height\",\"value\":\"0\"},{\"name\":\"Epoch\",\"value\":\"0\"},"
                + "{\"name\":\"Hash-Chain\",\"value\":\""
                + hashChain
                + "\"},{\"name\":\"Process\",\"value\":\""
                + id
                + "\"},{\"name\":\"Slot\",\"value\":\""
                + slot
                + "\"},{\"name\":\"Timestamp\",\"value\":\""
                + (START_MS + slot)
                + "\"},{\"name\":\"Type\",\"value\":\"Assignment\"}"
                + moreFacts
                + "],\"Target\":\"\"},\"message\":{\"Anchor\":\"\",\"Data\":"
                + new JsonText().string(data)
                + ",\"From\":\""
                + OWNER
                + "\",\"Id\":\""
                + message
                + "\",\"Owner\":\""
                + OWNER
                + "\",\"PublicKey\":\"\",\"Signature\":\"c2ln\",\"Tags\":"
                + tags
                + ",\"Target\":\""
                + (slot == 0 ? "" : id)
                + "\"}}}";
    }

    /** What a node posts for a slot. */
    String body(int slot) {
        return TestNode.page(id.toString(), List.of(edges.get(slot)));
    }

    String path(int slot) {
        return "/result/" + slot + "?process-id=" + id;
    }
}
