package dev.flywheel.node.gateway;

import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tags;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the gateway, without its data.
 *
 * @param seq order of arrival, also the order of heights
 * @param signatureType 1 for transactions
 * @param owner public key
 * @param ownerAddress base64url of the key's SHA-256
 * @param anchor raw bytes, empty when there is none; for a transaction its last_tx
 * @param dataBytes size of the data
 * @param dataHash SHA-256 of the data, or null while a transaction waits for its chunks
 * @param height block of the local chain
 * @param parent the bundle that it came in, or null
 * @param quantity in winston
 * @param reward in winston
 * @param dataRoot of a transaction; empty for items
 */
@SuppressWarnings("ArrayRecordComponent") // rows of the store, compared by seq if at all
public record GatewayItem(
        long seq,
        Id id,
        Kind kind,
        int signatureType,
        byte[] signature,
        byte[] owner,
        String ownerAddress,
        @Nullable Id target,
        byte[] anchor,
        Tags tags,
        long dataBytes,
        byte @Nullable [] dataHash,
        long height,
        long receivedMs,
        @Nullable Id parent,
        String quantity,
        String reward,
        byte[] dataRoot) {

    /** Where an entry comes from. */
    public enum Kind {
        /** A signed ANS-104 item. */
        ITEM,
        /** A signed transaction of format 2. */
        TRANSACTION,
        /**
         * A module under the id that it has elsewhere; its signature is not here, and it is tagged
         * as an alias.
         */
        LOCAL_ALIAS
    }

    /** The Content-Type tag when it can stand in a header, else the type of unknown bytes. */
    public String contentType() {
        String type = tags.first("Content-Type");
        return type == null || type.isEmpty() || !TagHeaders.isPlain(type)
                ? "application/octet-stream"
                : type;
    }
}
