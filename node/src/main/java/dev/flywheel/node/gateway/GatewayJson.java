package dev.flywheel.node.gateway;

import dev.flywheel.platform.http.Response;
import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.Tag;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as the gateway reads and writes it. */
final class GatewayJson {
    private GatewayJson() {}

    static Response answer(int status, Object value) {
        return Response.json(status, Json.MAPPER.writeValueAsBytes(value));
    }

    /**
     * The JSON of a transaction; items are given in the same shape. Data is left out: {@code GET
     * /raw/{id}} has it.
     */
    static Map<String, Object> transaction(GatewayItem item) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", 2);
        json.put("id", item.id().toString());
        json.put("last_tx", Base64Url.encode(item.anchor()));
        json.put("owner", Base64Url.encode(item.owner()));
        json.put("tags", item.tags().stream().map(GatewayJson::tag).toList());
        json.put("target", item.target() == null ? "" : item.target().toString());
        json.put("quantity", item.quantity());
        json.put("data", "");
        json.put("data_size", Long.toString(item.dataBytes()));
        json.put("data_tree", List.of());
        json.put("data_root", Base64Url.encode(item.dataRoot()));
        json.put("reward", item.reward());
        json.put("signature", Base64Url.encode(item.signature()));
        return json;
    }

    /** A tag with its fields in the gateway's own order, which a {@code Map.of} would not keep. */
    private static Map<String, Object> tag(Tag tag) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", base64(tag.name()));
        json.put("value", base64(tag.value()));
        return json;
    }

    private static String base64(String text) {
        return Base64Url.encode(text.getBytes(StandardCharsets.UTF_8));
    }
}
