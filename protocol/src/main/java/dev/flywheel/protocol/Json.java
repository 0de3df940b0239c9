package dev.flywheel.protocol;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON reader that all modules share: Jackson with limits on depth, numbers and texts.
 * Thread-safe.
 *
 * <p>Reads as {@code JSON.parse} does: one value, white space around it, the last of repeated names
 * wins. JSON is written with {@link JsonText}, whose escaping is that of JavaScript.
 */
public final class Json {
    /** The configured mapper. */
    public static final JsonMapper MAPPER = mapper(constraints().build());

    /**
     * For documents of other units, which have a bounded number of members: a small text of many
     * tokens makes a large tree.
     */
    static final JsonMapper DOCUMENTS =
            mapper(constraints().maxTokenCount(ProtocolLimits.JSON_TOKENS_MAX).build());

    private Json() {}

    private static StreamReadConstraints.Builder constraints() {
        return StreamReadConstraints.builder()
                .maxNestingDepth(ProtocolLimits.JSON_DEPTH_MAX)
                .maxNumberLength(ProtocolLimits.JSON_NUMBER_CHARS_MAX)
                .maxStringLength(ProtocolLimits.JSON_STRING_CHARS_MAX)
                .maxNameLength(ProtocolLimits.JSON_NAME_CHARS_MAX);
    }

    private static JsonMapper mapper(StreamReadConstraints constraints) {
        return JsonMapper.builder(
                        JsonFactory.builder()
                                .streamReadConstraints(constraints)
                                // An error message must not carry a client's text.
                                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                                .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .build();
    }
}
