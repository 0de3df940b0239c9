package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    private static final long SEED = 43;

    @Test
    void shouldEscapeAsJsonStringifyDoes() {
        String json =
                new JsonText()
                        .beginObject()
                        .name("Id")
                        .string("i")
                        .name("Data")
                        .string("h\u00e9\uD83D\uDE00\u0000\ud83d\u2026/\u2026\u0001\b\f")
                        .name("N")
                        .nullValue()
                        .name("Block-Height")
                        .number(1)
                        .endObject()
                        .toString();
        assertThat(json)
                .isEqualTo(
                        "{\"Id\":\"i\",\"Data\":\"h\u00e9\uD83D\uDE00\\u0000\\ud83d\u2026/\u2026\\u0001\\b\\f\","
                                + "\"N\":null,\"Block-Height\":1}");
    }

    @Test
    void shouldWriteEveryCharacterAsTheRuleSays() {
        for (int c = 0; c <= 0xFFFF; c++) {
            String expected =
                    switch (c) {
                        case '"' -> "\\\"";
                        case '\\' -> "\\\\";
                        case '\b' -> "\\b";
                        case '\t' -> "\\t";
                        case '\n' -> "\\n";
                        case '\f' -> "\\f";
                        case '\r' -> "\\r";
                        default ->
                                c < 0x20 || (c >= 0xD800 && c <= 0xDFFF)
                                        ? String.format("\\u%04x", c)
                                        : String.valueOf((char) c);
                    };
            String written = new String(JsonText.quote(String.valueOf((char) c)), UTF_8);
            assertThat(written).isEqualTo('"' + expected + '"');
        }
    }

    @Test
    void shouldBeReadBackAsItWas() {
        Random random = new Random(SEED);
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(50);
            for (int j = 0; j < length; j++) {
                text.append(
                        (char)
                                (random.nextInt(4) == 0
                                        ? 0xD800 + random.nextInt(0x800)
                                        : random.nextInt(0x10000)));
            }
            String given = text.toString();
            assertThat(Json.MAPPER.readTree(JsonText.quote(given)).stringValue())
                    .as("seed=" + SEED + " i=" + i)
                    .isEqualTo(given);
        }
    }

    @Test
    void shouldPlaceCommasInNestedValues() {
        JsonText json =
                new JsonText(1)
                        .beginObject()
                        .name("a")
                        .beginArray()
                        .number(1)
                        .number(-2)
                        .beginObject()
                        .endObject();
        json.beginArray()
                .endArray()
                .bool(true)
                .raw("{}")
                .endArray()
                .name("b")
                .string(null)
                .name("c");
        json.tags(Tags.ofPairs("n", "v", "x", "y")).endObject();
        assertThat(json)
                .hasToString(
                        "{\"a\":[1,-2,{},[],true,{}],\"b\":null,"
                                + "\"c\":[{\"name\":\"n\",\"value\":\"v\"},{\"name\":\"x\",\"value\":\"y\"}]}");
        assertThat(json.length()).isEqualTo(json.toByteArray().length);
        assertThat(json.clear().number(Long.MIN_VALUE)).hasToString("-9223372036854775808");
    }
}
