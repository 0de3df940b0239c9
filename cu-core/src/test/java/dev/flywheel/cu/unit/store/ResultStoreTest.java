package dev.flywheel.cu.unit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.JsonText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultStoreTest {
    @TempDir Path directory;
    private ResultStore store;

    @BeforeEach
    void open() {
        store = ResultStore.open(directory);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static ResultRow row(long nonce, String output) {
        return AnswerCacheTest.row(nonce, ResultRow.Kind.MESSAGE, output);
    }

    @Test
    void shouldFindResultsByMessageAssignmentAndPlaceAfterReopening() {
        ResultRow row = row(3, "x");
        assertThat(store.add(List.of(row))).isEmpty();
        store.close();
        store = ResultStore.open(directory);
        for (var found :
                List.of(
                        store.find(AnswerCacheTest.PROCESS, "message3"),
                        store.find(AnswerCacheTest.PROCESS, "assignment3"),
                        store.at(AnswerCacheTest.PROCESS, 3))) {
            assertThat(found).isPresent();
            assertThat(found.get().body().sameAs(row.body())).isTrue();
            assertThat(found.get().messageId()).isEqualTo("message3");
            assertThat(found.get().timestamp()).isEqualTo(1_003);
        }
        assertThat(store.find(AnswerCacheTest.PROCESS, "message4")).isEmpty();
    }

    @Test
    void shouldLeaveWhatIsThereAndNameWhatDiffers() {
        store.add(List.of(row(1, "x"), row(2, "y")));
        ResultRow other = row(2, "z");
        assertThat(store.add(List.of(row(1, "x"), other, row(3, "new")))).containsExactly(other);
        assertThat(text(store.at(AnswerCacheTest.PROCESS, 2).orElseThrow())).contains("\"y\"");
        assertThat(store.at(AnswerCacheTest.PROCESS, 3)).isPresent();
    }

    private static String text(ResultRow row) {
        return new String(row.body().json(), StandardCharsets.UTF_8);
    }

    @Test
    void shouldKnowWhatWasSeenEarlierOnly() {
        store.add(List.of(row(5, "x")));
        assertThat(store.seenBefore(AnswerCacheTest.PROCESS, "message5", 6)).isTrue();
        assertThat(store.seenBefore(AnswerCacheTest.PROCESS, "message5", 5)).isFalse();
    }

    @Test
    void shouldCutGasOutOfEdgesWithoutTouchingTheRest() {
        EvaluationResult result = EvaluationResult.failed(JsonText.quote("bad")).withGasUsed(77);
        ResultRow.Body body = ResultRow.Body.of(result);
        byte[] json = body.json();
        String edge =
                new String(json, 0, body.gasFrom(), StandardCharsets.UTF_8)
                        + new String(
                                json,
                                body.gasTo(),
                                json.length - body.gasTo(),
                                StandardCharsets.UTF_8);
        assertThat(edge).isEqualTo(new String(result.toEdgeNodeJson(), StandardCharsets.UTF_8));
        assertThat(body.failed()).isTrue();
    }

    @Test
    void shouldEndAPageBeforeItGetsTooLarge() {
        String large = "x".repeat((int) UnitLimits.PAGE_BYTES_MAX / 3);
        store.add(List.of(row(1, large), row(2, large), row(3, large), row(4, large)));
        ResultsPage page =
                store.page(
                        AnswerCacheTest.PROCESS,
                        new ResultsPage.Query(null, null, false, false, 100));
        assertThat(page.rows()).hasSize(2);
        assertThat(page.hasNextPage()).isTrue();
    }
}
