package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The outcome of one evaluation as JSON parts, each one value in UTF-8 that is passed on as it is.
 *
 * <p>Immutable as long as nobody writes to the arrays, which are neither copied on the way in nor
 * out: a result may be 100 MB. Any thread.
 */
public final class EvaluationResult {
    private static final byte[] EMPTY_ARRAY = "[]".getBytes(US_ASCII);
    private static final byte[] EMPTY_STRING = "\"\"".getBytes(US_ASCII);

    private final byte[] messages;
    private final byte[] assignments;
    private final byte[] spawns;
    private final byte[] output;
    private final OptionalLong gasUsed;
    private final byte @Nullable [] error;

    /**
     * A result of these parts.
     *
     * @param messages a JSON array
     * @param assignments a JSON array
     * @param spawns a JSON array
     * @param output any JSON value
     * @param gasUsed gas; empty when the evaluation threw
     * @param error any JSON value; null without error
     */
    public EvaluationResult(
            byte[] messages,
            byte[] assignments,
            byte[] spawns,
            byte[] output,
            OptionalLong gasUsed,
            byte @Nullable [] error) {
        this.messages = messages;
        this.assignments = assignments;
        this.spawns = spawns;
        this.output = output;
        this.gasUsed = gasUsed;
        this.error = error;
    }

    /**
     * Empty lists and empty output, without gas or error: also what a skipped duplicate answers.
     */
    public static EvaluationResult empty() {
        return failed(null);
    }

    /** Empty lists and empty output with this error, a JSON value. */
    public static EvaluationResult failed(byte @Nullable [] error) {
        return new EvaluationResult(
                EMPTY_ARRAY, EMPTY_ARRAY, EMPTY_ARRAY, EMPTY_STRING, OptionalLong.empty(), error);
    }

    /** This result with another error, a JSON value. */
    public EvaluationResult withError(byte @Nullable [] other) {
        return new EvaluationResult(messages, assignments, spawns, output, gasUsed, other);
    }

    /** This result with this gas. */
    public EvaluationResult withGasUsed(long gas) {
        return new EvaluationResult(
                messages, assignments, spawns, output, OptionalLong.of(gas), error);
    }

    /**
     * Reads a result body. Missing lists are empty, a missing output is the empty string; other
     * members are dropped.
     *
     * @throws MalformedJsonException if it is no JSON object
     */
    public static EvaluationResult parse(byte[] json) throws MalformedJsonException {
        byte[] messages = EMPTY_ARRAY;
        byte[] assignments = EMPTY_ARRAY;
        byte[] spawns = EMPTY_ARRAY;
        byte[] output = EMPTY_STRING;
        OptionalLong gasUsed = OptionalLong.empty();
        byte[] error = null;
        try (JsonParser parser = Json.MAPPER.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedJsonException("the result is no JSON object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("GasUsed") && value == JsonToken.VALUE_NUMBER_INT) {
                    gasUsed = OptionalLong.of(parser.getLongValue());
                    continue;
                }
                byte[] slice = valueSlice(parser, json);
                switch (name) {
                    case "Messages" -> messages = slice;
                    case "Assignments" -> assignments = slice;
                    case "Spawns" -> spawns = slice;
                    case "Output" -> output = slice;
                    case "Error" -> error = slice;
                    default -> {} // Patches and what later versions add
                }
            }
            if (parser.nextToken() != null) {
                throw new MalformedJsonException("text follows the result");
            }
        } catch (JacksonException e) {
            throw new MalformedJsonException(
                    "the result is not JSON: " + e.getOriginalMessage(), e);
        }
        return new EvaluationResult(messages, assignments, spawns, output, gasUsed, error);
    }

    /** The bytes of the value that the parser stands on; the parser moves to its last token. */
    private static byte[] valueSlice(JsonParser parser, byte[] json) {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int to = (int) parser.currentLocation().getByteOffset();
        while (to > from && json[to - 1] <= ' ' && json[to - 1] >= 0) {
            to--;
        }
        return Arrays.copyOfRange(json, from, to);
    }

    /** The messages, a JSON array; not to be changed. */
    public byte[] messages() {
        return messages;
    }

    /** The assignments, a JSON array; not to be changed. */
    public byte[] assignments() {
        return assignments;
    }

    /** The spawns, a JSON array; not to be changed. */
    public byte[] spawns() {
        return spawns;
    }

    /** The output, any JSON value; not to be changed. */
    public byte[] output() {
        return output;
    }

    /** The gas; empty when the evaluation threw. */
    public OptionalLong gasUsed() {
        return gasUsed;
    }

    /** The error, any JSON value, or null; not to be changed. */
    public byte @Nullable [] error() {
        return error;
    }

    /**
     * Whether there is an error that JavaScript takes for true; lists of results leave such ones
     * out.
     */
    public boolean hasError() {
        if (error == null) {
            return false;
        }
        return switch (new String(error, 0, Math.min(error.length, 6), US_ASCII)) {
            case "null", "false", "0", "-0", "0.0", "\"\"" -> false;
            default -> true;
        };
    }

    /** The body of {@code GET /result}. */
    public byte[] toResultJson() {
        return write(true);
    }

    /** The node of an edge in a list of results: without gas. */
    public byte[] toEdgeNodeJson() {
        return write(false);
    }

    private byte[] write(boolean withGas) {
        long size = 96L + messages.length + assignments.length + spawns.length + output.length;
        size += error == null ? 0 : error.length;
        JsonText json =
                new JsonText((int) Math.min(size, ProtocolLimits.ITEM_BYTES_MAX)).beginObject();
        json.name("Messages").raw(messages).name("Assignments").raw(assignments);
        json.name("Spawns").raw(spawns).name("Output").raw(output);
        if (withGas && gasUsed.isPresent()) {
            json.name("GasUsed").number(gasUsed.getAsLong());
        }
        if (error != null) {
            json.name("Error").raw(error);
        }
        return json.endObject().toByteArray();
    }
}
