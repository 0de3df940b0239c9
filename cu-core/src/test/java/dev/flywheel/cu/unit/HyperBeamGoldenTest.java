package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.Aos;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
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

    /** As a real node was seen to ask for four readers: four results, eight snapshots, at once. */
    @Test
    void shouldAnswerReadersThatAskAtOnceAlike() throws Exception {
        int evaluated = 0;
        for (JsonNode each : recorded.stream().filter(HyperBeamGoldenTest::isResult).toList()) {
            String url = each.path("url").asString("");
            String snapshot = "/snapshot/" + processOf(each);
            JsonNode expected = Json.MAPPER.readTree(each.path("answer").asString(""));
            ((ObjectNode) expected).remove("Patches");
            List<CompletableFuture<Answer>> readers = new ArrayList<>();
            List<CompletableFuture<Answer>> snapshots = new ArrayList<>();
            for (int reader = 0; reader < 4; reader++) {
                readers.add(unit.postAsync(url, each.path("body").asString("")));
                snapshots.add(unit.postAsync(snapshot, "{}"));
                snapshots.add(unit.postAsync(snapshot, "{}"));
                assertThat(unit.get("/").status()).isEqualTo(200);
            }
            for (CompletableFuture<Answer> reader : readers) {
                assertThat(UnitUnderTest.json(reader.get())).as(url).isEqualTo(expected);
            }
            for (CompletableFuture<Answer> taken : snapshots) {
                // Before the first slot there is nothing to keep, and the reference says so too.
                assertThat(taken.get().status()).isIn(evaluated == 0 ? 404 : 200, 200);
            }
            evaluated++;
            assertThat(unit.unit.counters().evaluated()).isEqualTo(evaluated);
        }
        assertThat(evaluated).isEqualTo(7);
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

    /** A unit that has evaluated nothing goes on from what another has evaluated. */
    @Test
    void shouldGoOnFromAMemoryThatTheNodeHandsOver() throws Exception {
        List<JsonNode> results = recorded.stream().filter(HyperBeamGoldenTest::isResult).toList();
        int handedOver = 3;
        for (JsonNode each : results.subList(0, handedOver + 1)) {
            assertThat(ask(each).status()).isEqualTo(200);
        }
        JsonNode last = results.get(handedOver);
        String process = processOf(last);
        Map<String, String> headers = headers(last, process, handedOver);
        byte[] memory = unit.get("/state/" + process + "?to=" + headers.get("timestamp")).body();
        unit.close();
        unit = UnitUnderTest.onEngineBehind(node, gateway, directory.resolve("other"));
        Answer taken = unit.post("/state", headers, packed(memory));
        assertThat(taken.status()).as(taken.text()).isEqualTo(200);
        for (JsonNode each : results.subList(handedOver + 1, results.size())) {
            JsonNode expected = Json.MAPPER.readTree(each.path("answer").asString(""));
            ((ObjectNode) expected).remove("Patches");
            assertThat(UnitUnderTest.json(ask(each))).isEqualTo(expected);
        }
        assertThat(unit.unit.counters().evaluated()).isEqualTo(results.size() - handedOver - 1);
    }

    private static Map<String, String> headers(JsonNode request, String process, int slot) {
        JsonNode assignment =
                Json.MAPPER
                        .readTree(request.path("body").asString(""))
                        .at("/edges/0/node/assignment");
        Map<String, String> headers = new HashMap<>();
        headers.put("content-type", "application/octet-stream");
        headers.put("process", process);
        headers.put("module", MODULE.toString());
        headers.put("assignment", assignment.path("Id").asString(""));
        headers.put("nonce", Integer.toString(slot));
        for (JsonNode tag : assignment.path("Tags")) {
            String name = tag.path("name").asString("").toLowerCase(Locale.ROOT);
            if (List.of("hash-chain", "timestamp", "block-height").contains(name)) {
                headers.put(name, tag.path("value").asString(""));
            }
        }
        return headers;
    }

    private static byte[] packed(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }
}
