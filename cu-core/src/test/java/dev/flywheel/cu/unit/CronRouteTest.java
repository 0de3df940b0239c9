package dev.flywheel.cu.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Tag;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class CronRouteTest {
    private static final Tag[] TAGS = {
        new Tag("Cron-Interval", "10-seconds"), new Tag("Cron-Tag-Action", "Tick")
    };

    @TempDir Path directory;
    private final TestNetwork network = new TestNetwork();
    private UnitUnderTest unit;

    @BeforeEach
    void start() {
        unit = new UnitUnderTest(network, directory);
    }

    @AfterEach
    void stop() {
        unit.close();
        network.close();
    }

    private JsonNode cron(TestLog log, String query) throws Exception {
        Answer answer = unit.get("/cron/" + log.id + query);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return UnitUnderTest.json(answer);
    }

    private static List<String> data(JsonNode page) {
        List<String> data = new ArrayList<>();
        page.path("edges").forEach(edge -> data.add(edge.at("/node/Output/data").asString("")));
        return data;
    }

    @Test
    void shouldMakeTheTicksThatAreDue() throws Exception {
        TestLog log = TestLog.spawn(network, "p", TAGS);
        network.nowMs = TestLog.START_MS + 25_000;
        assertThat(data(cron(log, ""))).containsExactly("2:", "3:");
        assertThat(unit.guests.given(log.id).get(1))
                .isEqualTo(
                        "{\"Owner\":\"owner-of-the-process\",\"Target\":\""
                                + log.id
                                + "\",\"From\":\"owner-of-the-process\",\"Tags\":[{\"name\":\"Action\",\"value\":\"Tick\"}],\"Timestamp\":"
                                + (TestLog.START_MS + 10_000)
                                + ",\"Block-Height\":1600000,\"Cron\":true,\"Read-Only\":false}");
    }

    @Test
    void shouldGoOnFromTheCursorOfTheLastTick() throws Exception {
        TestLog log = TestLog.spawn(network, "p", TAGS);
        network.nowMs = TestLog.START_MS + 35_000;
        JsonNode first = cron(log, "?limit=2");
        assertThat(data(first)).containsExactly("2:", "3:");
        assertThat(first.at("/pageInfo/hasNextPage").booleanValue()).isTrue();
        String cursor = first.at("/edges/1/cursor").asString();
        assertThat(data(cron(log, "?from=" + cursor + "&limit=50"))).containsExactly("4:");
        String last =
                cron(log, "?from=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8))
                        .at("/edges/0/cursor")
                        .asString();
        assertThat(data(cron(log, "?from=" + last + "&limit=50"))).isEmpty();
        network.nowMs = TestLog.START_MS + 45_000;
        assertThat(data(cron(log, "?from=" + last + "&limit=50"))).containsExactly("5:");
    }

    @Test
    void shouldTickBetweenMessagesBeforeTheyAreEvaluated() throws Exception {
        TestLog log = TestLog.spawn(network, "p", TAGS);
        log.pass(25_000);
        String message = log.message("a");
        assertThat(unit.output(log, message)).isEqualTo("4:a");
        assertThat(data(UnitUnderTest.json(unit.get("/results/" + log.id))))
                .containsExactly("1:spawned", "2:", "3:", "4:a");
        log.pass(10_000);
        assertThat(unit.output(log, log.message("b"))).isEqualTo("6:b");
    }

    @Test
    void shouldReplayTheTicksOfTheLiveEnd() throws Exception {
        TestLog log = TestLog.spawn(network, "p", TAGS);
        network.nowMs = TestLog.START_MS + 12_000;
        cron(log, "");
        network.nowMs = TestLog.START_MS + 31_000;
        cron(log, "");
        log.pass(45_000);
        String message = log.message("a");
        unit.result(log, message);
        String before = unit.get("/results/" + log.id + "?limit=100").text();
        unit.close();
        unit = new UnitUnderTest(network, directory);
        network.nowMs = TestLog.START_MS + 46_000;
        String after = log.message("b");
        assertThat(unit.output(log, after)).isEqualTo("7:b");
        assertThat(unit.unit.counters().replayDifferences()).isZero();
        assertThat(unit.get("/results/" + log.id + "?limit=6").text())
                .isEqualTo(before.replace("\"hasNextPage\":false", "\"hasNextPage\":true"));
    }

    @Test
    void shouldTickBeforeADryRun() throws Exception {
        TestLog log = TestLog.spawn(network, "p", TAGS);
        network.nowMs = TestLog.START_MS + 25_000;
        assertThat(UnitUnderTest.json(unit.dryRun(log, "q")).at("/Output/data").asString())
                .isEqualTo("4:q");
    }

    @Test
    void shouldTickUpToATime() throws Exception {
        TestLog log = TestLog.spawn(network, "p", TAGS);
        network.nowMs = TestLog.START_MS + 55_000;
        assertThat(data(cron(log, "?to=" + (TestLog.START_MS + 20_000)))).hasSize(2);
        assertThat(data(cron(log, ""))).hasSize(5);
    }

    @Test
    void shouldTickByTheBlocksOfTheGateway() throws Exception {
        for (int i = 0; i < 10; i++) {
            network.blocks.put(TestLog.START_HEIGHT + i, TestLog.START_MS + i * 2_000L);
        }
        TestLog log = TestLog.spawn(network, "p", new Tag("Cron-Interval", "3-blocks"));
        network.nowMs = TestLog.START_MS + 15_000;
        assertThat(data(cron(log, ""))).containsExactly("2:", "3:");
        assertThat(unit.guests.given(log.id).get(1))
                .contains("\"Timestamp\":" + (TestLog.START_MS + 6_000))
                .contains("\"Block-Height\":" + (TestLog.START_HEIGHT + 3));
    }

    @Test
    void shouldListNothingForAProcessWithoutCronTags() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        log.message("a");
        assertThat(data(cron(log, ""))).isEmpty();
        assertThat(network.askedFor("/timestamp")).isZero();
        assertThat(unit.guests.evaluations).hasValue(2); // evaluated to the present all the same
    }

    @Test
    void shouldRefuseTagsThatMakeNoSense() throws Exception {
        TestLog log = TestLog.spawn(network, "p", new Tag("Cron-Interval", "500-Milliseconds"));
        Answer answer = unit.get("/cron/" + log.id);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(UnitUnderTest.error(answer))
                .isEqualTo("time-based cron cannot be less than 1 second");
    }

    @Test
    void shouldMakeATickAgainThatHitALimitOfTheHost() throws Exception {
        TestLog log = TestLog.spawn(network, "p", TAGS);
        network.nowMs = TestLog.START_MS + 15_000;
        unit.guests.cronHostLimits.set(1);
        assertThat(unit.get("/cron/" + log.id).status()).isEqualTo(503);
        unit.clock.advance(UnitLimits.HOST_LIMIT_PAUSE_MS);
        assertThat(data(cron(log, ""))).containsExactly("2:");
    }
}
