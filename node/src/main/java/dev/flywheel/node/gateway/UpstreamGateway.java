package dev.flywheel.node.gateway;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.ItemVerifier;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.SignatureType;
import dev.flywheel.protocol.Signer;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * A real gateway behind the local one. What it answers is rebuilt, its signature checked, and then
 * kept for ever; what cannot be checked is not served. Thread-safe; blocks.
 */
final class UpstreamGateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamGateway.class);

    /** Unknown ids of one query that are asked for; each costs two calls. */
    static final int IDS_A_QUERY_MAX = 10;

    private static final int CONNECT_MS = 5_000;

    /** A module of 100 MB over a slow line. */
    private static final int ANSWER_MS = 300_000;

    private static final String QUERY =
            "query($id: ID!) { transaction(id: $id) { id anchor signature recipient owner { key } tags { name value } } }";

    private final String base;
    private final ItemStore store;
    private final InstantSource clock;
    private final HttpCalls calls;
    private final ItemVerifier verifier;
    private final Map<Id, Long> missesUntilMs =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Id, Long> eldest) {
                    return size() > GatewayLimits.UPSTREAM_MISSES_MAX;
                }
            };

    UpstreamGateway(URI base, ItemStore store, ItemVerifier verifier, InstantSource clock) {
        this.base = base.toString().replaceAll("/+$", "");
        this.store = store;
        this.verifier = verifier;
        this.clock = clock;
        this.calls =
                new HttpCalls(
                        new HttpCallLimits(
                                CONNECT_MS, ANSWER_MS, GatewayLimits.UPSTREAM_BYTES_MAX));
    }

    /**
     * The entry with this id, checked and kept; null when the upstream gateway does not have it or
     * it does not verify.
     */
    @Nullable GatewayItem fetch(Id id) {
        synchronized (missesUntilMs) {
            Long until = missesUntilMs.get(id);
            if (until != null && clock.millis() < until) {
                return null;
            }
        }
        GatewayItem item = null;
        try {
            item = checked(id);
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "upstream gateway gave no usable answer id={} gateway={} because {}",
                    id,
                    base,
                    e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (item == null) {
            synchronized (missesUntilMs) {
                missesUntilMs.put(id, clock.millis() + GatewayLimits.UPSTREAM_MISS_MS);
            }
        }
        return item;
    }

    private @Nullable GatewayItem checked(Id id) throws IOException, InterruptedException {
        byte[] request =
                Json.MAPPER.writeValueAsBytes(
                        Map.of("query", QUERY, "variables", Map.of("id", id.toString())));
        Answer found = calls.send(Call.post(base + "/graphql", "application/json", request));
        JsonNode node =
                found.isSuccess()
                        ? Json.MAPPER.readTree(found.body()).path("data").path("transaction")
                        : null;
        if (node == null || !node.isObject()) {
            return null;
        }
        Answer raw = calls.send(Call.get(base + "/raw/" + id));
        if (!raw.isSuccess()) {
            return null;
        }
        DataItem item = item(node, id, raw.body());
        if (item != null) {
            return store.put(ItemIntake.entry(item, null), List.of(item.data()));
        }
        return transaction(id, raw.body());
    }

    /** The signed item that the answer describes, or null when no kind of signature fits. */
    private @Nullable DataItem item(JsonNode node, Id id, byte[] data) {
        byte[] owner = L1Transaction.bytes(node.path("owner"), "key");
        byte[] signature = L1Transaction.bytes(node, "signature");
        if (!Arrays.equals(id.bytes(), DataRoot.sha256(signature))) {
            throw new IllegalArgumentException("the id is not the SHA-256 of the signature");
        }
        for (SignatureType type : SignatureType.values()) {
            if (type.ownerBytes() != owner.length || type.signatureBytes() != signature.length) {
                continue;
            }
            ItemBuilder builder = new ItemBuilder().data(data);
            String target = node.path("recipient").asString("");
            if (!target.isEmpty()) {
                builder.target(Id.parse(target));
            }
            byte[] anchor = anchor(node.path("anchor").asString(""));
            if (anchor.length == 32) {
                builder.anchor(anchor);
            }
            for (JsonNode tag : node.path("tags")) {
                builder.tag(tag.path("name").asString(""), tag.path("value").asString(""));
            }
            DataItem item = builder.sign(new Replayed(type, owner, signature));
            if (verifier.verify(item)) {
                return item;
            }
        }
        return null;
    }

    private @Nullable GatewayItem transaction(Id id, byte[] data)
            throws IOException, InterruptedException {
        Answer answer = calls.send(Call.get(base + "/tx/" + id));
        if (!answer.isSuccess()) {
            return null;
        }
        var json = (tools.jackson.databind.node.ObjectNode) Json.MAPPER.readTree(answer.body());
        json.put("data", Base64Url.encode(data));
        L1Transaction transaction = L1Transaction.parse(json);
        if (!transaction.id().equals(id)
                || !verifier.verifyArweave(
                        transaction.owner(), transaction.signedHash(), transaction.signature())) {
            return null;
        }
        return store.put(transaction.entry(), List.of(ByteBuffer.wrap(data)));
    }

    /** Gateways give anchors in base64url; some give the text itself. */
    private static byte[] anchor(String text) {
        return text.length() == 32 ? text.getBytes(StandardCharsets.UTF_8) : Base64Url.decode(text);
    }

    @Override
    public void close() {
        calls.close();
    }

    /** Puts a signature that exists already into an item. */
    @SuppressWarnings("ArrayRecordComponent") // handed through, never compared
    private record Replayed(SignatureType type, byte[] owner, byte[] signature) implements Signer {
        @Override
        public byte[] sign(byte[] deepHash) {
            return signature;
        }
    }
}
