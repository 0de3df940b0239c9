package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A secp256k1 key that signs as type 3 (personal message) or 7 (typed data). Immutable and
 * thread-safe.
 */
public final class EthereumKey implements Signer {
    private static final int SECRET_BYTES = 32;

    private final SignatureType type;
    private final BigInteger secret;
    private final byte[] publicKey;

    private EthereumKey(SignatureType type, byte[] secretBytes) {
        this.type = type;
        this.secret = new BigInteger(1, secretBytes);
        if (secretBytes.length != SECRET_BYTES || !Secp256k1.isSecret(secret)) {
            throw new IllegalArgumentException(
                    "A secp256k1 secret is 32 bytes between 1 and the order of the curve");
        }
        this.publicKey = Secp256k1.publicKey(secret);
    }

    /** A key of type 3 from its 32 secret bytes. */
    public static EthereumKey ofSecret(byte[] secret) {
        return new EthereumKey(SignatureType.ETHEREUM, secret);
    }

    /** A key of type 7 from its 32 secret bytes; the owner is the address in lower case. */
    public static EthereumKey typed(byte[] secret) {
        return new EthereumKey(SignatureType.TYPED_ETHEREUM, secret);
    }

    /** A fresh key of type 3. */
    public static EthereumKey generate(SecureRandom random) {
        byte[] secret = new byte[SECRET_BYTES];
        do {
            random.nextBytes(secret);
        } while (!Secp256k1.isSecret(new BigInteger(1, secret)));
        return ofSecret(secret);
    }

    /** The checksummed address. */
    public String address() {
        return EthereumAddress.ofPublicKey(publicKey);
    }

    @Override
    public SignatureType type() {
        return type;
    }

    @Override
    public byte[] owner() {
        return type == SignatureType.ETHEREUM
                ? publicKey.clone()
                : address().toLowerCase(Locale.ROOT).getBytes(US_ASCII);
    }

    @Override
    public byte[] sign(byte[] deepHash) {
        byte[] hash =
                type == SignatureType.ETHEREUM
                        ? Secp256k1.personalMessageHash(deepHash)
                        : TypedEthereum.messageHash(
                                deepHash, HexFormat.of().parseHex(address(), 2, 42));
        return Secp256k1.sign(secret, hash);
    }
}
