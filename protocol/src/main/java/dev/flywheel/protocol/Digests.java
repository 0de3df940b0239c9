package dev.flywheel.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hash functions of AO. Every Java platform has them, so a missing one is a broken
 * installation.
 */
final class Digests {
    private Digests() {}

    static MessageDigest sha256() {
        return named("SHA-256");
    }

    static MessageDigest sha384() {
        return named("SHA-384");
    }

    static MessageDigest sha512() {
        return named("SHA-512");
    }

    private static MessageDigest named(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(
                    "This Java installation lacks " + algorithm + "; install a complete JDK 25", e);
        }
    }
}
