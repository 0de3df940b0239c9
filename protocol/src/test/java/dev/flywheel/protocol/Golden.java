package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;

/** The recorded answers of the public implementations, from the test resources. */
final class Golden {
    private Golden() {}

    static List<JsonNode> lines(String name) {
        List<JsonNode> lines = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(open(name)), UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(Json.MAPPER.readTree(line));
            }
        } catch (IOException e) {
            throw new AssertionError("golden file " + name, e);
        }
        return lines;
    }

    static JsonNode json(String name) {
        try (InputStream in = open(name)) {
            return Json.MAPPER.readTree(in);
        } catch (IOException e) {
            throw new AssertionError("golden file " + name, e);
        }
    }

    static byte[] raw(JsonNode line) {
        return Base64Url.decode(line.get("raw").stringValue());
    }

    static ArweaveKey arweaveKey(String name) {
        JsonNode jwk = json("items/keys.json").get("keys").get(name).get("jwk");
        return ArweaveKey.fromJwk(jwk.toString());
    }

    static Tags tags(JsonNode array) {
        List<Tag> tags = new ArrayList<>();
        for (JsonNode tag : array) {
            tags.add(new Tag(tag.get("name").stringValue(), tag.get("value").stringValue()));
        }
        return Tags.of(tags);
    }

    private static InputStream open(String name) {
        return Objects.requireNonNull(Golden.class.getResourceAsStream("/golden/" + name), name);
    }
}
