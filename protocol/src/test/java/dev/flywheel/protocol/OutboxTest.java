package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final String GOOD =
            "{\"Target\":\"t\",\"Anchor\":\"a\",\"Tags\":[{\"name\":\"n\",\"value\":\"v\"}],\"Data\":\"d\"}";

    @Test
    void shouldReadWhatAProcessSends() throws Exception {
        Outbox outbox =
                parse(
                        "{\"Messages\":["
                                + GOOD
                                + "],"
                                + "\"Spawns\":[{\"Tags\":[{\"name\":\"Module\",\"value\":\"m\"}],\"Anchor\":\"b\",\"Data\":\"\",\"Target\":\"x\"}],"
                                + "\"Assignments\":[{\"Processes\":[\"p\",\"q\"],\"Message\":\"m\",\"BaseLayer\":true,\"Exclude\":[\"Data\"]}],"
                                + "\"Output\":1,\"Error\":\"ignored\"}");
        assertThat(outbox.messages())
                .containsExactly(
                        new Outbox.Message("t", "a", Tags.ofPairs("n", "v"), "d", List.of()));
        assertThat(outbox.spawns())
                .containsExactly(new Outbox.Spawn(Tags.ofPairs("Module", "m"), "b", " "));
        assertThat(outbox.assignments())
                .containsExactly(
                        new Outbox.Assignment(List.of("p", "q"), "m", true, List.of("Data")));
        assertThat(outbox.dropped()).isEmpty();
        assertThat(outbox.size()).isEqualTo(3);
    }

    @Test
    void shouldDropOneBadMessageAndSendTheOthers() throws Exception {
        List<String> bad =
                List.of(
                        "1",
                        "null",
                        "{}",
                        GOOD.replace("\"Target\":\"t\",", ""),
                        GOOD.replace("\"t\"", "7"),
                        GOOD.replace("\"t\"", "null"),
                        GOOD.replace("\"Anchor\":\"a\",", ""),
                        GOOD.replace("\"a\"", "12"),
                        GOOD.replace("[{", "{\"x\":{").replace("}]", "}}"),
                        GOOD.replace("\"v\"", "3"),
                        GOOD.replace("\"name\":\"n\",", ""),
                        GOOD.replace("\"d\"", "{}"),
                        GOOD.replace("\"d\"", "12"),
                        GOOD.replace("\"d\"", "true"));
        Outbox outbox =
                parse("{\"Messages\":[" + GOOD + "," + String.join(",", bad) + "," + GOOD + "]}");
        assertThat(outbox.messages()).hasSize(2);
        assertThat(outbox.dropped())
                .hasSize(bad.size())
                .allMatch(reason -> reason.startsWith("Messages["));
    }

    @Test
    void shouldSendASpaceForDataThatIsNone() throws Exception {
        for (String none : List.of("\"\"", "null", "0", "false")) {
            assertThat(
                            parse("{\"Messages\":[" + GOOD.replace("\"d\"", none) + "]}")
                                    .messages()
                                    .getFirst()
                                    .data())
                    .as(none)
                    .isEqualTo(" ");
        }
        assertThat(
                        parse("{\"Messages\":[" + GOOD.replace(",\"Data\":\"d\"", "") + "]}")
                                .messages()
                                .getFirst()
                                .data())
                .isEqualTo(" ");
    }

    @Test
    void shouldKeepANullAnchorForTheBuilderToLeaveOut() throws Exception {
        assertThat(
                        parse("{\"Messages\":[" + GOOD.replace("\"a\"", "null") + "]}")
                                .messages()
                                .getFirst()
                                .anchor())
                .isNull();
    }

    @Test
    void shouldTakeAssignmentsOutOfTheTags() throws Exception {
        for (String value : List.of("[\"p\",\"q\"]", "\"p, q\"", "\"p,q,\"")) {
            String tags =
                    "[{\"name\":\"Assignments\",\"value\":"
                            + value
                            + "},{\"name\":\"n\",\"value\":\"v\"}]";
            Outbox.Message message =
                    parse("{\"Messages\":[" + GOOD.replaceAll("\\[.*]", tags) + "]}")
                            .messages()
                            .getFirst();
            assertThat(message.assignTo()).containsExactly("p", "q");
            assertThat(message.tags()).isEqualTo(Tags.ofPairs("n", "v"));
        }
    }

    @Test
    void shouldBearWhateverAProcessReturns() throws Exception {
        assertThat(parse("{\"Messages\":{},\"Spawns\":null,\"Assignments\":[]}").dropped())
                .isEmpty();
        Outbox odd =
                parse(
                        "{\"Messages\":\"x\",\"Spawns\":[{}],\"Assignments\":[{\"Processes\":[1],\"Message\":\"m\"},"
                                + "{\"Processes\":\"p\",\"Message\":\"m\"},{\"Processes\":[]}]}");
        assertThat(odd.size()).isZero();
        assertThat(odd.dropped()).hasSize(5);
        assertThatThrownBy(() -> parse("[]")).isInstanceOf(MalformedJsonException.class);
        assertThatThrownBy(() -> parse("{")).isInstanceOf(MalformedJsonException.class);
    }

    private static Outbox parse(String json) throws MalformedJsonException {
        return Outbox.parse(json.getBytes(UTF_8));
    }
}
