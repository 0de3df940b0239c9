package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.AnswerScan.Member;
import dev.flywheel.cu.guest.host.GuestThrownException;
import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.JsonText;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the reference's loader and unit make of a guest's answer.
 *
 * @param result what is served
 * @param refused whether the guest said that it failed
 * @param keepsMemory whether the next message starts from the memory that this one left
 * @param diagnostic for the operator: empty when all went well
 */
record Answer(EvaluationResult result, boolean refused, boolean keepsMemory, String diagnostic) {
    private static final byte[] EMPTY_ARRAY = "[]".getBytes(US_ASCII);
    private static final byte[] EMPTY_STRING = "\"\"".getBytes(US_ASCII);

    /** A text at the end of an output after which the reference's unit forgets the memory. */
    private static final String OUT_OF_MEMORY = "not enough memory for buffer allocation";

    /**
     * Reads an answer.
     *
     * @param gasUsed what the result says of gas
     * @throws GuestThrownException when the loader throws instead of giving a result
     */
    static Answer of(byte[] text, long gasUsed) {
        if (text.length > GuestLimits.OUTPUT_BYTES_MAX) {
            throw new GuestThrownException(
                    "RangeError",
                    "the guest's answer is longer than " + GuestLimits.OUTPUT_BYTES_MAX + " bytes");
        }
        AnswerScan scan = AnswerScan.of(text);
        if (scan.mistake() != null) {
            throw new GuestThrownException(
                    "SyntaxError",
                    text.length == 0
                            ? "Unexpected end of JSON input"
                            : "the guest's answer is not JSON: " + scan.mistake());
        }
        if (scan.isNull()) {
            throw new GuestThrownException("TypeError", "the guest's answer is null");
        }
        // What is no object has no members: nothing of it is passed on.
        boolean passedOn = scan.plain() || !scan.isObject();
        return ofPlain(passedOn ? scan : AnswerScan.of(JsonRewrite.rewrite(text)), gasUsed);
    }

    private static Answer ofPlain(AnswerScan scan, long gasUsed) {
        byte[] response = scan.value(Member.RESPONSE);
        if (!truthy(scan.value(Member.OK))) {
            return new Answer(
                    EvaluationResult.failed(truthy(response) ? response : null),
                    true,
                    false,
                    "the guest answered that it is not ok: " + quoted(response));
        }
        if (response == null || isNull(response)) {
            throw new GuestThrownException("TypeError", "the guest's answer has no response");
        }
        byte[] output = orDefault(scan.value(Member.OUTPUT), EMPTY_STRING);
        if (isNumber(output)) {
            output = JsonText.quote(new String(output, US_ASCII));
        }
        byte[] error = scan.value(Member.ERROR);
        boolean failed = truthy(error);
        EvaluationResult result =
                new EvaluationResult(
                        array(scan.value(Member.MESSAGES)),
                        array(scan.value(Member.ASSIGNMENTS)),
                        array(scan.value(Member.SPAWNS)),
                        output,
                        OptionalLong.of(gasUsed),
                        error == null || isNull(error) ? null : error);
        boolean exhausted = !failed && outOfMemory(output);
        String diagnostic =
                failed
                        ? "the guest answered with an error: " + quoted(error)
                        : exhausted ? "the guest ran out of memory: " + OUT_OF_MEMORY : "";
        return new Answer(result, failed, !failed && !exhausted, diagnostic);
    }

    /** The start of a guest's text, for the operator's log. */
    private static String quoted(byte @Nullable [] json) {
        if (json == null) {
            return "(nothing)";
        }
        int length = Math.min(json.length, 4 * GuestLimits.QUOTED_NAME_CHARS_MAX);
        return GuestEngine.quoted(new String(json, 0, length, UTF_8));
    }

    /** What is served as the error of an evaluation that threw. */
    static byte[] errorJson(GuestThrownException thrown) {
        // Error objects of JavaScript have no members of their own: empty objects on the wire.
        return (thrown.kind().equals("value") ? thrown.getMessage() : "{}").getBytes(UTF_8);
    }

    /** As JavaScript has it. */
    private static boolean truthy(byte @Nullable [] json) {
        if (json == null || isNull(json)) {
            return false;
        }
        return switch (json[0]) {
            case 'f' -> false;
            case '"' -> json.length > 2;
            case '{', '[', 't' -> true;
            default -> Double.parseDouble(new String(json, US_ASCII)) != 0;
        };
    }

    private static boolean isNull(byte[] json) {
        return json[0] == 'n';
    }

    private static boolean isNumber(byte[] json) {
        return json[0] == '-' || (json[0] >= '0' && json[0] <= '9');
    }

    private static byte[] orDefault(byte @Nullable [] json, byte[] otherwise) {
        return json == null || isNull(json) ? otherwise : json;
    }

    /** Whatever else a guest gives in the place of a list cannot be pushed by anyone. */
    private static byte[] array(byte @Nullable [] json) {
        return json == null || json[0] != '[' ? EMPTY_ARRAY : json;
    }

    private static boolean outOfMemory(byte[] output) {
        if (!contains(output, OUT_OF_MEMORY)) {
            return false;
        }
        JsonNode node = Json.MAPPER.readTree(output);
        JsonNode text = node.isString() ? node : node.path("data").path("output");
        return text.isString() && text.stringValue().endsWith(OUT_OF_MEMORY);
    }

    private static boolean contains(byte[] bytes, String ascii) {
        int last = bytes.length - ascii.length();
        for (int i = 0; i <= last; i++) {
            int k = 0;
            while (k < ascii.length() && bytes[i + k] == ascii.charAt(k)) {
                k++;
            }
            if (k == ascii.length()) {
                return true;
            }
        }
        return false;
    }
}
