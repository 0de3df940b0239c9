package dev.flywheel.scheduler;

import dev.flywheel.protocol.ArweaveKey;
import dev.flywheel.protocol.EthereumKey;
import dev.flywheel.protocol.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** The published test keys and recorded answers. */
final class Keys {
    static final ArweaveKey SCHEDULER = arweave("rsa4096-b");
    static final ArweaveKey USER = arweave("rsa4096-a");
    static final EthereumKey WALLET = wallet();

    private Keys() {}

    static JsonNode golden(String name) {
        try (InputStream in =
                Objects.requireNonNull(Keys.class.getResourceAsStream("/golden/" + name), name)) {
            return Json.MAPPER.readTree(in);
        } catch (IOException e) {
            throw new AssertionError("golden file " + name, e);
        }
    }

    private static ArweaveKey arweave(String name) {
        return ArweaveKey.fromJwk(
                golden("items/keys.json").path("keys").path(name).path("jwk").toString());
    }

    private static EthereumKey wallet() {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) 7);
        return EthereumKey.ofSecret(secret);
    }
}
