package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EvaluationResultTest {
    private static final String BODY =
            "{\"Messages\":[{\"Target\":\"a\"}],\"Assignments\":[],\"Spawns\":[],"
                    + "\"Output\":{\"data\":\"\u00fc\"},\"GasUsed\":9,\"Error\":\"bad\"}";

    @Test
    void shouldPassItsPartsOnByteForByte() throws Exception {
        EvaluationResult result = parse(BODY);
        assertThat(new String(result.toResultJson(), UTF_8)).isEqualTo(BODY);
        assertThat(new String(result.toEdgeNodeJson(), UTF_8))
                .isEqualTo(BODY.replace("\"GasUsed\":9,", ""));
        assertThat(result.gasUsed()).isEqualTo(OptionalLong.of(9));
        assertThat(result.hasError()).isTrue();
    }

    @Test
    void shouldCutPartsOutOfAnyLayout() throws Exception {
        EvaluationResult result =
                parse(
                        " { \"Output\" : -1.50e2 ,\"Patches\":[{}],\n\"Spawns\" : [ 1 , {\"a\":[\"]\"]} ] ,"
                                + "\"Error\":\"\\\"}\" , \"Assignments\":true,\"Messages\":\"\u20ac\" } ");
        assertThat(text(result.output())).isEqualTo("-1.50e2");
        assertThat(text(result.spawns())).isEqualTo("[ 1 , {\"a\":[\"]\"]} ]");
        assertThat(text(result.error())).isEqualTo("\"\\\"}\"");
        assertThat(text(result.assignments())).isEqualTo("true");
        assertThat(text(result.messages())).isEqualTo("\"\u20ac\"");
        assertThat(text(parse("{\"Output\":12}").output())).isEqualTo("12");
        assertThat(text(parse("{\"Output\":null}").output())).isEqualTo("null");
    }

    @Test
    void shouldDefaultWhatIsMissing() throws Exception {
        String empty = "{\"Messages\":[],\"Assignments\":[],\"Spawns\":[],\"Output\":\"\"}";
        assertThat(text(parse("{}").toResultJson())).isEqualTo(empty);
        assertThat(text(EvaluationResult.empty().toResultJson())).isEqualTo(empty);
        assertThat(
                        text(
                                EvaluationResult.failed("{}".getBytes(UTF_8))
                                        .withGasUsed(3)
                                        .toResultJson()))
                .isEqualTo(empty.substring(0, empty.length() - 1) + ",\"GasUsed\":3,\"Error\":{}}");
    }

    @Test
    void shouldTakeErrorsForTrueAsJavaScriptDoes() throws Exception {
        for (String falsy : List.of("null", "false", "0", "\"\"")) {
            assertThat(parse("{\"Error\":" + falsy + "}").hasError()).as(falsy).isFalse();
        }
        for (String truthy :
                List.of("true", "{}", "[]", "\"0\"", "1", "0.5", "\"false\"", "\"null\"")) {
            assertThat(parse("{\"Error\":" + truthy + "}").hasError()).as(truthy).isTrue();
        }
        assertThat(parse("{}").hasError()).isFalse();
    }

    @Test
    void shouldRefuseWhatIsNoResult() {
        for (String json :
                List.of(
                        "",
                        "[]",
                        "{",
                        "{\"Output\":",
                        "{} x",
                        "{\"a\":01}",
                        "{\"GasUsed\":99999999999999999999}",
                        "[".repeat(600))) {
            assertThatThrownBy(() -> parse(json))
                    .as(json)
                    .isInstanceOf(MalformedJsonException.class);
        }
        assertThatThrownBy(() -> parse("{\"Output\":" + "[".repeat(600) + "]".repeat(600) + "}"))
                .isInstanceOf(MalformedJsonException.class);
    }

    private static EvaluationResult parse(String json) throws MalformedJsonException {
        return EvaluationResult.parse(json.getBytes(UTF_8));
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "absent" : new String(bytes, UTF_8);
    }
}
