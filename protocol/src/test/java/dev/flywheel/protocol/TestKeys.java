package dev.flywheel.protocol;

import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** One signer of each type. */
final class TestKeys {
    private TestKeys() {}

    static List<Signer> oneOfEachType() {
        byte[] secret = new byte[32];
        RandomGenerator random = new Random(1);
        random.nextBytes(secret);
        secret[0] = 1; // below the order of secp256k1
        return List.of(
                Golden.arweaveKey("rsa4096-a"),
                Ed25519Key.ofSeed(secret),
                EthereumKey.ofSecret(secret),
                Ed25519Key.solana(secret),
                Ed25519Key.aptos(secret),
                EthereumKey.typed(secret));
    }
}
