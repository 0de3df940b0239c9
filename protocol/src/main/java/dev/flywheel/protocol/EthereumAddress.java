package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.bouncycastle.crypto.digests.KeccakDigest;

/** Ethereum addresses in their checksummed text form (EIP-55). Stateless, any thread. */
public final class EthereumAddress {
    private static final int PUBLIC_KEY_BYTES = 65;

    private EthereumAddress() {}

    /**
     * The checksummed address of an uncompressed public key.
     *
     * @param publicKey 65 bytes: 0x04, X, Y; the first byte is not looked at
     * @throws IllegalArgumentException if there are not 65 bytes
     */
    public static String ofPublicKey(byte[] publicKey) {
        if (publicKey.length != PUBLIC_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "An uncompressed key has 65 bytes, got " + publicKey.length);
        }
        byte[] hash = keccak256(Arrays.copyOfRange(publicKey, 1, PUBLIC_KEY_BYTES));
        return checksummed(HexFormat.of().formatHex(hash, 12, 32));
    }

    /**
     * The checksummed form of 40 hexadecimal digits, with the prefix 0x.
     *
     * @param digits the digits in any case, without prefix
     */
    static String checksummed(String digits) {
        String lower = digits.toLowerCase(Locale.ROOT);
        byte[] hash = keccak256(lower.getBytes(US_ASCII));
        StringBuilder text = new StringBuilder(42).append("0x");
        for (int i = 0; i < lower.length(); i++) {
            int nibble = (hash[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xF;
            char c = lower.charAt(i);
            text.append(nibble >= 8 ? Character.toUpperCase(c) : c);
        }
        return text.toString();
    }

    /** Keccak-256 of these parts one after the other (not SHA3-256). */
    static byte[] keccak256(byte[]... parts) {
        KeccakDigest keccak = new KeccakDigest(256);
        for (byte[] part : parts) {
            keccak.update(part, 0, part.length);
        }
        byte[] hash = new byte[32];
        keccak.doFinal(hash, 0);
        return hash;
    }
}
