package dev.flywheel.cu.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Cursor;
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

class ListRoutesTest {
    private static final int MESSAGES = 12; // so that nonces as text would sort wrongly

    @TempDir Path directory;
    private final TestNetwork network = new TestNetwork();
    private UnitUnderTest unit;
    private TestLog log;

    @BeforeEach
    void start() throws Exception {
        unit = new UnitUnderTest(network, directory);
        log = TestLog.spawn(network, "p");
        String last = "";
        for (int i = 1; i <= MESSAGES; i++) {
            last = log.message(i == 3 ? "fail" : "m" + i);
        }
        unit.result(log, last);
    }

    @AfterEach
    void stop() {
        unit.close();
        network.close();
    }

    private JsonNode list(String query) throws Exception {
        Answer answer = unit.get("/results/" + log.id + query);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return UnitUnderTest.json(answer);
    }

    private static List<String> data(JsonNode page) {
        List<String> data = new ArrayList<>();
        for (JsonNode edge : page.path("edges")) {
            String output = edge.at("/node/Output/data").asString("");
            data.add(output.substring(output.indexOf(':') + 1));
        }
        return data;
    }

    private static String encoded(String cursor) {
        return URLEncoder.encode(cursor, StandardCharsets.UTF_8);
    }

    @Test
    void shouldListResultsWithoutErrorsAndGas() throws Exception {
        Answer answer = unit.get("/results/" + log.id + "?limit=1");
        String cursor = new Cursor(TestLog.START_MS, "0", null, "ASC").encode();
        assertThat(answer.text())
                .isEqualTo(
                        "{\"pageInfo\":{\"hasNextPage\":true},\"edges\":[{\"node\":{\"Messages\":[],\"Assignments\":[],\"Spawns\":[],\"Output\":{\"data\":\"1:spawned\"}},\"cursor\":\""
                                + cursor
                                + "\"}]}");
        JsonNode all = list("");
        assertThat(all.at("/pageInfo/hasNextPage").booleanValue()).isFalse();
        assertThat(data(all))
                .containsExactly(
                        "spawned", "m1", "m2", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11",
                        "m12");
    }

    @Test
    void shouldWalkForwardsFromCursorToCursor() throws Exception {
        List<String> seen = new ArrayList<>();
        String query = "?sort=ASC&limit=5";
        JsonNode page;
        do {
            page = list(query);
            seen.addAll(data(page));
            JsonNode edges = page.path("edges");
            String cursor = edges.path(edges.size() - 1).path("cursor").asString("");
            query = "?from=" + encoded(cursor) + "&sort=ASC&limit=5";
        } while (page.at("/pageInfo/hasNextPage").booleanValue());
        assertThat(seen).hasSize(MESSAGES).startsWith("spawned", "m1").endsWith("m11", "m12");
    }

    @Test
    void shouldFollowTheWayOfTheAosClient() throws Exception {
        JsonNode newest = list("?sort=DESC&limit=5");
        assertThat(data(newest)).containsExactly("m12", "m11", "m10", "m9", "m8");
        assertThat(newest.at("/pageInfo/hasNextPage").booleanValue()).isTrue();
        String cursor = newest.at("/edges/0/cursor").asString();
        JsonNode none = list("?from=" + encoded(cursor) + "&sort=ASC&limit=1000");
        assertThat(data(none)).isEmpty();
        assertThat(none.toString())
                .isEqualTo("{\"pageInfo\":{\"hasNextPage\":false},\"edges\":[]}");
        unit.result(log, log.message("new"));
        // The sort of the cursor wins, so it must come even though DESC is in there.
        assertThat(data(list("?from=" + encoded(cursor) + "&sort=ASC&limit=1000")))
                .containsExactly("new");
    }

    @Test
    void shouldReadCursorsWithoutUrlEncoding() throws Exception {
        String cursor = list("?limit=2").at("/edges/1/cursor").asString();
        assertThat(cursor).endsWith("=");
        assertThat(data(list("?from=" + cursor + "&limit=1"))).containsExactly("m2");
    }

    @Test
    void shouldTakeFromExclusivelyAndToInclusivelyInBothDirections() throws Exception {
        JsonNode all = list("");
        String second = encoded(all.at("/edges/1/cursor").asString().replace("ASC", ""));
        String fifth = encoded(all.at("/edges/4/cursor").asString());
        assertThat(data(list("?from=" + second + "&to=" + fifth)))
                .containsExactly("m2", "m4", "m5");
        long from = log.timestamp() - 2;
        assertThat(data(list("?from=" + from))).containsExactly("m11", "m12");
        assertThat(data(list("?from=" + from + "&sort=DESC"))).containsExactly("m12", "m11");
        assertThat(data(list("?to=" + TestLog.START_MS))).containsExactly("spawned");
    }

    @Test
    void shouldTakeTheSortOfTheCursorBeforeThatOfTheQuery() throws Exception {
        String descending = new Cursor(log.timestamp() - 2, "10", null, "DESC").encode();
        assertThat(data(list("?sort=ASC&from=" + encoded(descending))))
                .containsExactly("m12", "m11");
        assertThat(data(list("?sort=ASC&limit=1&to=" + encoded(descending))))
                .containsExactly("m10");
    }

    @Test
    void shouldIgnoreParametersItDoesNotKnow() throws Exception {
        assertThat(data(list("?sort=DESC&limit=1&processId=" + log.id))).containsExactly("m12");
    }

    @Test
    void shouldSayWhatIsWrongWithAQuery() throws Exception {
        assertThat(unit.get("/results/" + log.id + "?sort=desc").status()).isEqualTo(500);
        assertThat(unit.get("/results/" + log.id + "?limit=many").text())
                .contains("'limit': Expected number, received many.");
        assertThat(unit.get("/results/" + log.id + "?limit=0").status()).isEqualTo(500);
        assertThat(unit.get("/results/" + log.id + "?from=foo!").text()).contains("Not a cursor");
        assertThat(unit.get("/results/no-process").status()).isEqualTo(404);
    }

    @Test
    void shouldListNothingOfAProcessThatNobodyEvaluated() throws Exception {
        TestLog other = TestLog.spawn(network, "other");
        assertThat(unit.get("/results/" + other.id).text())
                .isEqualTo("{\"pageInfo\":{\"hasNextPage\":false},\"edges\":[]}");
    }
}
