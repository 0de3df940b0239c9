package dev.flywheel.cu.unit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.store.AnswerCache;
import dev.flywheel.cu.unit.store.AnswerCacheTest;
import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.cu.unit.store.ResultStore;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {
    @TempDir Path directory;
    private final List<ResultRow> recorded = new CopyOnWriteArrayList<>();
    private final List<ResultRow> failed = new CopyOnWriteArrayList<>();
    private final AnswerCache answers = new AnswerCache();
    private ResultStore store;
    private Recorder recorder;

    @BeforeEach
    void start() {
        store = ResultStore.open(directory);
        recorder =
                new Recorder(
                        store, answers, recorded::addAll, (rows, cause) -> failed.addAll(rows));
    }

    @AfterEach
    void stop() {
        recorder.close();
        store.close();
    }

    private static ResultRow row(long nonce, String output) {
        return AnswerCacheTest.row(nonce, ResultRow.Kind.MESSAGE, output);
    }

    private void awaitAllBefore() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        recorder.afterwards(done::countDown);
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldTellOfResultsInOrderWhenTheyAreInTheStore() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            recorder.record(row(i, "x"));
        }
        awaitAllBefore();
        assertThat(recorded).extracting(ResultRow::nonce).hasSize(2_000).isSorted();
        assertThat(store.at(AnswerCacheTest.PROCESS, 1_999)).isPresent();
        assertThat(answers.get(AnswerCacheTest.PROCESS.toString(), "message1999")).isNotNull();
        assertThat(recorder.written()).isEqualTo(2_000);
    }

    @Test
    void shouldTellOfResultsThatCannotBeKeptAndGoOn() throws Exception {
        store.close();
        recorder.record(row(1, "x"));
        recorder.record(row(2, "x"));
        awaitAllBefore();
        assertThat(failed).extracting(ResultRow::nonce).containsExactly(1L, 2L);
        assertThat(recorded).isEmpty();
        assertThat(answers.get(AnswerCacheTest.PROCESS.toString(), "message1")).isNull();
    }

    @Test
    void shouldHoldNoMoreBytesThanItMay() throws Exception {
        String large = "x".repeat(16 << 20);
        int count = UnitLimits.RESULT_KIBIBYTES_IN_FLIGHT / (16 << 10) + 2;
        for (int i = 0; i < count; i++) {
            recorder.record(row(i, large));
        }
        awaitAllBefore();
        assertThat(recorded).hasSize(count);
    }

    @Test
    void shouldCountReplaysThatDiffer() throws Exception {
        recorder.record(row(1, "x"));
        recorder.record(row(1, "x"));
        recorder.record(row(1, "y"));
        awaitAllBefore();
        assertThat(recorder.different()).isEqualTo(1);
        assertThat(recorded).hasSize(3);
    }
}
