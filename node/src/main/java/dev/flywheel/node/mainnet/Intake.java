package dev.flywheel.node.mainnet;

import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.HttpMessage;
import dev.flywheel.protocol.HttpSignatureException;
import dev.flywheel.protocol.HttpSignatureVerifier;
import dev.flywheel.protocol.ItemVerifier;
import dev.flywheel.protocol.MalformedItemException;
import dev.flywheel.protocol.Signer;
import java.time.InstantSource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads what requests carry, and verifies it before anybody sees it. Thread-safe. */
final class Intake {
    private final ItemVerifier verifier = new ItemVerifier();
    private final HttpSignatureVerifier httpVerifier = new HttpSignatureVerifier();
    private final Signer node;
    private final InstantSource clock;

    /**
     * @param node signs what is signed as an HTTP request, once that holds; the same twice alike
     * @param clock tells whether a signature has expired
     */
    Intake(Signer node, InstantSource clock) {
        this.node = node;
        this.clock = clock;
    }

    /**
     * What the client signed.
     *
     * @return null for a request that carries nothing
     * @throws StatusException 400 when it carries something that is not signed, or not well
     */
    @Nullable SignedRequest read(Request request) {
        if (isItem(request)) {
            return new SignedRequest.OfItem(item(request.body()));
        }
        if (request.header("signature") != null || request.header("signature-input") != null) {
            return ofHttp(request);
        }
        if (request.body().length > 0) {
            throw new StatusException(
                    400,
                    "the body is not signed: send a data item with content-type application/ans104, or sign the request (RFC 9421, rsa-pss-sha512)");
        }
        return null;
    }

    private SignedRequest ofHttp(Request request) {
        String host = request.header("host");
        HttpMessage message =
                new HttpMessage(
                        request.method(),
                        host == null ? "" : host,
                        request.rawPath(),
                        request.rawQuery(),
                        request::headerValues,
                        request.body());
        try {
            HttpSignatureVerifier.Verified verified = httpVerifier.verify(message, clock.instant());
            return new HttpSigned(verified, HttpKeys.of(message, verified), node);
        } catch (HttpSignatureException e) {
            throw new StatusException(
                    400,
                    "the request's signature does not hold, nothing was done: " + e.getMessage());
        }
    }

    private static boolean isItem(Request request) {
        String type = request.header("content-type");
        boolean ofType =
                type != null
                        && type.toLowerCase(Locale.ROOT)
                                .split(";", 2)[0]
                                .strip()
                                .equals("application/ans104");
        return ofType || "ans104@1.0".equals(request.header("codec-device"));
    }

    private DataItem item(byte[] body) {
        DataItem item;
        try {
            item = DataItem.parse(body);
        } catch (MalformedItemException e) {
            throw new StatusException(400, "the body is no data item: " + e.getMessage());
        }
        if (!verifier.verify(item)) {
            throw new StatusException(
                    400,
                    "the signature of item %s is not its owner's; nothing was done"
                            .formatted(item.id()));
        }
        return item;
    }
}
