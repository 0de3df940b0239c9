package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.jspecify.annotations.Nullable;

/**
 * Ethereum's signatures: 32 bytes r, 32 bytes s, one byte v (27 or 28, the parity of the point that
 * r came from).
 *
 * <p>The larger of the two possible s and any other v are refused: an item's id is the hash of its
 * signature, so each would give the same signed content a second id.
 */
final class Secp256k1 {
    static final int SIGNATURE_BYTES = 65;
    static final int PUBLIC_KEY_BYTES = 65;

    private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");
    private static final ECDomainParameters DOMAIN = new ECDomainParameters(CURVE);
    private static final BigInteger ORDER = CURVE.getN();
    private static final BigInteger HALF_ORDER = ORDER.shiftRight(1);
    private static final int V_EVEN = 27;
    private static final byte UNCOMPRESSED = 4;
    private static final byte[] PERSONAL_MESSAGE =
            ("\u0019Ethereum Signed Message:\n" + DeepHash.BYTES).getBytes(US_ASCII);

    private Secp256k1() {}

    /** The hash that wallets sign for a deep hash (EIP-191, version 0x45). */
    static byte[] personalMessageHash(byte[] deepHash) {
        return EthereumAddress.keccak256(PERSONAL_MESSAGE, deepHash);
    }

    static boolean verify(byte[] hash, byte[] signature, byte[] publicKey) {
        if (publicKey[0] != UNCOMPRESSED) {
            return false;
        }
        byte[] recovered = recover(hash, signature);
        return recovered != null && Arrays.equals(recovered, publicKey);
    }

    /** The uncompressed public key that made the signature, or null if there is none. */
    static byte @Nullable [] recover(byte[] hash, byte[] signature) {
        BigInteger r = new BigInteger(1, signature, 0, 32);
        BigInteger s = new BigInteger(1, signature, 32, 32);
        int parity = (signature[64] & 0xFF) - V_EVEN;
        boolean inRange =
                r.signum() > 0
                        && r.compareTo(ORDER) < 0
                        && s.signum() > 0
                        && s.compareTo(HALF_ORDER) <= 0;
        if (!inRange || parity < 0 || parity > 1) {
            return null;
        }
        ECPoint point;
        try {
            byte[] compressed = new byte[33];
            compressed[0] = (byte) (2 + parity);
            System.arraycopy(signature, 0, compressed, 1, 32);
            point = CURVE.getCurve().decodePoint(compressed);
        } catch (IllegalArgumentException e) {
            return null; // no point of the curve has this x
        }
        BigInteger inverse = r.modInverse(ORDER);
        BigInteger e = new BigInteger(1, hash);
        BigInteger u1 = e.negate().multiply(inverse).mod(ORDER);
        BigInteger u2 = s.multiply(inverse).mod(ORDER);
        ECPoint key = ECAlgorithms.sumOfTwoMultiplies(CURVE.getG(), u1, point, u2).normalize();
        return key.isInfinity() ? null : key.getEncoded(false);
    }

    /**
     * Signs with a nonce derived from key and hash (RFC 6979), so the same hash gives the same
     * signature.
     */
    static byte[] sign(BigInteger secret, byte[] hash) {
        ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        signer.init(true, new ECPrivateKeyParameters(secret, DOMAIN));
        BigInteger[] pair = signer.generateSignature(hash);
        BigInteger s = pair[1].compareTo(HALF_ORDER) > 0 ? ORDER.subtract(pair[1]) : pair[1];
        byte[] signature = new byte[SIGNATURE_BYTES];
        System.arraycopy(RsaPss.toBytes(pair[0], 32), 0, signature, 0, 32);
        System.arraycopy(RsaPss.toBytes(s, 32), 0, signature, 32, 32);
        byte[] own = publicKey(secret);
        for (int parity = 0; parity <= 1; parity++) {
            signature[64] = (byte) (V_EVEN + parity);
            if (verify(hash, signature, own)) {
                return signature;
            }
        }
        throw new AssertionError("A secp256k1 signature that was just made does not verify");
    }

    static byte[] publicKey(BigInteger secret) {
        return CURVE.getG().multiply(secret).normalize().getEncoded(false);
    }

    static boolean isSecret(BigInteger number) {
        return number.signum() > 0 && number.compareTo(ORDER) < 0;
    }
}
