package dev.flywheel.protocol;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/** An Arweave owner made ready for verification. Immutable and thread-safe. */
final class RsaPublicKey {
    private static final BigInteger EXPONENT = RSAKeyGenParameterSpec.F4;

    private final BigInteger modulus;
    private final int modulusBits;
    private final @Nullable Provider fast;
    private final @Nullable PublicKey fastKey;

    RsaPublicKey(byte[] owner) {
        this(owner, FastCrypto.PROVIDER);
    }

    RsaPublicKey(byte[] owner, @Nullable Provider fast) {
        modulus = new BigInteger(1, owner);
        modulusBits = modulus.bitLength();
        this.fast = fast;
        fastKey = fast == null || !isUsable() ? null : fastKey(fast);
    }

    private @Nullable PublicKey fastKey(Provider provider) {
        try {
            return KeyFactory.getInstance("RSA", provider)
                    .generatePublic(new RSAPublicKeySpec(modulus, EXPONENT));
        } catch (GeneralSecurityException e) {
            return null; // a modulus that the library refuses is computed by the JDK: one verdict
            // on every machine
        }
    }

    /** Whether the modulus can be one: odd, and filling its bytes. */
    private boolean isUsable() {
        return modulusBits >= ProtocolLimits.RSA_MODULUS_BITS_MIN && modulus.testBit(0);
    }

    /** Whether the accelerated library does the public operation for this key. */
    boolean isFast() {
        return fastKey != null;
    }

    boolean verify(byte[] deepHash, byte[] signature) {
        return verify(deepHash, signature, Digests.sha256());
    }

    /** As {@link #verify(byte[], byte[])} with this digest, used by nobody else meanwhile. */
    boolean verify(byte[] message, byte[] signature, MessageDigest sha) {
        byte[] encoded = encoded(signature);
        return encoded != null && RsaPss.isEncodingOf(message, encoded, modulusBits, sha);
    }

    int bits() {
        return modulusBits;
    }

    /** The encoded message that was signed; null when this is no signature for such a key. */
    byte @Nullable [] encoded(byte[] signature) {
        if (!isUsable() || signature.length != SignatureType.ARWEAVE.signatureBytes()) {
            return null;
        }
        BigInteger number = new BigInteger(1, signature);
        if (number.compareTo(modulus) >= 0) {
            return null; // RFC 8017, 5.2.2: else s and s + n would both be signatures
        }
        byte[] encoded = fastKey == null ? null : fastPower(fastKey, signature);
        return encoded == null
                ? RsaPss.toBytes(number.modPow(EXPONENT, modulus), signature.length)
                : encoded;
    }

    private byte @Nullable [] fastPower(PublicKey key, byte[] signature) {
        try {
            Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding", fast);
            cipher.init(Cipher.ENCRYPT_MODE, key);
            byte[] power = cipher.doFinal(signature);
            return power.length == signature.length ? power : null;
        } catch (GeneralSecurityException e) {
            return null; // the JDK computes it then
        }
    }
}
