package dev.flywheel.node.gateway.graphql;

import dev.flywheel.node.gateway.GatewayLimits;
import graphql.language.Definition;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.InlineFragment;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.TypeName;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLTypeUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes selections that the schema does not know answer null instead of failing the query: clients
 * ask for fields of the newest gateways, and that must not hurt. {@code foo { bar }} becomes {@code
 * foo: absent_}, a field of every type that is always null. On the way it counts fields and
 * nesting. One object serves one document.
 */
final class UnknownSelections {
    /** The field that stands in; every object type of the schema has it. */
    static final String ABSENT = "absent_";

    private final GraphQLSchema schema;
    private int fields;
    private int rootFields;

    UnknownSelections(GraphQLSchema schema) {
        this.schema = schema;
    }

    /**
     * The same document with unknown selections replaced.
     *
     * @throws QueryRefusedException when the document is too deep or too wide
     */
    Document replaced(Document document) {
        @SuppressWarnings("rawtypes") // the library's own signature
        List<Definition> definitions = new ArrayList<>();
        for (Definition<?> definition : document.getDefinitions()) {
            definitions.add(replaced(definition));
        }
        return document.transform(builder -> builder.definitions(definitions));
    }

    private Definition<?> replaced(Definition<?> definition) {
        if (definition instanceof OperationDefinition operation
                && operation.getOperation() == OperationDefinition.Operation.QUERY) {
            SelectionSet selections =
                    replaced(operation.getSelectionSet(), schema.getQueryType(), 1);
            return operation.transform(builder -> builder.selectionSet(selections));
        }
        if (definition instanceof FragmentDefinition fragment) {
            SelectionSet selections =
                    replaced(fragment.getSelectionSet(), named(fragment.getTypeCondition()), 1);
            return fragment.transform(builder -> builder.selectionSet(selections));
        }
        return definition;
    }

    private SelectionSet replaced(
            SelectionSet set, @Nullable GraphQLFieldsContainer type, int depth) {
        if (depth > GatewayLimits.GRAPHQL_DEPTH_MAX) {
            throw new QueryRefusedException(
                    "query is nested deeper than " + GatewayLimits.GRAPHQL_DEPTH_MAX);
        }
        @SuppressWarnings("rawtypes") // the library's own signature
        List<Selection> selections = new ArrayList<>();
        for (Selection<?> selection : set.getSelections()) {
            if (selection instanceof Field field) {
                count(type);
                selections.add(replaced(field, type, depth));
            } else if (selection instanceof InlineFragment inline) {
                GraphQLFieldsContainer on =
                        inline.getTypeCondition() == null ? type : named(inline.getTypeCondition());
                SelectionSet inner = replaced(inline.getSelectionSet(), on, depth + 1);
                selections.add(inline.transform(builder -> builder.selectionSet(inner)));
            } else {
                selections.add(selection);
            }
        }
        return set.transform(builder -> builder.selections(selections));
    }

    private Field replaced(Field field, @Nullable GraphQLFieldsContainer type, int depth) {
        if (type == null || field.getName().startsWith("__")) {
            return field;
        }
        GraphQLFieldDefinition definition = type.getField(field.getName());
        if (definition == null) {
            String key = field.getAlias() == null ? field.getName() : field.getAlias();
            return Field.newField(ABSENT).alias(key).directives(field.getDirectives()).build();
        }
        if (field.getSelectionSet() == null) {
            return field;
        }
        GraphQLFieldsContainer inner =
                GraphQLTypeUtil.unwrapAll(definition.getType())
                                instanceof GraphQLFieldsContainer container
                        ? container
                        : null;
        SelectionSet selections = replaced(field.getSelectionSet(), inner, depth + 1);
        return field.transform(builder -> builder.selectionSet(selections));
    }

    private void count(@Nullable GraphQLFieldsContainer type) {
        if (++fields > GatewayLimits.GRAPHQL_FIELDS_MAX) {
            throw new QueryRefusedException(
                    "query has more than " + GatewayLimits.GRAPHQL_FIELDS_MAX + " fields");
        }
        if (type != null
                && type.getName().equals(schema.getQueryType().getName())
                && ++rootFields > GatewayLimits.GRAPHQL_ROOT_FIELDS_MAX) {
            throw new QueryRefusedException(
                    "query has more than "
                            + GatewayLimits.GRAPHQL_ROOT_FIELDS_MAX
                            + " root fields");
        }
    }

    private @Nullable GraphQLFieldsContainer named(TypeName name) {
        return schema.getType(name.getName()) instanceof GraphQLFieldsContainer container
                ? container
                : null;
    }
}
