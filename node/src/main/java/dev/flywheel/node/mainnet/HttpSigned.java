package dev.flywheel.node.mainnet;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.HttpSignatureVerifier.Verified;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.ProtocolLimits;
import dev.flywheel.protocol.Signer;
import dev.flywheel.protocol.Tags;
import dev.flywheel.protocol.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * A message that is signed as an HTTP request. No item can carry that signature, so the node signs
 * one of its own, and names the signer as where it comes from. One thread.
 */
final class HttpSigned implements SignedRequest {
    private final Verified verified;
    private final HttpKeys keys;
    private final Tags tags;
    private final @Nullable Id target;
    private final Signer node;
    private @Nullable DataItem item; // signed when it is needed, which reads do not

    /**
     * @param node signs the item; the same twice alike
     * @throws StatusException 400 when it cannot be a message of AO
     */
    HttpSigned(Verified verified, HttpKeys keys, Signer node) {
        this.verified = verified;
        this.keys = keys;
        this.tags = keys.tags();
        this.node = node;
        String protocol = keys.get("data-protocol");
        if (protocol != null && !protocol.equals("ao")) {
            throw new StatusException(
                    400, "data-protocol must be ao, got " + MainnetLimits.cut(protocol));
        }
        String text = keys.get("target");
        this.target = text == null || text.isEmpty() ? null : Id.parseOrNull(text);
        if (text != null && !text.isEmpty() && target == null) {
            throw new StatusException(
                    400, "target is no id of 43 characters: " + MainnetLimits.cut(text));
        }
    }

    @Override
    public String signer() {
        return verified.signer();
    }

    @Override
    public @Nullable Id target() {
        return target;
    }

    @Override
    public Tags tags() {
        return tags;
    }

    @Override
    public String data() {
        return Utf8.decodeLossy(keys.data());
    }

    @Override
    public Id id() {
        return verified.id();
    }

    @Override
    public DataItem item() {
        DataItem known = item;
        if (known == null) {
            known = sign();
            item = known;
        }
        return known;
    }

    /**
     * The anchor is of the signature, and the node signs the same alike: what somebody sends again
     * is the item that the scheduler has, and two messages that say the same are two.
     */
    private DataItem sign() {
        ItemBuilder builder =
                new ItemBuilder()
                        .anchor(verified.id().toString().substring(0, ProtocolLimits.ID_BYTES))
                        .tags(tags)
                        .tag("From-Process", verified.signer())
                        .data(keys.data());
        if (target != null) {
            builder.target(target);
        }
        try {
            return builder.sign(node);
        } catch (IllegalArgumentException e) {
            throw new StatusException(
                    400, "the message does not fit into an item: " + e.getMessage());
        }
    }
}
