package dev.flywheel.protocol;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The signer of an item in a scheduler's JSON.
 *
 * @param address base64url of SHA-256 of the key, for every signature type
 * @param key base64url of the public key; null where a scheduler does not give it
 */
public record Owner(String address, @Nullable String key) {
    /** Length of an Ethereum key in base64url: 65 bytes. */
    private static final int ETHEREUM_KEY_CHARS = 87;

    /** The signer of this item. */
    public static Owner of(DataItem item) {
        return new Owner(item.ownerAddress(), Base64Url.encode(item.owner()));
    }

    /**
     * The address that processes see: EIP-55 where the key has 65 bytes, else {@link #address()}.
     */
    public String aoAddress() {
        if (key == null || key.length() != ETHEREUM_KEY_CHARS) {
            return address;
        }
        try {
            return EthereumAddress.ofPublicKey(Base64Url.decode(key));
        } catch (IllegalArgumentException e) {
            return address; // not base64url: the address is all there is
        }
    }

    void write(JsonText json) {
        json.beginObject().name("address").string(address).name("key").string(key).endObject();
    }

    static Owner read(JsonNode node) throws MalformedJsonException {
        return new Owner(JsonFields.text(node, "address"), JsonFields.textOrNull(node, "key"));
    }
}
