package dev.flywheel.node.gateway;

import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import java.util.LinkedHashMap;
import java.util.Map;

/** Data of entries over HTTP: whole or in part, with tags as headers. */
final class ItemServing {
    /** What has an id of its content never changes. */
    private static final String FOR_EVER = "public, max-age=31536000, immutable";

    private ItemServing() {}

    static Response answer(ItemStore store, GatewayItem item, Request request, boolean withTags) {
        if (item.dataHash() == null) {
            return Response.text(404, "Not Found"); // known, but its data has not arrived
        }
        Map<String, String> headers = new LinkedHashMap<>();
        if (withTags) {
            headers.putAll(TagHeaders.of(item.tags()));
        }
        headers.put("Content-Type", item.contentType());
        headers.put("Accept-Ranges", "bytes");
        headers.put("ETag", '"' + item.id().toString() + '"');
        headers.put("Cache-Control", FOR_EVER);
        headers.put("X-Content-Type-Options", "nosniff");
        long size = item.dataBytes();
        return switch (ByteRange.of(request.header("Range"), size)) {
            case ByteRange.Whole() -> part(store, item, headers, 200, 0, size);
            case ByteRange.Part range -> {
                headers.put(
                        "Content-Range",
                        "bytes %d-%d/%d".formatted(range.from(), range.to(), size));
                yield part(store, item, headers, 206, range.from(), range.length());
            }
            case ByteRange.Unsatisfiable() ->
                    Response.empty(416).withHeader("Content-Range", "bytes */" + size);
        };
    }

    private static Response part(
            ItemStore store,
            GatewayItem item,
            Map<String, String> headers,
            int status,
            long from,
            long length) {
        return new Response(
                status,
                headers,
                new Response.Stream(length, out -> store.copyData(item, from, length, out)));
    }
}
