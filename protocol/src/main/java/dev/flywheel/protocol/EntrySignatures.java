package dev.flywheel.protocol;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks what entries of a log say about their signers, as far as an entry can prove it.
 *
 * <p>Schedulers serve a message as text, so an item can be put together again, and its signature
 * checked, where nothing of it was lost on the way. Data or tags that are no text were; so was all
 * of a message that was signed as an HTTP message. Of these the key, the id and the form of the
 * signature are checked: they cannot be made up without the key, only be taken from another message
 * of the same signer.
 *
 * <p>Thread-safe; keeps keys by owner, see {@link ItemVerifier}.
 */
public final class EntrySignatures {
    private static final char LOST = '\uFFFD';
    private static final byte[] NOTHING = {};

    private final ItemVerifier verifier = new ItemVerifier();

    /** How far a part of an entry is proved. */
    public enum Proof {
        /** The signature is the owner's, over this content. */
        CONTENT,
        /** The owner signed something under this id; whether it was this cannot be seen. */
        SIGNER,
        /** The scheduler gives no signature, or no key. */
        NONE
    }

    /** A part that is not what its signature says. */
    public static final class ForgedException extends Exception {
        private static final long serialVersionUID = 1L;

        ForgedException(String message) {
            super(message);
        }
    }

    /**
     * Checks message and assignment.
     *
     * @return how far the message is proved; of an entry that only assigns an id, the assignment
     * @throws ForgedException with the reason, when one of the two is not its signer's
     */
    public Proof check(ScheduledEntry entry) throws ForgedException {
        boolean ofNode = HyperBeamPage.isOfNode(entry);
        ScheduledEntry.AssignmentPart assignment = entry.assignment();
        Proof ofAssignment = Proof.NONE;
        if (!(ofNode && assignment.tags().has("Original-Assignment-Id"))) { // it has another's id
            ofAssignment =
                    check(
                            "assignment",
                            new ScheduledEntry.MessagePart(
                                    assignment.id(),
                                    assignment.owner(),
                                    "",
                                    assignment.tags(),
                                    assignment.signature(),
                                    assignment.anchor(),
                                    ""),
                            ofNode);
        }
        ScheduledEntry.MessagePart message = entry.message();
        return message == null ? ofAssignment : check("message", message, ofNode);
    }

    /**
     * Checks a process's record.
     *
     * @throws ForgedException with the reason, when it is not its signer's
     */
    public Proof check(ProcessRecord record) throws ForgedException {
        return check(
                "process",
                new ScheduledEntry.MessagePart(
                        record.processId().toString(),
                        record.owner(),
                        record.data(),
                        record.tags(),
                        record.signature(),
                        record.anchor(),
                        Objects.requireNonNullElse(record.target(), "")),
                false);
    }

    private Proof check(String what, ScheduledEntry.MessagePart part, boolean ofNode)
            throws ForgedException {
        String keyText = part.owner().key();
        String signatureText = part.signature();
        if (keyText == null || signatureText == null) {
            return Proof.NONE;
        }
        byte[] key = decoded(what, part.id(), "key", keyText);
        byte[] signature = decoded(what, part.id(), "signature", signatureText);
        String address = Id.sha256(key).toString();
        if (!address.equals(part.owner().address())
                && !(key.length == SignatureType.ETHEREUM.ownerBytes()
                        && EthereumAddress.ofPublicKey(key).equals(part.owner().address()))) {
            throw new ForgedException(
                    "%s %s: its owner %s is not the address of its key, %s"
                            .formatted(what, part.id(), part.owner().address(), address));
        }
        if (verifies(part, key, signature, ofNode)) {
            requireId(what, part, signature);
            return Proof.CONTENT;
        }
        if (key.length == SignatureType.ARWEAVE.ownerBytes()) {
            switch (verifier.formOf(key, signature)) {
                case ITEM -> {}
                case HTTP_MESSAGE -> {
                    // With several signatures, its id is made of all of them.
                    return Proof.SIGNER;
                }
                case NONE ->
                        throw new ForgedException(
                                "%s %s: its signature is not one of its key (owner %s)"
                                        .formatted(what, part.id(), part.owner().address()));
            }
        }
        requireId(what, part, signature);
        if (isWhole(part, ofNode)) {
            throw new ForgedException(
                    "%s %s: its signature is not over this data, tags, target and anchor"
                            .formatted(what, part.id()));
        }
        return Proof.SIGNER;
    }

    private static void requireId(String what, ScheduledEntry.MessagePart part, byte[] signature)
            throws ForgedException {
        String id = Id.sha256(signature).toString();
        if (!id.equals(part.id())) {
            throw new ForgedException(
                    "%s %s: its signature is that of %s".formatted(what, part.id(), id));
        }
    }

    private boolean verifies(
            ScheduledEntry.MessagePart part, byte[] key, byte[] signature, boolean ofNode) {
        String data = part.data();
        byte[] anchor = anchor(part.anchor(), ofNode);
        Id target = Id.parseOrNull(part.target());
        if (data == null || anchor == null || (target == null && !part.target().isEmpty())) {
            return false;
        }
        for (SignatureType type : SignatureType.values()) {
            if (type.ownerBytes() == key.length && type.signatureBytes() == signature.length) {
                byte[] deepHash =
                        DeepHash.ofItemParts(
                                type.code(),
                                key,
                                target == null ? NOTHING : target.bytes(),
                                anchor,
                                AvroTags.encode(part.tags(), 0),
                                Utf8.encode(data));
                if (verifier.verify(type, key, deepHash, signature)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** HyperBEAM gives the 32 bytes in base64url, scheduler units as text. */
    private static byte @Nullable [] anchor(@Nullable String text, boolean ofNode) {
        if (text == null || text.isEmpty()) {
            return NOTHING;
        }
        Id encoded = ofNode ? Id.parseOrNull(text) : null;
        byte[] bytes = encoded != null ? encoded.bytes() : Utf8.encode(text);
        return bytes.length == ProtocolLimits.ID_BYTES ? bytes : null;
    }

    /** Whether everything that was signed is here. */
    private static boolean isWhole(ScheduledEntry.MessagePart part, boolean ofNode) {
        String data = part.data();
        // A scheduler unit leaves an anchor out that is no text.
        if (data == null || data.indexOf(LOST) >= 0 || (!ofNode && part.anchor() == null)) {
            return false;
        }
        for (Tag tag : part.tags()) {
            if (tag.name().indexOf(LOST) >= 0 || tag.value().indexOf(LOST) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] decoded(String what, String id, String name, String text)
            throws ForgedException {
        try {
            return Base64Url.decode(text);
        } catch (IllegalArgumentException e) {
            throw new ForgedException("%s %s: its %s is not base64url".formatted(what, id, name));
        }
    }
}
