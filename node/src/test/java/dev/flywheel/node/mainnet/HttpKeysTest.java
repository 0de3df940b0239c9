package dev.flywheel.node.mainnet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.HttpMessage;
import dev.flywheel.protocol.HttpSignatureVerifier.Verified;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tags;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The verified message, as it came from the wire. */
class HttpKeysTest {
    private static HttpKeys keys(byte[] body, String... namesAndValues) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.put(
                    namesAndValues[i],
                    new String(namesAndValues[i + 1].getBytes(UTF_8), ISO_8859_1));
        }
        HttpMessage message =
                new HttpMessage(
                        "POST",
                        "h",
                        "/push",
                        "",
                        name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of(),
                        body);
        return HttpKeys.of(
                message,
                new Verified(
                        "S".repeat(43), Id.parse("A".repeat(43)), List.copyOf(headers.keySet())));
    }

    @Test
    void shouldReadHeadersAsUtf8() {
        HttpKeys keys = keys(new byte[0], "note", "hé😀", "data", "Grüße", "%c3%a9", "e");
        assertThat(keys.tags().first("Note")).isEqualTo("hé😀");
        assertThat(keys.tags().first("É")).isEqualTo("e");
        assertThat(keys.data()).isEqualTo("Grüße".getBytes(UTF_8));
    }

    @Test
    void shouldKeepBytesOfTheDataAndRefuseThemElsewhere() {
        byte[] bytes = {(byte) 0xFF, 0, (byte) 0xFE};
        assertThat(keys(bytes, "ao-body-key", "data").data()).isEqualTo(bytes);
        assertThatThrownBy(() -> keys(bytes, "ao-body-key", "note"))
                .isInstanceOf(StatusException.class)
                .hasMessageContaining("key note of the message is not UTF-8");
    }

    @Test
    void shouldPreferDataToTheBodyKey() {
        HttpKeys both = keys("b".getBytes(UTF_8), "data", "d");
        assertThat(both.data()).isEqualTo("d".getBytes(UTF_8));
        assertThat(both.tags().first("Body")).isEqualTo("b");
        HttpKeys one = keys(new byte[0], "body", "b");
        assertThat(one.data()).isEqualTo("b".getBytes(UTF_8));
        assertThat(one.tags().has("Body")).isFalse();
        assertThat(keys(new byte[0]).data()).isEmpty();
    }

    @Test
    void shouldLeaveOutWhatOnlyTheNodeMaySayAndWhatSaysHowItTravels() {
        assertThat(
                        keys(
                                        new byte[0],
                                        "from-process",
                                        "x",
                                        "from-anything",
                                        "x",
                                        "%46rom-%41uthority",
                                        "x",
                                        "forwarded-by",
                                        "x",
                                        "pushed-for",
                                        "x",
                                        "accept",
                                        "x",
                                        "require-codec",
                                        "x",
                                        "signing-format",
                                        "x",
                                        "anchor",
                                        "x",
                                        "variant",
                                        "ao.TN.1",
                                        "type",
                                        "Process",
                                        "frome",
                                        "kept")
                                .tags())
                .isEqualTo(
                        Tags.ofPairs(
                                "Frome", "kept",
                                "Data-Protocol", "ao",
                                "Type", "Process",
                                "Variant", "ao.TN.1"));
    }

    @Test
    void shouldWriteTypedValuesAsText() {
        HttpKeys keys =
                keys(
                        new byte[0],
                        "ao-types",
                        "a=\"atom\", b=atom, c=\"integer\", d=float, e=\"empty-binary\"",
                        "a",
                        "\"true\"",
                        "b",
                        "false",
                        "c",
                        "5",
                        "d",
                        "1.5");
        assertThat(keys.tags().without("Data-Protocol", "Type", "Variant"))
                .isEqualTo(Tags.ofPairs("A", "true", "B", "false", "C", "5", "D", "1.5", "E", ""));
        assertThatThrownBy(() -> keys(new byte[0], "ao-types", "a=map"))
                .hasMessageContaining("tags hold text");
        assertThatThrownBy(() -> keys(new byte[0], "ao-types", "a"))
                .hasMessageContaining("tags hold text");
    }
}
