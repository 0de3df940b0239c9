package dev.flywheel.node.mainnet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.HttpMessage;
import dev.flywheel.protocol.HttpSignatureVerifier.Verified;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import dev.flywheel.protocol.Utf8;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP-signed message says as a message of AO: only keys that its signature covers, since
 * anybody on the way may add headers.
 */
final class HttpKeys {
    /** Say how the message travels, or how to answer it; processes have no use for them. */
    private static final Set<String> OF_THE_WIRE =
            Set.of(
                    "accept",
                    "accept-bundle",
                    "accept-codec",
                    "accept-encoding",
                    "accept-language",
                    "ao-body-key",
                    "ao-types",
                    "codec-device",
                    "connection",
                    "content-digest",
                    "content-length",
                    "host",
                    "inline-body-key",
                    "method",
                    "path",
                    "require-codec",
                    "signature",
                    "signature-input",
                    "signing-format",
                    "user-agent");

    /** Parts of an item that are no tags, and tags that are set here. */
    private static final Set<String> OF_THE_ITEM =
            Set.of("anchor", "data", "data-protocol", "target", "type", "variant");

    /**
     * What the node alone may say with its key: where a message comes from, and what it was pushed
     * for.
     */
    private static final Set<String> OF_THE_NODE = Set.of("forwarded-by", "pushed-for");

    private static final String OF_THE_NODE_TOO = "from-";
    private static final Set<String> PLAIN_TYPES = Set.of("integer", "float", "binary");
    private static final byte[] NOTHING = {};

    private final Map<String, String> keys = new TreeMap<>();
    private final byte[] data;

    private HttpKeys(HttpMessage message, Verified verified) {
        for (String name : verified.components()) {
            String value = message.header(name);
            if (!name.startsWith("@") && value != null) {
                put(WireText.decode(name), text(name, value.getBytes(ISO_8859_1)));
            }
        }
        readTypes(keys.get("ao-types"));
        Map<String, byte[]> bodies = bodies(message.body());
        byte[] found = bodies.remove("data");
        String key = "data";
        if (found == null && !keys.containsKey("data")) {
            key = "body";
            found = bodies.remove("body");
        }
        if (found == null) {
            String text = keys.get(key);
            found = text == null ? NOTHING : Utf8.encode(text);
        }
        keys.remove(key);
        this.data = found;
        bodies.forEach((name, bytes) -> put(name, text(name, bytes)));
    }

    /**
     * Reads a message whose signature holds.
     *
     * @throws StatusException 400 when it cannot be a message of AO
     */
    static HttpKeys of(HttpMessage message, Verified verified) {
        return new HttpKeys(message, verified);
    }

    private void put(String name, String value) {
        if (keys.put(name.toLowerCase(Locale.ROOT), value) != null) {
            throw new StatusException(
                    400, "key " + MainnetLimits.cut(name) + " of the message comes twice");
        }
    }

    private static String text(String name, byte[] bytes) {
        String text = Utf8.decodeOrNull(bytes, 0, bytes.length);
        if (text == null) {
            throw new StatusException(
                    400,
                    "key %s of the message is not UTF-8; only data may hold other bytes"
                            .formatted(MainnetLimits.cut(name)));
        }
        return text;
    }

    /** Numbers and atoms are their text; what has no text cannot become a tag. */
    private void readTypes(@Nullable String types) {
        if (types == null) {
            return;
        }
        for (String pair : types.split(",", -1)) {
            String[] type = pair.strip().replace("\"", "").split("=", 2);
            if (type.length == 2 && type[1].equals("empty-binary")) {
                put(WireText.decode(type[0]), "");
            } else if (type.length == 2 && type[1].equals("atom")) {
                // Some write an atom as a token, some as a string.
                keys.computeIfPresent(
                        WireText.decode(type[0]), (name, value) -> value.replace("\"", ""));
            } else if (type.length != 2 || !PLAIN_TYPES.contains(type[1])) {
                throw new StatusException(
                        400,
                        "tags hold text, so this type is not taken: " + MainnetLimits.cut(pair));
            }
        }
    }

    private Map<String, byte[]> bodies(byte[] body) {
        String inlineKey = keys.getOrDefault("ao-body-key", keys.get("inline-body-key"));
        if (inlineKey == null) {
            inlineKey = "body";
        }
        String type = keys.get("content-type");
        if (MultipartBody.is(type) && type != null) {
            keys.remove("content-type");
            return MultipartBody.parts(type, body, inlineKey);
        }
        Map<String, byte[]> bodies = new TreeMap<>();
        if (body.length > 0) {
            bodies.put(inlineKey.toLowerCase(Locale.ROOT), body);
        }
        return bodies;
    }

    /** The data; empty when there is none. */
    byte[] data() {
        return data.clone();
    }

    /** The value of a key, or null. */
    @Nullable String get(String key) {
        return keys.get(key);
    }

    /**
     * The tags, their names in title case as HyperBEAM writes them for processes, in the order of
     * their names; then those that make it a message of AO.
     */
    Tags tags() {
        List<Tag> tags = new ArrayList<>();
        keys.forEach(
                (name, value) -> {
                    if (!OF_THE_WIRE.contains(name)
                            && !OF_THE_ITEM.contains(name)
                            && !OF_THE_NODE.contains(name)
                            && !name.startsWith(OF_THE_NODE_TOO)) {
                        tags.add(new Tag(titleCase(name), value));
                    }
                });
        tags.add(new Tag("Data-Protocol", "ao"));
        tags.add(new Tag("Type", keys.getOrDefault("type", "Message")));
        tags.add(new Tag("Variant", keys.getOrDefault("variant", "ao.N.1")));
        return Tags.of(tags);
    }

    private static String titleCase(String name) {
        StringBuilder title = new StringBuilder(name);
        for (int i = 0; i < title.length(); i++) {
            if (i == 0 || title.charAt(i - 1) == '-') {
                title.setCharAt(i, Character.toUpperCase(title.charAt(i)));
            }
        }
        return title.toString();
    }
}
