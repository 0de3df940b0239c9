package dev.flywheel.protocol;

import java.security.Provider;

/**
 * Checks signatures of data items. Thread-safe; keeps RSA keys by owner, bounded by {@link
 * ProtocolLimits#PUBLIC_KEYS_CACHED}. One instance per process is enough.
 */
public final class ItemVerifier {
    private static final int MULTI_KEYS = 32;

    private final PublicKeyCache rsaKeys = new PublicKeyCache(ProtocolLimits.PUBLIC_KEYS_CACHED);

    /**
     * Loads the crypto library and its self-test, which takes up to a second and would else be paid
     * by the first item or signature. Call it on a thread of its own at start.
     *
     * @return which implementation does the RSA work, for the log
     */
    public static String prepare() {
        Provider fast = FastCrypto.PROVIDER;
        return fast == null
                ? "JDK " + Runtime.version().feature()
                : fast.getName() + " " + fast.getVersionStr();
    }

    /**
     * Whether the item's signature is its owner's. Hashes the item in place; takes time with its
     * length.
     *
     * @return false also for keys and signatures that cannot be ones; never throws for hostile
     *     bytes
     */
    public boolean verify(DataItem item) {
        return verify(item.signatureType(), item.owner(), DeepHash.ofItem(item), item.signature());
    }

    /** Whether the signature over a deep hash is the owner's; lengths are those of the type. */
    boolean verify(SignatureType type, byte[] owner, byte[] deepHash, byte[] signature) {
        return switch (type) {
            case ARWEAVE -> rsaKeys.get(owner).verify(deepHash, signature);
            case ETHEREUM ->
                    Secp256k1.verify(Secp256k1.personalMessageHash(deepHash), signature, owner);
            case TYPED_ETHEREUM -> TypedEthereum.verify(deepHash, signature, owner);
            case ED25519, APTOS ->
                    Ed25519Curve.verify(Ed25519Key.message(type, deepHash), signature, owner);
            // Libraries disagree on what a Solana wallet signs: the hexadecimal text, or the bytes.
            case SOLANA ->
                    Ed25519Curve.verify(
                                    Ed25519Key.message(SignatureType.SOLANA, deepHash),
                                    signature,
                                    owner)
                            || Ed25519Curve.verify(deepHash, signature, owner);
            case MULTI_APTOS -> verifyMulti(deepHash, signature, owner);
        };
    }

    /** What an RSA signature was made for, by its hash function. */
    enum Form {
        /** A data item: SHA-256. */
        ITEM,
        /** An HTTP message: SHA-512. */
        HTTP_MESSAGE,
        /** None that this key made. */
        NONE
    }

    /** Tells them apart without knowing what was signed; nobody else can make either. */
    Form formOf(byte[] owner, byte[] signature) {
        if (owner.length != SignatureType.ARWEAVE.ownerBytes()) {
            return Form.NONE;
        }
        RsaPublicKey key = rsaKeys.get(owner);
        byte[] encoded = key.encoded(signature);
        if (encoded == null) {
            return Form.NONE;
        }
        if (RsaPss.isEncodingWith(encoded, key.bits(), Digests.sha256())) {
            return Form.ITEM;
        }
        return RsaPss.isEncodingWith(encoded, key.bits(), Digests.sha512())
                ? Form.HTTP_MESSAGE
                : Form.NONE;
    }

    /**
     * Whether an Arweave key signed a deep hash: for transactions, which are no items.
     *
     * @param owner the RSA modulus
     * @return false also for keys and signatures that cannot be ones
     */
    public boolean verifyArweave(byte[] owner, byte[] deepHash, byte[] signature) {
        // Lengths first: these come from anywhere, and a key of megabytes must be neither kept nor
        // computed with.
        return owner.length == SignatureType.ARWEAVE.ownerBytes()
                && signature.length == SignatureType.ARWEAVE.signatureBytes()
                && rsaKeys.get(owner).verify(deepHash, signature);
    }

    /**
     * The slots sign the bytes of the deep hash, not the wallet's text. Every slot whose bit is set
     * must verify, they must be as many as the owner's last byte asks for, and no other slot may
     * hold anything: a signature that proves nothing, or that anyone can vary, is none.
     */
    private static boolean verifyMulti(byte[] deepHash, byte[] signature, byte[] owner) {
        int bitmapAt = MULTI_KEYS * Ed25519Curve.SIGNATURE_BYTES;
        int threshold = owner[MULTI_KEYS * Ed25519Curve.KEY_BYTES] & 0xFF;
        int claimed = 0;
        for (int slot = 0; slot < MULTI_KEYS; slot++) {
            int at = slot * Ed25519Curve.SIGNATURE_BYTES;
            if ((signature[bitmapAt + slot / 8] & (128 >> (slot % 8))) != 0) {
                claimed++;
                if (!Ed25519Curve.verify(
                        deepHash, signature, at, owner, slot * Ed25519Curve.KEY_BYTES)) {
                    return false;
                }
            } else if (!isZero(signature, at, Ed25519Curve.SIGNATURE_BYTES)) {
                return false;
            }
        }
        return claimed > 0 && claimed >= threshold;
    }

    private static boolean isZero(byte[] bytes, int from, int length) {
        int or = 0;
        for (int i = from; i < from + length; i++) {
            or |= bytes[i];
        }
        return or == 0;
    }
}
