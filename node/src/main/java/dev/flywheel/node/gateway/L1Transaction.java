package dev.flywheel.node.gateway;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.DeepHash;
import dev.flywheel.protocol.DeepHash.Blob;
import dev.flywheel.protocol.DeepHash.Parts;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ProtocolLimits;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An Arweave transaction of format 2, as clients post it in JSON.
 *
 * @param lastTx the anchor, 0 to 48 bytes
 * @param rawTags names and values as bytes, in pairs, as they were signed
 * @param data the data when it came with the transaction; null when it comes in chunks
 */
@SuppressWarnings("ArrayRecordComponent") // handed through, never compared
record L1Transaction(
        Id id,
        byte[] lastTx,
        byte[] owner,
        List<List<byte[]>> rawTags,
        @Nullable Id target,
        String quantity,
        String reward,
        long dataBytes,
        byte[] dataRoot,
        byte @Nullable [] data,
        byte[] signature) {

    /**
     * Reads and checks all but the signature: sizes, the id, and the data root of data that came
     * along.
     *
     * @throws StatusException 400 with the field that is wrong
     */
    static L1Transaction parse(JsonNode json) {
        if (json.path("format").asInt(1) != 2) {
            throw refused("format", "only transactions of format 2 are taken");
        }
        byte[] signature = bytes(json, "signature");
        byte[] owner = bytes(json, "owner");
        byte[] data = bytes(json, "data");
        byte[] dataRoot = bytes(json, "data_root");
        byte[] lastTx = bytes(json, "last_tx");
        if (owner.length < 256 || owner.length > 1024 || signature.length != owner.length) {
            throw refused("owner", "key and signature must have the same 256 to 1024 bytes");
        }
        if (lastTx.length > 48) {
            throw refused("last_tx", "it has at most 48 bytes");
        }
        Id id = id(json);
        if (!Arrays.equals(id.bytes(), DataRoot.sha256(signature))) {
            throw refused("id", "it must be the SHA-256 of the signature");
        }
        long dataBytes = number(json, "data_size");
        boolean waits = data.length == 0 && dataBytes > 0;
        if (dataBytes > GatewayLimits.CHUNKED_DATA_BYTES_MAX
                || (!waits && dataBytes != data.length)) {
            throw refused(
                    "data_size",
                    "it must be the size of the data and at most "
                            + GatewayLimits.CHUNKED_DATA_BYTES_MAX);
        }
        if (dataRoot.length != (dataBytes == 0 ? 0 : 32)
                || (!waits && dataBytes > 0 && !DataRoot.matches(dataRoot, data))) {
            throw refused("data_root", "it must be the Merkle root of the data");
        }
        String target = json.path("target").asString("");
        if (!target.isEmpty() && !Id.isId(target)) {
            throw refused("target", "it must be empty or an address");
        }
        L1Transaction transaction =
                new L1Transaction(
                        id,
                        lastTx,
                        owner,
                        tags(json.path("tags")),
                        target.isEmpty() ? null : Id.parse(target),
                        decimal(json, "quantity"),
                        decimal(json, "reward"),
                        dataBytes,
                        dataRoot,
                        waits ? null : data,
                        signature);
        if (transaction.textTags().encode().length > ProtocolLimits.TAG_BYTES_MAX) {
            throw refused(
                    "tags",
                    "as text they have more than " + ProtocolLimits.TAG_BYTES_MAX + " bytes");
        }
        return transaction;
    }

    private Tags textTags() {
        List<Tag> tags = new ArrayList<>();
        for (List<byte[]> pair : rawTags) {
            tags.add(
                    new Tag(
                            new String(pair.get(0), StandardCharsets.UTF_8),
                            new String(pair.get(1), StandardCharsets.UTF_8)));
        }
        return Tags.of(tags);
    }

    /** What the owner signed. */
    byte[] signedHash() {
        List<DeepHash.Part> tags = new ArrayList<>();
        for (List<byte[]> pair : rawTags) {
            tags.add(new Parts(List.of(new Blob(pair.get(0)), new Blob(pair.get(1)))));
        }
        return DeepHash.of(
                new Parts(
                        List.of(
                                ascii("2"),
                                new Blob(owner),
                                new Blob(target == null ? new byte[0] : target.bytes()),
                                ascii(quantity),
                                ascii(reward),
                                new Blob(lastTx),
                                new Parts(tags),
                                ascii(Long.toString(dataBytes)),
                                new Blob(dataRoot))));
    }

    GatewayItem entry() {
        return new GatewayItem(
                0,
                id,
                GatewayItem.Kind.TRANSACTION,
                1,
                signature,
                owner,
                Base64Url.encode(DataRoot.sha256(owner)),
                target,
                lastTx,
                textTags(),
                dataBytes,
                null,
                0,
                0,
                null,
                quantity,
                reward,
                dataRoot);
    }

    private static List<List<byte[]>> tags(JsonNode json) {
        List<List<byte[]>> tags = new ArrayList<>();
        int bytes = 0;
        for (JsonNode tag : json) {
            byte[] name = bytes(tag, "name");
            byte[] value = bytes(tag, "value");
            bytes += name.length + value.length;
            if (bytes > GatewayLimits.TRANSACTION_TAG_BYTES_MAX
                    || tags.size() >= GatewayLimits.TRANSACTION_TAGS_MAX) {
                throw refused(
                        "tags",
                        "they have at most " + GatewayLimits.TRANSACTION_TAG_BYTES_MAX + " bytes");
            }
            tags.add(List.of(name, value));
        }
        return tags;
    }

    private static Id id(JsonNode json) {
        try {
            return Id.parse(json.path("id").asString(""));
        } catch (IllegalArgumentException e) {
            throw refused("id", "it must be 43 characters of base64url");
        }
    }

    static byte[] bytes(JsonNode json, String field) {
        try {
            return Base64Url.decode(json.path(field).asString(""));
        } catch (IllegalArgumentException e) {
            throw refused(field, "it must be base64url");
        }
    }

    /** Numbers are decimal text in Arweave's JSON; some tools write them as numbers. */
    static long number(JsonNode json, String field) {
        String text = decimal(json, field);
        if (text.length() > 18) {
            throw refused(field, "it is too large");
        }
        return Long.parseLong(text);
    }

    private static String decimal(JsonNode json, String field) {
        String text = json.path(field).asString("0");
        if (text.isEmpty()
                || text.length() > 30
                || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw refused(field, "it must be a decimal number");
        }
        return text;
    }

    private static Blob ascii(String text) {
        return new Blob(text.getBytes(StandardCharsets.US_ASCII));
    }

    static StatusException refused(String field, String why) {
        return new StatusException(400, "Transaction verification failed: " + field + ": " + why);
    }
}
