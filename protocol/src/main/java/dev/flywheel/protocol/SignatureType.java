package dev.flywheel.protocol;

import org.jspecify.annotations.Nullable;

/** Signature schemes of ANS-104 data items, with the lengths of signature and owner in bytes. */
public enum SignatureType {
    /** RSA-PSS with SHA-256; the owner is the modulus of a 4096-bit key with exponent 65537. */
    ARWEAVE(1, 512, 512),
    /** Ed25519 over the 48 bytes of the deep hash. */
    ED25519(2, 64, 32),
    /**
     * secp256k1 over the EIP-191 personal message of the deep hash; the owner is the uncompressed
     * key.
     */
    ETHEREUM(3, 65, 65),
    /** Ed25519 over the lower-case hexadecimal text of the deep hash. */
    SOLANA(4, 64, 32),
    /** Ed25519 over the text that Aptos wallets show. */
    APTOS(5, 64, 32),
    /** Up to 32 Ed25519 signatures and a bitmap; the owner is 32 keys and a threshold. */
    MULTI_APTOS(6, 2052, 1025),
    /** secp256k1 over an EIP-712 message; the owner is the text of the address. */
    TYPED_ETHEREUM(7, 65, 42);

    private static final @Nullable SignatureType[] BY_CODE = new @Nullable SignatureType[8];

    static {
        for (SignatureType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final int code;
    private final int signatureBytes;
    private final int ownerBytes;

    SignatureType(int code, int signatureBytes, int ownerBytes) {
        this.code = code;
        this.signatureBytes = signatureBytes;
        this.ownerBytes = ownerBytes;
    }

    /** The number in the item's first two bytes. */
    public int code() {
        return code;
    }

    /** Length of the signature in bytes. */
    public int signatureBytes() {
        return signatureBytes;
    }

    /** Length of the owner (public key) in bytes. */
    public int ownerBytes() {
        return ownerBytes;
    }

    /** The type with this number, or null if there is none. */
    public static @Nullable SignatureType ofCode(int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }
}
