package dev.flywheel.node;

import dev.flywheel.node.config.ConfigurationException;
import dev.flywheel.platform.files.DataDirectory;
import dev.flywheel.platform.files.PrivateFiles;
import dev.flywheel.protocol.ArweaveKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The key that signs for a node: an Arweave JWK in the data directory, made on the first start, or
 * one of the operator's.
 */
final class NodeKey {
    /** What Arweave asks of wallets. */
    private static final int BITS = 4096;

    private static final String FILE = "wallet.json";

    private NodeKey() {}

    /**
     * Reads the key, or makes one.
     *
     * @param given a file of the operator's, or null
     * @throws ConfigurationException when the file is no key
     */
    static ArweaveKey of(DataDirectory data, @Nullable Path given, Consumer<String> progress) {
        Path file = given == null ? data.resolve(FILE) : given;
        try {
            if (given == null && !Files.exists(file)) {
                progress.accept("making a key (RSA " + BITS + "), a few seconds, only once");
                ArweaveKey key = ArweaveKey.generate(BITS, new SecureRandom());
                PrivateFiles.replace(file, key.toJwk().getBytes(StandardCharsets.UTF_8));
                return key;
            }
            return ArweaveKey.fromJwk(Files.readString(file));
        } catch (IOException e) {
            if (given == null) {
                throw new UncheckedIOException(
                        "the node's key cannot be read or made file=" + file, e);
            }
            throw new ConfigurationException(
                    "wallet %s cannot be read (%s)".formatted(file, e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    "wallet %s is not an Arweave key in JWK form (%s)"
                            .formatted(file, e.getMessage()));
        }
    }

    /**
     * A secret of the node that follows from its key, for one use.
     *
     * @param use tells the secrets apart
     * @return 32 bytes
     */
    static byte[] secret(ArweaveKey key, String use) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.toJwk().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(use.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
