package dev.flywheel.node.gateway;

import dev.flywheel.protocol.Id;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which entries a query asks for. Null lists do not filter; an empty list matches nothing. All
 * filters must hold; inside one, any value is enough.
 *
 * @param owners addresses
 * @param recipients ids or addresses, base64url
 * @param parents ids of bundles
 * @param minHeight smallest block height, or null
 * @param maxHeight largest block height, or null
 * @param first rows wanted, 1 to {@link GatewayLimits#PAGE_ROWS_MAX}
 * @param after the last entry of the page before, or null
 * @param ascending oldest first
 */
public record TransactionQuery(
        @Nullable List<Id> ids,
        @Nullable List<String> owners,
        @Nullable List<String> recipients,
        @Nullable List<String> parents,
        List<TagFilter> tags,
        @Nullable Long minHeight,
        @Nullable Long maxHeight,
        int first,
        @Nullable Id after,
        boolean ascending) {

    /** A tag with one of several values; {@code negated}: with none of them. */
    public record TagFilter(String name, List<String> values, boolean negated) {}

    /** Some entries and whether there are more. */
    public record Page(List<GatewayItem> items, boolean hasNextPage) {}
}
