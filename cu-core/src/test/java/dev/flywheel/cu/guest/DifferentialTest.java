package dev.flywheel.cu.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.differential.Facts;
import dev.flywheel.cu.guest.differential.Reference;
import dev.flywheel.cu.guest.differential.Sequence;
import dev.flywheel.cu.guest.differential.SequenceMaker;
import dev.flywheel.cu.guest.differential.Shrinker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Generated messages, answered by the reference's loader ({@code @permaweb/ao-loader} 0.0.49 on
 * Node) and by this unit: responses byte for byte, results, gas, the length of the memory, and at
 * the end its hash. Needs Node.js 20 or later with npm, and the real modules; fails without.
 *
 * <p>The long mode: {@code -Dsurefire.extra.args="-Ddifferential.count=2000
 * -Ddifferential.seed=7"}; {@code -Ddifferential.first=123 -Ddifferential.count=1} with the same
 * seed is sequence 123 by itself.
 */
class DifferentialTest {
    private static final Logger log = LoggerFactory.getLogger(DifferentialTest.class);

    /** One run in so many asks the reference twice: on warm instances, and on new ones. */
    private static final int FRESH_EVERY = 17;

    /** Enough to see whether they have one cause; making one shorter takes minutes. */
    private static final int REPORTS_MAX = 5;

    private static final long SEED = Long.getLong("differential.seed", 7);
    private static final int FIRST = Integer.getInteger("differential.first", 0);
    private static final int COUNT = Integer.getInteger("differential.count", 50);

    /**
     * The loader cannot be stopped: a sequence that takes so long has a program that never ends.
     */
    private static final long PATIENCE_S = 180;

    @TempDir Path artefacts;

    /** A call of one side. */
    private interface Side {
        List<Facts> answer(Sequence sequence, boolean hashes) throws Exception;
    }

    @Test
    void shouldAnswerGeneratedMessagesAsTheReference() throws Exception {
        try (GuestBench bench = new GuestBench(artefacts);
                // Ends last: it waits for an answer that only the end of the reference may end.
                ExecutorService other = Executors.newSingleThreadExecutor();
                Reference reference = Reference.start();
                GuestReplay replay = new GuestReplay(bench.engine)) {
            Side theirs =
                    (sequence, hashes) -> reference.answer(sequence, wasm(sequence), false, hashes);
            Side ours = (sequence, hashes) -> bench.call(() -> replay.answer(sequence, hashes));
            int messages = 0;
            List<String> reports = new ArrayList<>();
            for (int index = FIRST; index < FIRST + COUNT; index++) {
                Sequence sequence = SequenceMaker.sequence(SEED, index);
                Future<List<Facts>> expected = other.submit(() -> theirs.answer(sequence, false));
                List<Facts> got = ours.answer(sequence, false);
                if (!Facts.differences(expected.get(PATIENCE_S, TimeUnit.SECONDS), got).isEmpty()) {
                    reports.add(report(sequence, theirs, ours));
                    log.info("{}", reports.getLast());
                    if (reports.size() == REPORTS_MAX) {
                        break;
                    }
                }
                if (index % FRESH_EVERY == 0) {
                    List<Facts> fresh = reference.answer(sequence, wasm(sequence), true, false);
                    assertThat(Facts.differences(fresh, expected.get(PATIENCE_S, TimeUnit.SECONDS)))
                            .as(
                                    "the reference on new instances and on a warm one: "
                                            + sequence.shown())
                            .isEmpty();
                }
                messages += got.size();
                if (index % 10 == 9) {
                    log.info("sequences={} messages={}", index + 1 - FIRST, messages);
                }
            }
            log.info(
                    "seed={} sequences={} messages={} different={}",
                    SEED,
                    COUNT,
                    messages,
                    reports.size());
            assertThat(reports).isEmpty();
            assertThat(messages).isGreaterThan(3 * COUNT);
        }
    }

    private static Path wasm(Sequence sequence) {
        return Aos.file(sequence.module());
    }

    private static String report(Sequence failing, Side theirs, Side ours) throws Exception {
        Shrinker shrinker =
                new Shrinker(
                        sequence -> {
                            try {
                                return !differences(sequence, theirs, ours, false).isEmpty();
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        Sequence shortest = shrinker.shortest(failing);
        List<String> differences = differences(shortest, theirs, ours, true);
        return "sequence differs from the reference: again with -Ddifferential.seed="
                + SEED
                + " -Ddifferential.first="
                + failing.index()
                + " -Ddifferential.count=1; the shortest that differs:\n"
                + shortest.shown()
                + "\n"
                + (differences.isEmpty()
                        ? "which does not differ when it is asked once more"
                        : String.join("\n", differences));
    }

    private static List<String> differences(
            Sequence sequence, Side theirs, Side ours, boolean hashes) throws Exception {
        return Facts.differences(theirs.answer(sequence, hashes), ours.answer(sequence, hashes));
    }
}
