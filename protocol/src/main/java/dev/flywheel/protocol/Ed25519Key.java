package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.SecureRandom;
import java.util.HexFormat;

/** A key that signs as type 2 (Ed25519), 4 (Solana) or 5 (Aptos). Immutable and thread-safe. */
public final class Ed25519Key implements Signer {
    private final SignatureType type;
    private final byte[] seed;
    private final byte[] owner;

    private Ed25519Key(SignatureType type, byte[] seed) {
        if (seed.length != Ed25519Curve.KEY_BYTES) {
            throw new IllegalArgumentException("An Ed25519 seed has 32 bytes, got " + seed.length);
        }
        this.type = type;
        this.seed = seed.clone();
        this.owner = Ed25519Curve.publicKey(seed);
    }

    /** A key of type 2 from its 32-byte secret seed. */
    public static Ed25519Key ofSeed(byte[] seed) {
        return new Ed25519Key(SignatureType.ED25519, seed);
    }

    /** A key of type 4, as Solana wallets sign, from its 32-byte secret seed. */
    public static Ed25519Key solana(byte[] seed) {
        return new Ed25519Key(SignatureType.SOLANA, seed);
    }

    /** A key of type 5, as Aptos wallets sign, from its 32-byte secret seed. */
    public static Ed25519Key aptos(byte[] seed) {
        return new Ed25519Key(SignatureType.APTOS, seed);
    }

    /** A fresh key of type 2. */
    public static Ed25519Key generate(SecureRandom random) {
        byte[] seed = new byte[Ed25519Curve.KEY_BYTES];
        random.nextBytes(seed);
        return ofSeed(seed);
    }

    @Override
    public SignatureType type() {
        return type;
    }

    @Override
    public byte[] owner() {
        return owner.clone();
    }

    @Override
    public byte[] sign(byte[] deepHash) {
        return Ed25519Curve.sign(seed, message(type, deepHash));
    }

    /** The bytes that this type signs for a deep hash. */
    static byte[] message(SignatureType type, byte[] deepHash) {
        return switch (type) {
            case SOLANA -> HexFormat.of().formatHex(deepHash).getBytes(US_ASCII);
            case APTOS ->
                    ("APTOS\nmessage: " + HexFormat.of().formatHex(deepHash) + "\nnonce: bundlr")
                            .getBytes(US_ASCII);
            default -> deepHash;
        };
    }
}
