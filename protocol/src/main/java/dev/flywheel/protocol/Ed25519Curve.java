package dev.flywheel.protocol;

import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** Ed25519 (RFC 8032) on raw keys. */
final class Ed25519Curve {
    static final int KEY_BYTES = 32;
    static final int SIGNATURE_BYTES = 64;

    /**
     * The y coordinates of all points of small order, canonical, without sign: any message
     * "verifies" under them.
     */
    private static final byte[][] SMALL_ORDER = {
        key("0000000000000000000000000000000000000000000000000000000000000000"),
        key("0100000000000000000000000000000000000000000000000000000000000000"),
        key("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        key("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        key("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    };

    private Ed25519Curve() {}

    static boolean verify(byte[] message, byte[] signature, byte[] publicKey) {
        return verify(message, signature, 0, publicKey, 0);
    }

    static boolean verify(
            byte[] message, byte[] signatures, int signatureAt, byte[] keys, int keyAt) {
        return !isSmallOrder(keys, keyAt)
                && Ed25519.verify(signatures, signatureAt, keys, keyAt, message, 0, message.length);
    }

    static byte[] sign(byte[] seed, byte[] message) {
        byte[] signature = new byte[SIGNATURE_BYTES];
        Ed25519.sign(seed, 0, message, 0, message.length, signature, 0);
        return signature;
    }

    static byte[] publicKey(byte[] seed) {
        byte[] key = new byte[KEY_BYTES];
        Ed25519.generatePublicKey(seed, 0, key, 0);
        return key;
    }

    private static boolean isSmallOrder(byte[] keys, int at) {
        byte[] key = Arrays.copyOfRange(keys, at, at + KEY_BYTES);
        key[KEY_BYTES - 1] &= 0x7F;
        for (byte[] small : SMALL_ORDER) {
            if (Arrays.equals(small, key)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] key(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
