package dev.flywheel.node.gateway.graphql;

import dev.flywheel.node.gateway.GatewayLimits;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.GraphqlErrorBuilder;
import graphql.InvalidSyntaxError;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.language.Document;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.Parser;
import graphql.parser.ParserEnvironment;
import graphql.parser.ParserOptions;
import graphql.schema.GraphQLSchema;
import graphql.validation.Validator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Answers GraphQL requests. Parsing is by graphql-java; the few texts that clients send are parsed
 * and checked once and kept. Thread-safe; called where blocking is allowed.
 */
public final class GraphQlEndpoint {
    private static final ParserOptions PARSER =
            ParserOptions.newParserOptions()
                    .maxTokens(GatewayLimits.GRAPHQL_TOKENS_MAX)
                    .maxCharacters(GatewayLimits.GRAPHQL_TOKENS_MAX * 16)
                    .captureIgnoredChars(false)
                    .captureLineComments(false)
                    .build();

    private final GraphQLSchema schema;
    private final GraphQL graphql;
    private final Map<String, PreparsedDocumentEntry> prepared =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(
                        Map.Entry<String, PreparsedDocumentEntry> eldest) {
                    return size() > GatewayLimits.GRAPHQL_CACHE_QUERIES;
                }
            };

    public GraphQlEndpoint(GatewayReads reads) {
        this.schema = GatewaySchema.of(reads);
        this.graphql =
                GraphQL.newGraphQL(schema)
                        .preparsedDocumentProvider(
                                (input, parse) ->
                                        CompletableFuture.completedFuture(
                                                prepare(input.getQuery())))
                        .build();
    }

    /**
     * The answer as it goes into JSON: {@code data}, and {@code errors} when there are some. Never
     * fails on bad queries.
     */
    public Map<String, Object> answer(
            String query, @Nullable String operationName, Map<String, Object> variables) {
        ExecutionResult result =
                graphql.execute(
                        ExecutionInput.newExecutionInput(query)
                                .operationName(operationName)
                                .variables(variables)
                                .locale(Locale.ROOT)
                                .build());
        return result.toSpecification();
    }

    private PreparsedDocumentEntry prepare(String query) {
        synchronized (prepared) {
            PreparsedDocumentEntry known = prepared.get(query);
            if (known != null) {
                return known;
            }
        }
        PreparsedDocumentEntry entry = parse(query);
        synchronized (prepared) {
            prepared.put(query, entry);
        }
        return entry;
    }

    private PreparsedDocumentEntry parse(String query) {
        try {
            Document document =
                    new Parser()
                            .parseDocument(
                                    ParserEnvironment.newParserEnvironment()
                                            .document(query)
                                            .parserOptions(PARSER)
                                            .locale(Locale.ROOT)
                                            .build());
            Document known = new UnknownSelections(schema).replaced(document);
            var errors = new Validator().validateDocument(schema, known, Locale.ROOT);
            return errors.isEmpty()
                    ? new PreparsedDocumentEntry(known)
                    : new PreparsedDocumentEntry(new ArrayList<>(errors));
        } catch (InvalidSyntaxException e) {
            InvalidSyntaxError error = e.toInvalidSyntaxError();
            return new PreparsedDocumentEntry(List.of(error));
        } catch (QueryRefusedException e) {
            return new PreparsedDocumentEntry(
                    List.of(GraphqlErrorBuilder.newError().message("%s", e.getMessage()).build()));
        }
    }
}
