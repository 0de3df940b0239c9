package dev.flywheel.node.gateway.graphql;

import dev.flywheel.node.gateway.BlockView;
import dev.flywheel.node.gateway.GatewayItem;
import dev.flywheel.node.gateway.TransactionQuery;
import dev.flywheel.protocol.Base64Url;
import graphql.schema.DataFetcher;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The schema of {@code schema.graphqls} bound to a gateway. */
final class GatewaySchema {
    /** Winston in one AR. */
    private static final int AR_SCALE = 12;

    private GatewaySchema() {}

    static GraphQLSchema of(GatewayReads reads) {
        Queries queries = new Queries(reads);
        RuntimeWiring wiring =
                RuntimeWiring.newRuntimeWiring()
                        .type(
                                "Query",
                                type ->
                                        type.dataFetcher("transaction", queries::transaction)
                                                .dataFetcher("transactions", queries::transactions)
                                                .dataFetcher("block", queries::block)
                                                .dataFetcher("blocks", queries::blocks))
                        .type(
                                "TransactionConnection",
                                type ->
                                        type.dataFetcher(
                                                        "pageInfo",
                                                        of(
                                                                TransactionQuery.Page.class,
                                                                GatewaySchema::pageInfo))
                                                .dataFetcher(
                                                        "edges",
                                                        of(
                                                                TransactionQuery.Page.class,
                                                                TransactionQuery.Page::items))
                                                .dataFetcher("count", environment -> null))
                        .type(
                                "TransactionEdge",
                                type ->
                                        type.dataFetcher(
                                                        "cursor",
                                                        of(
                                                                GatewayItem.class,
                                                                item -> item.id().toString()))
                                                .dataFetcher(
                                                        "node",
                                                        environment -> environment.getSource()))
                        .type("Transaction", type -> type.dataFetchers(transactionFields(reads)))
                        .type(
                                "BlockConnection",
                                type ->
                                        type.dataFetcher(
                                                        "pageInfo",
                                                        of(
                                                                Queries.BlockPage.class,
                                                                page ->
                                                                        Map.of(
                                                                                "hasNextPage",
                                                                                page
                                                                                        .hasNextPage())))
                                                .dataFetcher(
                                                        "edges",
                                                        of(
                                                                Queries.BlockPage.class,
                                                                Queries.BlockPage::blocks)))
                        .type(
                                "BlockEdge",
                                type ->
                                        type.dataFetcher(
                                                        "cursor",
                                                        of(
                                                                BlockView.class,
                                                                block ->
                                                                        Long.toString(
                                                                                block.height())))
                                                .dataFetcher(
                                                        "node",
                                                        environment -> environment.getSource()))
                        .type(
                                "Block",
                                type ->
                                        type.dataFetcher(
                                                "timestamp",
                                                of(
                                                        BlockView.class,
                                                        block -> (int) block.timestampSeconds())))
                        .build();
        return new SchemaGenerator()
                .makeExecutableSchema(new SchemaParser().parse(definition()), wiring);
    }

    /** Every object type gets the field that stands in for unknown ones. */
    private static String definition() {
        try (InputStream in = GatewaySchema.class.getResourceAsStream("schema.graphqls")) {
            String text =
                    new String(
                            Objects.requireNonNull(in, "schema.graphqls is missing").readAllBytes(),
                            StandardCharsets.UTF_8);
            return text.replaceAll(
                    "(?m)^(type \\w+ \\{)", "$1 " + UnknownSelections.ABSENT + ": String ");
        } catch (IOException e) {
            throw new UncheckedIOException("schema.graphqls cannot be read", e);
        }
    }

    @SuppressWarnings("rawtypes") // the library's own signature
    private static Map<String, DataFetcher> transactionFields(GatewayReads reads) {
        return Map.ofEntries(
                Map.entry("id", item(item -> item.id().toString())),
                Map.entry("anchor", item(item -> Base64Url.encode(item.anchor()))),
                Map.entry("signature", item(item -> Base64Url.encode(item.signature()))),
                Map.entry("signatureType", item(GatewayItem::signatureType)),
                Map.entry(
                        "recipient",
                        item(item -> item.target() == null ? "" : item.target().toString())),
                Map.entry(
                        "owner",
                        item(
                                item ->
                                        Map.of(
                                                "address",
                                                item.ownerAddress(),
                                                "key",
                                                Base64Url.encode(item.owner())))),
                Map.entry("fee", item(item -> amount(item.reward()))),
                Map.entry("quantity", item(item -> amount(item.quantity()))),
                Map.entry(
                        "data",
                        item(
                                item ->
                                        Map.of(
                                                "size",
                                                Long.toString(item.dataBytes()),
                                                "type",
                                                item.contentType()))),
                Map.entry("tags", item(GatewaySchema::tags)),
                Map.entry("block", item(item -> reads.block(item.height()))),
                Map.entry("parent", item(GatewaySchema::parent)),
                Map.entry("bundledIn", item(GatewaySchema::parent)),
                Map.entry("ingested_at", item(item -> (int) (item.receivedMs() / 1_000))));
    }

    private static DataFetcher<@Nullable Object> item(
            Function<GatewayItem, @Nullable Object> value) {
        return of(GatewayItem.class, value);
    }

    private static <S> DataFetcher<@Nullable Object> of(
            Class<S> type, Function<S, @Nullable Object> value) {
        return environment -> value.apply(type.cast(environment.getSource()));
    }

    private static Map<String, Object> pageInfo(TransactionQuery.Page page) {
        return Map.of("hasNextPage", page.hasNextPage());
    }

    private static List<Map<String, String>> tags(GatewayItem item) {
        return item.tags().stream()
                .map(tag -> Map.of("name", tag.name(), "value", tag.value()))
                .toList();
    }

    private static @Nullable Map<String, String> parent(GatewayItem item) {
        return item.parent() == null ? null : Map.of("id", item.parent().toString());
    }

    private static Map<String, String> amount(String winston) {
        return Map.of(
                "winston",
                winston,
                "ar",
                new BigDecimal(winston).movePointLeft(AR_SCALE).toPlainString());
    }
}
