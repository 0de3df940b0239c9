package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.Aos;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a real HyperBEAM node asked of the reference unit, one request after the other as recorded
 * (23 November 2026, aos 2.0.6), asked of this one, and its answers compared with the reference's.
 */
class HyperBeamGoldenTest {
    /** The node's stand-in for the module's real id. */
    private static final Id MODULE = Id.parse("aos2-0-6-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaA");

    @TempDir Path directory;
    private final TestNetwork gateway = new TestNetwork();
    private final TestNode node = new TestNode();
    private final List<JsonNode> recorded = new ArrayList<>();
    private UnitUnderTest unit;

    @BeforeEach
    void start() throws IOException {
        try (InputStream in =
                        Objects.requireNonNull(
                                getClass()
                                        .getResourceAsStream(
                                                "/golden/hyperbeam/reference-unit.jsonl.gz"));
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(new GZIPInputStream(in), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                recorded.add(Json.MAPPER.readTree(line));
            }
        }
        gateway.put(
                new TestNetwork.Item(
                        MODULE, "module-owner", TestNetwork.MODULE_TAGS, Aos.module("aos2_0_6")));
        for (JsonNode each : recorded) {
            if (isResult(each)) {
                JsonNode edge =
                        Json.MAPPER.readTree(each.path("body").asString("")).path("edges").get(0);
                node.edges
                        .computeIfAbsent(processOf(each), any -> new ArrayList<>())
                        .add(edge.toString());
            }
        }
        unit = UnitUnderTest.onEngineBehind(node, gateway, directory);
    }

    @AfterEach
    void stop() {
        unit.close();
        node.close();
        gateway.close();
    }

    private static boolean isResult(JsonNode each) {
        return each.path("url").asString("").startsWith("/result/");
    }

    private static String processOf(JsonNode each) {
        String url = each.path("url").asString("");
        return url.substring(url.indexOf('=') + 1);
    }

    private Answer ask(JsonNode each) throws Exception {
        String url = each.path("url").asString("");
        return each.path("method").asString("").equals("GET")
                ? unit.get(url)
                : unit.send(
                        "POST",
                        url,
                        Map.of("content-type", "application/json"),
                        each.path("body").asString(""));
    }

    @Test
    void shouldAnswerANodeAsTheReferenceUnitDid() throws Exception {
        int results = 0;
        for (JsonNode each : recorded) {
            Answer got = ask(each);
            String url = each.path("url").asString("");
            assertThat(got.status()).as(url + got.text()).isEqualTo(each.path("status").intValue());
            JsonNode expected = Json.MAPPER.readTree(each.path("answer").asString(""));
            JsonNode answer = UnitUnderTest.json(got);
            if (isResult(each)) {
                results++;
                // Always empty there; a node does not look at it.
                ((ObjectNode) expected).remove("Patches");
                assertThat(answer).as(url).isEqualTo(expected);
            } else if (url.equals("/")) {
                assertThat(answer.path("address").isString()).isTrue();
                assertThat(answer.path("timestamp").isIntegralNumber()).isTrue();
            } else {
                assertThat(answer.path("success").booleanValue()).isTrue();
                for (String name : List.of("processId", "timestamp", "ordinate")) {
                    assertThat(answer.path(name)).as(url + name).isEqualTo(expected.path(name));
                }
            }
        }
        assertThat(results).isEqualTo(7);
    }

    /** The others are read from the node's schedule. */
    @Test
    void shouldAnswerTheLastSlotThoughItWasAskedForNoneBefore() throws Exception {
        JsonNode last = recorded.stream().filter(HyperBeamGoldenTest::isResult).toList().getLast();
        JsonNode expected = Json.MAPPER.readTree(last.path("answer").asString(""));
        ((ObjectNode) expected).remove("Patches");
        assertThat(UnitUnderTest.json(ask(last))).isEqualTo(expected);
        assertThat(unit.unit.counters().evaluated()).isGreaterThanOrEqualTo(7);
    }
}
