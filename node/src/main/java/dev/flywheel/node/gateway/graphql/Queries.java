package dev.flywheel.node.gateway.graphql;

import dev.flywheel.node.gateway.BlockView;
import dev.flywheel.node.gateway.GatewayItem;
import dev.flywheel.node.gateway.GatewayLimits;
import dev.flywheel.node.gateway.TransactionQuery;
import dev.flywheel.protocol.Id;
import graphql.schema.DataFetchingEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The root fields: arguments are checked here and become reads of the gateway. */
final class Queries {
    private final GatewayReads reads;

    /** Some blocks and whether there are more. */
    record BlockPage(List<BlockView> blocks, boolean hasNextPage) {}

    private record Heights(@Nullable Long min, @Nullable Long max) {}

    Queries(GatewayReads reads) {
        this.reads = reads;
    }

    @Nullable GatewayItem transaction(DataFetchingEnvironment environment) {
        Id id = Id.parseOrNull(environment.<@Nullable String>getArgument("id"));
        return id == null ? null : reads.find(id);
    }

    TransactionQuery.Page transactions(DataFetchingEnvironment environment) {
        String after = environment.getArgument("after");
        Id afterId = Id.parseOrNull(after);
        if (after != null && !after.isEmpty() && afterId == null) {
            throw new QueryRefusedException("the argument 'after' is not a cursor of this gateway");
        }
        Heights heights = heights(environment, "block");
        return reads.query(
                new TransactionQuery(
                        ids(environment),
                        nonEmpty(strings(environment, "owners")),
                        nonEmpty(strings(environment, "recipients")),
                        nonEmpty(strings(environment, "bundledIn")),
                        tags(environment),
                        heights.min(),
                        heights.max(),
                        first(environment),
                        afterId,
                        isAscending(environment)));
    }

    @Nullable BlockView block(DataFetchingEnvironment environment) {
        String id = environment.getArgument("id");
        if (id == null) {
            return reads.block(reads.height());
        }
        return null; // ids of local blocks are hashes of their heights: there is no way back from
        // them
    }

    BlockPage blocks(DataFetchingEnvironment environment) {
        Heights heights = heights(environment, "height");
        boolean ascending = isAscending(environment);
        long min = Math.max(reads.firstHeight(), heights.min() == null ? 0 : heights.min());
        long max = Math.min(reads.height(), heights.max() == null ? Long.MAX_VALUE : heights.max());
        String after = environment.getArgument("after");
        if (after != null && !after.isEmpty()) {
            long last = height(after);
            min = ascending ? Math.max(min, last + 1) : min;
            max = ascending ? max : Math.min(max, last - 1);
        }
        int first = first(environment);
        List<BlockView> page = new ArrayList<>();
        for (long i = 0; i < first && i <= max - min; i++) {
            page.add(reads.block(ascending ? min + i : max - i));
        }
        return new BlockPage(page, max - min + 1 > page.size());
    }

    private static long height(String cursor) {
        if (!cursor.matches("\\d{1,15}")) {
            throw new QueryRefusedException("the argument 'after' is not a cursor of this gateway");
        }
        return Long.parseLong(cursor);
    }

    private static boolean isAscending(DataFetchingEnvironment environment) {
        String sort = environment.getArgument("sort");
        return sort != null && sort.endsWith("ASC");
    }

    private static int first(DataFetchingEnvironment environment) {
        Integer first = environment.getArgument("first");
        if (first == null) {
            return GatewayLimits.PAGE_ROWS_DEFAULT;
        }
        return Math.clamp(first, 1, GatewayLimits.PAGE_ROWS_MAX);
    }

    private static Heights heights(DataFetchingEnvironment environment, String argument) {
        Map<String, Integer> filter = environment.getArgument(argument);
        Integer min = filter == null ? null : filter.get("min");
        Integer max = filter == null ? null : filter.get("max");
        return new Heights(
                min == null ? null : min.longValue(), max == null ? null : max.longValue());
    }

    /** What is no id is nobody's id; null when the argument is absent. */
    private static @Nullable List<Id> ids(DataFetchingEnvironment environment) {
        List<String> texts = strings(environment, "ids");
        return texts == null ? null : texts.stream().filter(Id::isId).map(Id::parse).toList();
    }

    /** aos sends {@code [address, ""]}; the empty text stands for nobody. */
    private static @Nullable List<String> nonEmpty(@Nullable List<String> values) {
        return values == null ? null : values.stream().filter(value -> !value.isEmpty()).toList();
    }

    private static @Nullable List<String> strings(
            DataFetchingEnvironment environment, String argument) {
        List<String> values = environment.getArgument(argument);
        if (values != null) {
            limit(argument, values.size(), GatewayLimits.FILTER_VALUES_MAX);
        }
        return values;
    }

    private static List<TransactionQuery.TagFilter> tags(DataFetchingEnvironment environment) {
        List<Map<String, Object>> filters = environment.getArgument("tags");
        if (filters == null) {
            return List.of();
        }
        limit("tags", filters.size(), GatewayLimits.FILTER_TAGS_MAX);
        List<TransactionQuery.TagFilter> tags = new ArrayList<>();
        for (Map<String, Object> filter : filters) {
            List<String> values = new ArrayList<>();
            for (Object value : (List<?>) Objects.requireNonNull(filter.get("values"))) {
                values.add((String) value);
            }
            limit("values", values.size(), GatewayLimits.FILTER_VALUES_MAX);
            tags.add(
                    new TransactionQuery.TagFilter(
                            (String) Objects.requireNonNull(filter.get("name")),
                            values,
                            "NEQ".equals(filter.get("op"))));
        }
        return tags;
    }

    private static void limit(String argument, int size, int max) {
        if (size > max) {
            throw new QueryRefusedException(
                    "the argument '" + argument + "' has more than " + max + " values");
        }
    }
}
