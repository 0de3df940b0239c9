package dev.flywheel.protocol;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * RSASSA-PSS (RFC 8017, 8.1), with SHA-256 and MGF1-SHA-256 over an item's deep hash, or with
 * SHA-512 in both places over an HTTP signature's base.
 *
 * <p>The JDK verifies one salt length that it is told. Wallets use 32 or the largest possible (478
 * for 4096 bits and SHA-256), others are allowed; so the public operation is done raw and the
 * encoded message is decoded here, which shows the length.
 */
final class RsaPss {
    private static final int HASH_BYTES = 32;
    private static final byte TRAILER = (byte) 0xBC;
    private static final byte[] EIGHT_ZEROS = new byte[8];
    private static final PSSParameterSpec PARAMETERS =
            new PSSParameterSpec(
                    "SHA-256",
                    "MGF1",
                    MGF1ParameterSpec.SHA256,
                    HASH_BYTES,
                    PSSParameterSpec.TRAILER_FIELD_BC);

    private RsaPss() {}

    static byte[] sign(PrivateKey key, byte[] deepHash, @Nullable Provider fast) {
        try {
            Signature pss =
                    fast == null
                            ? Signature.getInstance("RSASSA-PSS")
                            : Signature.getInstance("RSASSA-PSS", fast);
            pss.setParameter(PARAMETERS);
            pss.initSign(key);
            pss.update(deepHash);
            return pss.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("RSA-PSS signing failed: " + e.getMessage(), e);
        }
    }

    /**
     * A signature that is a function of key and hash: its salt follows from the hash. By the JDK,
     * whose salt comes from the random stream that it is given.
     */
    static byte[] signRepeatably(PrivateKey key, byte[] deepHash) {
        try {
            Signature pss = Signature.getInstance("RSASSA-PSS", "SunRsaSign");
            pss.setParameter(PARAMETERS);
            pss.initSign(key, new Salt(Digests.sha256().digest(deepHash)));
            pss.update(deepHash);
            return pss.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("RSA-PSS signing failed: " + e.getMessage(), e);
        }
    }

    /** Gives one salt, once. */
    private static final class Salt extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] salt;

        Salt(byte[] salt) {
            this.salt = salt;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (bytes.length != salt.length) {
                throw new IllegalStateException(
                        "the salt has %d bytes, asked for are %d"
                                .formatted(salt.length, bytes.length));
            }
            System.arraycopy(salt, 0, bytes, 0, salt.length);
        }
    }

    /**
     * Whether the encoded message, the signature to the power of e, is an EMSA-PSS encoding of the
     * message.
     *
     * @param sha a digest of its own, for the message, the mask and the salt
     */
    static boolean isEncodingOf(
            byte[] message, byte[] encoded, int modulusBits, MessageDigest sha) {
        byte[] salt = saltOrNull(sha, encoded, modulusBits);
        if (salt == null) {
            return false;
        }
        byte[] messageHash = sha.digest(message);
        sha.update(EIGHT_ZEROS);
        sha.update(messageHash);
        byte[] expected = sha.digest(salt);
        int end = encoded.length - 1;
        return MessageDigest.isEqual(
                expected, Arrays.copyOfRange(encoded, end - expected.length, end));
    }

    /** Whether the encoded message is an EMSA-PSS encoding of anything with this hash function. */
    static boolean isEncodingWith(byte[] encoded, int modulusBits, MessageDigest sha) {
        return saltOrNull(sha, encoded, modulusBits) != null;
    }

    /** The salt; null where the encoding is none with this hash function. */
    private static byte @Nullable [] saltOrNull(
            MessageDigest sha, byte[] encoded, int modulusBits) {
        int hashBytes = sha.getDigestLength();
        int emBits = modulusBits - 1;
        int emBytes = (emBits + 7) / 8;
        int skipped = encoded.length - emBytes;
        if (emBytes < 2 * hashBytes + 2 || encoded[encoded.length - 1] != TRAILER) {
            return null;
        }
        for (int i = 0; i < skipped; i++) {
            if (encoded[i] != 0) {
                return null;
            }
        }
        int dbBytes = emBytes - hashBytes - 1;
        byte[] db = maskGeneration(sha, encoded, skipped + dbBytes, dbBytes);
        for (int i = 0; i < dbBytes; i++) {
            db[i] ^= encoded[skipped + i];
        }
        int unusedBits = 8 * emBytes - emBits;
        if (unusedBits > 0 && (encoded[skipped] & 0xFF) >> (8 - unusedBits) != 0) {
            return null;
        }
        db[0] &= (byte) (0xFF >> unusedBits);
        int saltAt = saltOffset(db);
        return saltAt < 0 ? null : Arrays.copyOfRange(db, saltAt, dbBytes);
    }

    /** Where the salt begins: after zeros and a single one; -1 if the padding is another. */
    private static int saltOffset(byte[] db) {
        for (int i = 0; i < db.length; i++) {
            if (db[i] != 0) {
                return db[i] == 1 ? i + 1 : -1;
            }
        }
        return -1;
    }

    private static byte[] maskGeneration(
            MessageDigest sha, byte[] seed, int seedOffset, int length) {
        int hashBytes = sha.getDigestLength();
        byte[] mask = new byte[length];
        byte[] counter = new byte[4];
        for (int at = 0, block = 0; at < length; at += hashBytes, block++) {
            counter[2] = (byte) (block >> 8);
            counter[3] = (byte) block;
            sha.update(seed, seedOffset, hashBytes);
            byte[] hash = sha.digest(counter);
            System.arraycopy(hash, 0, mask, at, Math.min(hashBytes, length - at));
        }
        return mask;
    }

    /** A positive number as exactly so many bytes, big-endian. */
    static byte[] toBytes(BigInteger number, int length) {
        byte[] shortest = number.toByteArray();
        int from = shortest[0] == 0 ? 1 : 0;
        byte[] bytes = new byte[length];
        System.arraycopy(
                shortest, from, bytes, length - (shortest.length - from), shortest.length - from);
        return bytes;
    }
}
