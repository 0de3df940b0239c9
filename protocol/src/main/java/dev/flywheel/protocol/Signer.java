package dev.flywheel.protocol;

/** A key that signs data items. Implementations are thread-safe. */
public interface Signer {
    /** The scheme. */
    SignatureType type();

    /** The public key as it stands in an item, {@link SignatureType#ownerBytes()} long. */
    byte[] owner();

    /**
     * The signature over an item's deep hash, {@link SignatureType#signatureBytes()} long.
     *
     * @param deepHash the 48 bytes of {@link DeepHash#ofItem}
     */
    byte[] sign(byte[] deepHash);
}
