package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.AnswerScan.Member;
import dev.flywheel.protocol.Json;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class AnswerTest {
    private static final int ROUNDS = 20_000;

    private static AnswerScan scan(String json) {
        return AnswerScan.of(json.getBytes(UTF_8));
    }

    private static Answer answer(String json) {
        return Answer.of(json.getBytes(UTF_8), 7);
    }

    @Test
    void shouldFindTheMembersOfTheResponseOnly() {
        AnswerScan scan =
                scan(
                        "{ \"Error\":1,\"x\":{\"Output\":2,\"ok\":false}, \"ok\" : true ,\"response\":"
                                + "{\"Output\": {\"Output\":3} ,\"Messages\":[ {\"Error\":4} ]}, \"y\":[{}]}");
        assertThat(scan.mistake()).isNull();
        assertThat(scan.plain()).isTrue();
        assertThat(text(scan.value(Member.OK))).isEqualTo("true");
        assertThat(text(scan.value(Member.OUTPUT))).isEqualTo("{\"Output\":3}");
        assertThat(text(scan.value(Member.MESSAGES))).isEqualTo("[ {\"Error\":4} ]");
        assertThat(scan.value(Member.ERROR)).isNull();
        assertThat(scan.value(Member.SPAWNS)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"a\":2}",
                "{\"\\u0061\":1}",
                "[1234567890123456]",
                "[1e400]",
                "[{\"b\":[{\"c\":1,\"d\":2,\"c\":3}]}]"
            })
    void shouldLeaveToTheSlowerReaderWhatReadersCouldTakeDifferently(String json) {
        assertThat(scan(json).mistake()).isNull();
        assertThat(scan(json).plain()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    1                     | 1
                    -0.0                  | 0
                    0.1                   | 0.1
                    1e21                  | 1e+21
                    123456789012345678901 | 123456789012345680000
                    1e20                  | 100000000000000000000
                    0.000001              | 0.000001
                    0.0000001             | 1e-7
                    -1.5e-10              | -1.5e-10
                    5e-324                | 5e-324
                    1.7976931348623157e308 | 1.7976931348623157e+308
                    1e400                 | null
                    1e23                  | 1e+23
                    9007199254740993      | 9007199254740992
                    """)
    void shouldWriteNumbersAsJavaScriptDoes(String json, String written) {
        assertThat(JsonRewrite.number(Double.parseDouble(json))).isEqualTo(written);
    }

    @Test
    void shouldKeepTheLastOfRepeatedNamesAndTheRestOfTheAnswer() {
        Answer answer =
                answer(
                        "{\"ok\":true,\"response\":{\"Output\":{\"n\":1,\"m\":[1.50,\"\\/\"],\"n\":2},"
                                + "\"Messages\":[{}]}}");
        assertThat(text(answer.result().output())).isEqualTo("{\"n\":2,\"m\":[1.5,\"/\"]}");
        assertThat(text(answer.result().messages())).isEqualTo("[{}]");
        assertThat(answer.result().gasUsed()).hasValue(7);
        assertThat(answer.keepsMemory()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "not enough memory for buffer allocation"                       | false
                    "x: not enough memory for buffer allocation"                    | false
                    "not enough memory for buffer allocation "                      | true
                    {"data":{"output":"not enough memory for buffer allocation"}}   | false
                    {"data":"not enough memory for buffer allocation"}              | true
                    """)
    void shouldForgetTheMemoryOfAGuestThatRanOutOfIt(String output, boolean kept) {
        Answer answer = answer("{\"ok\":true,\"response\":{\"Output\":" + output + "}}");
        assertThat(answer.refused()).isFalse();
        assertThat(answer.result().error()).isNull();
        assertThat(answer.keepsMemory()).isEqualTo(kept);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "false", "0", "-0", "0.0", "0e5", "\"\""})
    void shouldTakeWhatJavaScriptTakesForFalse(String falsy) {
        assertThat(answer("{\"ok\":" + falsy + ",\"response\":\"no\"}").refused()).isTrue();
        Answer answer = answer("{\"ok\":1,\"response\":{\"Error\":" + falsy + "}}");
        assertThat(answer.refused()).isFalse();
        assertThat(answer.keepsMemory()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "5", "\"false\"", "{}", "[]", "1e-300"})
    void shouldTakeWhatJavaScriptTakesForTrue(String truthy) {
        assertThat(answer("{\"ok\":" + truthy + ",\"response\":{}}").refused()).isFalse();
        assertThat(answer("{\"ok\":1,\"response\":{\"Error\":" + truthy + "}}").refused()).isTrue();
    }

    /** A second opinion: another reader of JSON, on texts that are nearly right. */
    @Test
    void shouldAgreeWithAnotherReaderOnWhatIsJson() {
        int good = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            StringBuilder json = new StringBuilder();
            value(random, json, 4);
            for (int i = random.nextInt(3); i > 0 && !json.isEmpty(); i--) {
                int at = random.nextInt(json.length());
                switch (random.nextInt(3)) {
                    case 0 -> json.deleteCharAt(at);
                    case 1 -> json.insert(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
                    default ->
                            json.setCharAt(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
                }
            }
            String text = json.toString();
            boolean expected = readable(text);
            assertThat(scan(text).mistake() == null)
                    .as("seed %d: %s: %s", seed, text, scan(text).mistake())
                    .isEqualTo(expected);
            good += expected ? 1 : 0;
        }
        assertThat(good).isBetween(ROUNDS / 4, ROUNDS * 3 / 4);
    }

    private static final String ALPHABET = "{}[]:,\"\\ -+.0123456789eEtruefalsn\u00e9\u0001";

    private static boolean readable(String text) {
        try {
            return !Json.MAPPER.readTree(text).isMissingNode();
        } catch (JacksonException e) {
            return false;
        }
    }

    private static void value(Random random, StringBuilder to, int depth) {
        switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> to.append(random.nextInt(2000) - 1000);
            case 1 -> to.append(random.nextDouble() * Math.pow(10, random.nextInt(40) - 20));
            case 2 -> to.append(random.nextBoolean());
            case 3 -> to.append("null");
            case 4 -> to.append("\"a\\n\\u00e9\\\\ \u00e9\"");
            case 5 -> to.append(" \"\" ");
            case 6 -> {
                to.append('[');
                for (int i = random.nextInt(4); i > 0; i--) {
                    value(random, to, depth - 1);
                    to.append(i > 1 ? "," : "");
                }
                to.append(']');
            }
            default -> {
                to.append('{');
                for (int i = random.nextInt(4); i > 0; i--) {
                    to.append("\"k").append(random.nextInt(3)).append("\" :");
                    value(random, to, depth - 1);
                    to.append(i > 1 ? ", " : "");
                }
                to.append('}');
            }
        }
    }
}
