package dev.flywheel.cu.checkpoint;

import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A manifest as JSON. Bits of globals are hexadecimal texts: not every reader has 64-bit numbers.
 */
final class ManifestJson {
    private ManifestJson() {}

    /**
     * @throws IllegalArgumentException when it gets too long
     */
    static byte[] write(CheckpointManifest manifest) {
        ObjectNode root = Json.MAPPER.createObjectNode();
        CheckpointOrigin origin = manifest.origin();
        root.put("process", origin.process().toString());
        root.put("module", origin.module().toString());
        root.put("moduleFormat", origin.moduleFormat());
        root.put("passes", origin.passes());
        root.put("memoryBytes", manifest.memoryBytes());
        ObjectNode globals = root.putObject("globals");
        manifest.globals()
                .forEach((name, bits) -> globals.put(name, HexFormat.of().toHexDigits(bits)));
        CheckpointPlace at = manifest.place();
        ObjectNode place = root.putObject("place");
        place.put("nonce", at.nonce());
        place.put("assignment", at.assignmentId());
        place.put("hashChain", at.hashChain());
        place.put("timestamp", at.timestamp());
        place.put("blockHeight", at.blockHeight());
        place.put("cronCount", at.cronCount());
        ObjectNode extras = place.putObject("extras");
        at.extras().forEach(extras::put);
        root.put("state", manifest.stateHash());
        CheckpointManifest.Link link = manifest.link();
        root.put("seq", link.seq());
        root.put("depth", link.depth());
        CheckpointName parent = link.parent();
        if (parent == null) {
            root.putNull("parent");
        } else {
            ObjectNode to = root.putObject("parent");
            to.put("file", parent.file());
            to.put("sha256", link.parentEnd());
        }
        root.put("madeMs", manifest.madeMs());
        byte[] json = Json.MAPPER.writeValueAsBytes(root);
        if (json.length > CheckpointLimits.MANIFEST_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "manifest too long: bytes=%d max=%d"
                            .formatted(json.length, CheckpointLimits.MANIFEST_BYTES_MAX));
        }
        return json;
    }

    /**
     * @throws IllegalArgumentException when it is none; the message does not quote it
     */
    static CheckpointManifest read(byte[] json) {
        JsonNode root;
        try {
            root = Json.MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the manifest is no JSON", e);
        }
        JsonNode at = object(root, "place");
        SequencedMap<String, String> extras = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each :
                entries(object(at, "extras"), CheckpointLimits.EXTRAS_MAX)) {
            extras.put(each.getKey(), text(each.getValue(), "extras"));
        }
        SequencedMap<String, Long> globals = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each :
                entries(object(root, "globals"), CheckpointLimits.GLOBALS_MAX)) {
            String bits = text(each.getValue(), "globals");
            if (bits.length() != 16) {
                throw new IllegalArgumentException("manifest: globals have 16 digits each");
            }
            globals.put(each.getKey(), HexFormat.fromHexDigitsToLong(bits));
        }
        return new CheckpointManifest(
                new CheckpointOrigin(
                        Id.parse(text(root.get("process"), "process")),
                        Id.parse(text(root.get("module"), "module")),
                        text(root.get("moduleFormat"), "moduleFormat"),
                        text(root.get("passes"), "passes")),
                new CheckpointPlace(
                        number(at, "nonce"),
                        textOrNull(at, "assignment"),
                        textOrNull(at, "hashChain"),
                        number(at, "timestamp"),
                        number(at, "blockHeight"),
                        number(at, "cronCount"),
                        extras),
                number(root, "memoryBytes"),
                globals,
                text(root.get("state"), "state"),
                link(root),
                number(root, "madeMs"));
    }

    private static CheckpointManifest.Link link(JsonNode root) {
        long seq = number(root, "seq");
        long depth = number(root, "depth");
        if (depth < 0 || depth > CheckpointLimits.DELTAS_MAX) {
            throw new IllegalArgumentException("manifest: depth=" + depth);
        }
        JsonNode parent = root.get("parent");
        if (parent == null || parent.isNull()) {
            return new CheckpointManifest.Link(seq, (int) depth, null, null);
        }
        CheckpointName name = CheckpointName.of(text(parent.get("file"), "parent.file"));
        if (name == null) {
            throw new IllegalArgumentException("manifest: parent.file is no checkpoint's name");
        }
        return new CheckpointManifest.Link(
                seq, (int) depth, name, text(parent.get("sha256"), "parent.sha256"));
    }

    private static Iterable<Map.Entry<String, JsonNode>> entries(JsonNode object, int max) {
        if (object.size() > max) {
            throw new IllegalArgumentException(
                    "manifest: too many entries: %d of %d".formatted(object.size(), max));
        }
        return object.properties();
    }

    private static JsonNode object(JsonNode in, String name) {
        JsonNode found = in.get(name);
        if (found == null || !found.isObject()) {
            throw new IllegalArgumentException("manifest: no object " + name);
        }
        return found;
    }

    private static long number(JsonNode in, String name) {
        JsonNode found = in.get(name);
        if (found == null || !found.isIntegralNumber() || !found.canConvertToLong()) {
            throw new IllegalArgumentException("manifest: no whole number " + name);
        }
        return found.asLong();
    }

    private static String text(@Nullable JsonNode found, String name) {
        if (found == null || !found.isString()) {
            throw new IllegalArgumentException("manifest: no text " + name);
        }
        return found.asString();
    }

    private static @Nullable String textOrNull(JsonNode in, String name) {
        JsonNode found = in.get(name);
        return found == null || found.isNull() ? null : text(found, name);
    }
}
