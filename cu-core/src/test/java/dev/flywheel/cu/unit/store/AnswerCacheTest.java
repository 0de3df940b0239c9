package dev.flywheel.cu.unit.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.Response;
import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.JsonText;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

public class AnswerCacheTest {
    public static final Id PROCESS = Id.sha256("p".getBytes(UTF_8));

    public static ResultRow row(long nonce, ResultRow.Kind kind, String output) {
        byte[] none = "[]".getBytes(UTF_8);
        return new ResultRow(
                PROCESS,
                nonce,
                0,
                kind,
                1_000 + nonce,
                7,
                "message" + nonce,
                "assignment" + nonce,
                null,
                "message" + nonce,
                ResultRow.Body.of(
                        new EvaluationResult(
                                none,
                                none,
                                none,
                                JsonText.quote(output),
                                OptionalLong.of(5),
                                null)));
    }

    private static String text(Response response) {
        return new String(((Response.Bytes) response.body()).bytes(), UTF_8);
    }

    @Test
    void shouldKeepAnswersByProcessAndMessage() {
        AnswerCache cache = new AnswerCache();
        cache.keep(row(1, ResultRow.Kind.MESSAGE, "x"));
        Response answer = Objects.requireNonNull(cache.get(PROCESS.toString(), "message1"));
        assertThat(text(answer)).contains("\"Output\":\"x\",\"GasUsed\":5");
        assertThat(cache.get("other", "message1")).isNull();
        assertThat(cache.get(PROCESS.toString(), "message2")).isNull();
        assertThat(cache.hits()).isEqualTo(1);
    }

    @Test
    void shouldKeepAssignedItemsByTheirAssignmentOnly() {
        AnswerCache cache = new AnswerCache();
        cache.keep(row(1, ResultRow.Kind.ASSIGNED, "x"));
        assertThat(cache.get(PROCESS.toString(), "message1")).isNull();
        assertThat(cache.get(PROCESS.toString(), "assignment1")).isNotNull();
    }

    @Test
    void shouldForgetWhatWasNotReadForLongestAndNeverHoldMoreThanItMay() {
        AnswerCache cache = new AnswerCache(20_000);
        for (int i = 0; i < 1_000; i++) {
            cache.keep(row(i, ResultRow.Kind.MESSAGE, "x".repeat(100)));
            assertThat(cache.get(PROCESS.toString(), "message0")).isNotNull(); // in use
        }
        assertThat(cache.get(PROCESS.toString(), "message500")).isNull();
        assertThat(cache.get(PROCESS.toString(), "message999")).isNotNull();
    }

    @Test
    void shouldNotKeepALargeAnswer() {
        AnswerCache cache = new AnswerCache();
        ResultRow large =
                row(1, ResultRow.Kind.MESSAGE, "x".repeat(UnitLimits.CACHED_ANSWER_BYTES_MAX));
        assertThat(text(cache.keep(large))).hasSizeGreaterThan(UnitLimits.CACHED_ANSWER_BYTES_MAX);
        assertThat(cache.get(PROCESS.toString(), "message1")).isNull();
    }
}
