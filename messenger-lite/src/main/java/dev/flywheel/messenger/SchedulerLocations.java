package dev.flywheel.messenger;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Finds schedulers through a gateway's GraphQL (spec 3.14). Thread-safe; blocks. */
final class SchedulerLocations {
    private static final String LOCATION_QUERY =
            """
            query GetSchedulerLocation($owner: String!) {
              transactions(owners: [$owner], tags: [
                  { name: "Data-Protocol", values: ["ao"] }, { name: "Type", values: ["Scheduler-Location"] }],
                sort: HEIGHT_DESC, first: 1) { edges { node { tags { name value } } } }
            }
            """;
    private static final String PROCESS_QUERY =
            """
            query GetTransactions($transactionIds: [ID!]!) {
              transactions(ids: $transactionIds, tags: [{ name: "Data-Protocol", values: ["ao"] }]) {
                edges { node { owner { address } tags { name value } } }
              }
            }
            """;

    private final Peer gateway;
    private final String url;
    private final InstantSource clock;
    private final BoundedCache<String, Location> locations =
            new BoundedCache<>(MessengerLimits.LOCATIONS_CACHED);

    private record Location(String url, long untilMs) {}

    SchedulerLocations(Peer gateway, String gatewayUrl, InstantSource clock) {
        this.gateway = gateway;
        this.url = gatewayUrl + "/graphql";
        this.clock = clock;
    }

    /**
     * Where the scheduler of this wallet is, or null when the gateway knows no location with {@code
     * Url} and {@code Time-To-Live}.
     *
     * @throws UnitFailure when the gateway does not answer
     */
    @Nullable String url(String wallet) throws UnitFailure, InterruptedException {
        Location known = locations.get(wallet);
        if (known != null && clock.millis() < known.untilMs()) {
            return known.url();
        }
        JsonText variables = new JsonText().beginObject().name("owner").string(wallet).endObject();
        JsonNode node = firstNode(LOCATION_QUERY, variables);
        String found = tag(node, "url");
        String ttl = tag(node, "time-to-live");
        if (found == null || ttl == null) {
            return null;
        }
        String trimmed = found.replaceAll("/+$", "");
        locations.put(wallet, new Location(trimmed, clock.millis() + millis(ttl)));
        return trimmed;
    }

    /**
     * Place of a process, or null when the gateway knows no process of that id, or its scheduler
     * has no location.
     *
     * @throws UnitFailure when the gateway does not answer
     */
    @Nullable ProcessPlace place(String process) throws UnitFailure, InterruptedException {
        JsonText variables =
                new JsonText()
                        .beginObject()
                        .name("transactionIds")
                        .beginArray()
                        .string(process)
                        .endArray()
                        .endObject();
        JsonNode node = firstNode(PROCESS_QUERY, variables);
        String scheduler = tag(node, "scheduler");
        if (scheduler == null || !"Process".equals(tag(node, "type"))) {
            return null;
        }
        String found = url(scheduler);
        String module = tag(node, "module");
        return found == null
                ? null
                : new ProcessPlace(
                        found,
                        scheduler,
                        module == null ? "" : module,
                        node.path("owner").path("address").stringValue(null));
    }

    private static long millis(String ttl) {
        try {
            return Math.clamp(Long.parseLong(ttl.strip()), 0, MessengerLimits.LOCATION_MS_MAX);
        } catch (NumberFormatException e) {
            return 0; // believed once
        }
    }

    private JsonNode firstNode(String query, JsonText variables)
            throws UnitFailure, InterruptedException {
        byte[] body =
                new JsonText()
                        .beginObject()
                        .name("query")
                        .string(query)
                        .name("variables")
                        .raw(variables.toByteArray())
                        .endObject()
                        .toByteArray();
        Answer answer = gateway.post(url, "application/json", body);
        if (!answer.isSuccess()) {
            throw UnitFailure.answered(gateway.name(), answer);
        }
        try {
            return Json.MAPPER
                    .readTree(new String(answer.body(), StandardCharsets.UTF_8))
                    .path("data")
                    .path("transactions")
                    .path("edges")
                    .path(0)
                    .path("node");
        } catch (JacksonException e) {
            throw UnitFailure.nonsense(gateway.name(), "no JSON: " + e.getOriginalMessage());
        }
    }

    /** Value of the first tag of this name in any letter case, as scheduler-utils reads them. */
    private static @Nullable String tag(JsonNode node, String lowerCaseName) {
        for (JsonNode tag : node.path("tags")) {
            if (tag.path("name").stringValue("").toLowerCase(Locale.ROOT).equals(lowerCaseName)) {
                return tag.path("value").stringValue(null);
            }
        }
        return null;
    }
}
