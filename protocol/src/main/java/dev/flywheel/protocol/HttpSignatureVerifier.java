package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks HTTP message signatures (RFC 9421) as AO's nodes and clients make them: RSA of 4096 bits
 * with PSS and SHA-512, any salt. Two generations, told apart by the key id:
 *
 * <pre>
 *                     older                            newer
 *  keyid              modulus, base64url               "publickey:" + modulus, base64
 *  parameters signed  all, as sent                     those that are known, by name
 *  line of @path      "@path": value, or "path": value "path": value
 *  content-digest     base64url                        base64
 * </pre>
 *
 * <p>Signatures of other kinds are passed over: HyperBEAM adds one whose key is a constant, which
 * proves nothing. Thread-safe; keeps keys as {@link ItemVerifier} does.
 */
public final class HttpSignatureVerifier {
    private static final String ALGORITHM = "\"rsa-pss-sha512\"";
    private static final String NEWER_KEY = "publickey:";

    /** What the newer generation signs of a signature's parameters. */
    private static final Set<String> SIGNED_PARAMETERS =
            Set.of("created", "expires", "nonce", "alg", "keyid", "tag", "bundle");

    private final PublicKeyCache keys = new PublicKeyCache(ProtocolLimits.PUBLIC_KEYS_CACHED);

    /**
     * A signature that holds.
     *
     * @param signer the signer's address: base64url of SHA-256 of the modulus
     * @param id SHA-256 of the signature, as items have it
     * @param components names of what it covers, as in the header; nothing else of the message is
     *     the signer's
     */
    public record Verified(String signer, Id id, List<String> components) {
        public Verified {
            components = List.copyOf(components);
        }

        /** Whether it covers this header. */
        public boolean covers(String name) {
            return components.contains(name);
        }
    }

    /**
     * The signature of a message.
     *
     * @param now what an expiry is compared with
     * @throws HttpSignatureException if it has none, several by RSA, one that does not hold or has
     *     expired, or a body that the signature does not cover
     */
    public Verified verify(HttpMessage message, Instant now) throws HttpSignatureException {
        Map<String, StructuredField.Member> inputs = dictionary(message, "signature-input");
        Map<String, StructuredField.Member> signatures = dictionary(message, "signature");
        String label = null;
        for (Map.Entry<String, StructuredField.Member> input : inputs.entrySet()) {
            if (ALGORITHM.equals(input.getValue().parameters().get("alg"))) {
                if (label != null) {
                    throw new HttpSignatureException(
                            "the message has more than one signature by rsa-pss-sha512; send it with one");
                }
                label = input.getKey();
            }
        }
        StructuredField.Member input = inputs.get(label);
        StructuredField.Member signature = signatures.get(label);
        if (label == null || input == null || !input.isList()) {
            throw new HttpSignatureException(
                    "the message has no signature by rsa-pss-sha512 in its header signature-input");
        }
        byte[] bytes = signature == null ? null : StructuredField.bytes(signature.value());
        if (bytes == null) {
            throw new HttpSignatureException(
                    "header signature has no bytes for the signature " + label);
        }
        requireTime(input.parameters(), now);
        return verify(message, label, input, bytes);
    }

    private static Map<String, StructuredField.Member> dictionary(HttpMessage message, String name)
            throws HttpSignatureException {
        String text = message.header(name);
        if (text == null) {
            throw new HttpSignatureException("the message has no header " + name);
        }
        return StructuredField.dictionary(name, text);
    }

    private Verified verify(
            HttpMessage message, String label, StructuredField.Member input, byte[] signature)
            throws HttpSignatureException {
        String keyId = StructuredField.string(input.parameters().getOrDefault("keyid", ""));
        if (keyId == null) {
            throw new HttpSignatureException("signature " + label + " has no keyid");
        }
        boolean newer = keyId.startsWith(NEWER_KEY);
        byte[] modulus =
                StructuredField.base64(newer ? keyId.substring(NEWER_KEY.length()) : keyId);
        if (modulus == null
                || modulus.length != SignatureType.ARWEAVE.ownerBytes()
                || signature.length != SignatureType.ARWEAVE.signatureBytes()) {
            throw new HttpSignatureException(
                    "signature %s is not by an RSA key of 4096 bits whose modulus is its keyid"
                            .formatted(label));
        }
        List<String> components = components(input);
        requireBody(message, components);
        List<String> values = values(message, components);
        boolean fits = false;
        for (boolean marked : writings(components, newer)) {
            byte[] base = base(input, components, values, newer, marked).getBytes(ISO_8859_1);
            fits |= keys.get(modulus).verify(base, signature, Digests.sha512());
        }
        if (!fits) {
            throw new HttpSignatureException(
                    "signature %s does not fit what it covers: %s"
                            .formatted(label, String.join(", ", components)));
        }
        return new Verified(Id.sha256(modulus).toString(), Id.sha256(signature), components);
    }

    /** Whether lines of derived components have their mark; older clients differ in it. */
    private static boolean[] writings(List<String> components, boolean newer) {
        boolean derived = components.stream().anyMatch(name -> name.startsWith("@"));
        if (newer || !derived) {
            return new boolean[] {!newer};
        }
        return new boolean[] {true, false};
    }

    private static List<String> components(StructuredField.Member input)
            throws HttpSignatureException {
        List<String> components = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String item : input.items()) {
            String name = StructuredField.string(item);
            if (name == null || !name.equals(name.toLowerCase(Locale.ROOT)) || !seen.add(name)) {
                throw new HttpSignatureException(
                        "signature-input lists each component once, as a string in lower case, got "
                                + item);
            }
            components.add(name);
        }
        return components;
    }

    /** Nobody signed a body whose digest is not covered. */
    private static void requireBody(HttpMessage message, List<String> components)
            throws HttpSignatureException {
        if (!components.contains("content-digest")) {
            if (message.body().length > 0) {
                throw new HttpSignatureException(
                        "the signature does not cover the body; it must cover content-digest");
            }
            return;
        }
        String field = message.header("content-digest");
        StructuredField.Member sha256 =
                field == null
                        ? null
                        : StructuredField.dictionary("content-digest", field).get("sha-256");
        byte[] digest = sha256 == null ? null : StructuredField.bytes(sha256.value());
        if (digest == null) {
            throw new HttpSignatureException("header content-digest has no sha-256");
        }
        if (!MessageDigest.isEqual(digest, Digests.sha256().digest(message.body()))) {
            throw new HttpSignatureException(
                    "content-digest is not that of the body, which came with %d bytes"
                            .formatted(message.body().length));
        }
    }

    private static void requireTime(Map<String, String> parameters, Instant now)
            throws HttpSignatureException {
        String expires = parameters.get("expires");
        if (expires == null) {
            return;
        }
        if (!expires.matches("\\d{1,15}")) {
            throw new HttpSignatureException("expires is no time in seconds: " + expires);
        }
        if (Long.parseLong(expires) <= now.getEpochSecond()) {
            throw new HttpSignatureException("the signature expired at " + expires);
        }
    }

    private static List<String> values(HttpMessage message, List<String> components)
            throws HttpSignatureException {
        List<String> values = new ArrayList<>(components.size());
        for (String name : components) {
            String value = name.startsWith("@") ? derived(message, name) : message.header(name);
            if (value == null) {
                throw new HttpSignatureException(
                        "the signature covers %s, which the message does not have or this unit does not know"
                                .formatted(name));
            }
            values.add(value);
        }
        return values;
    }

    /**
     * @param marked whether lines of derived components begin with their at sign
     */
    private static String base(
            StructuredField.Member input,
            List<String> components,
            List<String> values,
            boolean newer,
            boolean marked) {
        StringBuilder base = new StringBuilder(1024);
        for (int i = 0; i < values.size(); i++) {
            String name = components.get(i);
            String written = !marked && name.startsWith("@") ? name.substring(1) : name;
            base.append('"').append(written).append("\": ").append(values.get(i)).append('\n');
        }
        base.append("\"@signature-params\": (").append(String.join(" ", input.items())).append(')');
        Map<String, String> parameters =
                newer ? new TreeMap<>(input.parameters()) : input.parameters();
        parameters.forEach(
                (name, value) -> {
                    if (!newer || SIGNED_PARAMETERS.contains(name)) {
                        base.append(';').append(name).append('=').append(value);
                    }
                });
        return base.toString();
    }

    private static @Nullable String derived(HttpMessage message, String name) {
        return switch (name) {
            case "@method" -> message.method();
            case "@authority" -> message.authority();
            case "@path" -> message.path();
            case "@query" -> "?" + message.query();
            case "@request-target" ->
                    message.query().isEmpty()
                            ? message.path()
                            : message.path() + "?" + message.query();
            default -> null;
        };
    }
}
