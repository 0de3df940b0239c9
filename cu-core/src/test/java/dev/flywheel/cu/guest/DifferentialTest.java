package dev.flywheel.cu.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.differential.Facts;
import dev.flywheel.cu.guest.differential.FileSequences;
import dev.flywheel.cu.guest.differential.LookAhead;
import dev.flywheel.cu.guest.differential.Reference;
import dev.flywheel.cu.guest.differential.Sequence;
import dev.flywheel.cu.guest.differential.SequenceMaker;
import dev.flywheel.cu.guest.differential.Shrinker;
import dev.flywheel.cu.guest.differential.Tally;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
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

    /** Enough to see whether they have one cause; making one shorter takes minutes. */
    private static final int REPORTS_MAX = 5;

    /** Sequences from one line of progress to the next: about half a minute of the long mode. */
    private static final int PROGRESS_EVERY = 50;

    private static final long SEED = Long.getLong("differential.seed", 7);
    private static final int FIRST = Integer.getInteger("differential.first", 0);
    private static final int COUNT = Integer.getInteger("differential.count", 50);

    @TempDir Path artefacts;

    /** A call of one side. */
    private interface Side {
        List<Facts> answer(Sequence sequence, boolean hashes) throws Exception;
    }

    @Test
    void shouldAnswerGeneratedMessagesAsTheReference() throws Exception {
        try (LookAhead reference =
                reference(
                        index -> SequenceMaker.sequence(SEED, index),
                        new LookAhead.Range(FIRST, COUNT))) {
            Tally tally = compare(reference);
            assertThat(tally.steps()).isGreaterThan(3 * COUNT);
        }
    }

    @Test
    void shouldAnswerFileCallsAsTheReference() throws Exception {
        List<Sequence> all = FileSequences.all();
        try (LookAhead reference = reference(all::get, new LookAhead.Range(0, all.size()))) {
            compare(reference);
        }
    }

    private Tally compare(LookAhead reference) throws Exception {
        try (GuestBench bench = new GuestBench(artefacts);
                GuestReplay replay = new GuestReplay(bench.engine)) {
            Side ours = (sequence, hashes) -> bench.call(() -> replay.answer(sequence, hashes));
            Tally tally = new Tally();
            List<String> reports = new ArrayList<>();
            LookAhead.Asked asked;
            while (reports.size() < REPORTS_MAX && (asked = reference.next()) != null) {
                Sequence sequence = asked.sequence();
                long start = System.nanoTime();
                List<Facts> got = ours.answer(sequence, false);
                tally.add(sequence, System.nanoTime() - start);
                List<String> differences = Facts.differences(asked.answer(), got);
                if (!differences.isEmpty()) {
                    log.info("{}", named(sequence, differences));
                    reports.add(report(sequence, differences, reference::answer, ours));
                    log.info("{}", reports.getLast());
                }
                assertThat(asked.unsteady())
                        .as("the reference on new instances and on a warm one: " + again(sequence))
                        .isEmpty();
                if (tally.sequences() % PROGRESS_EVERY == 0) {
                    log.info("{} different={}", tally.progress(), reports.size());
                }
            }
            log.info("seed={} different={} {}", SEED, reports.size(), tally.summary());
            assertThat(reports).isEmpty();
            return tally;
        }
    }

    private static LookAhead reference(IntFunction<Sequence> sequences, LookAhead.Range range)
            throws Exception {
        return new LookAhead(
                Reference.start(),
                sequence -> Aos.file(sequence.module()),
                sequences::apply,
                range);
    }

    private static String named(Sequence sequence, List<String> differences) {
        return "sequence differs from the reference: seed=%d index=%d first difference: %s"
                .formatted(SEED, sequence.index(), differences.getFirst());
    }

    private static String again(Sequence sequence) {
        return "again with -Ddifferential.seed="
                + SEED
                + " -Ddifferential.first="
                + sequence.index()
                + " -Ddifferential.count=1";
    }

    private static String report(Sequence failing, List<String> found, Side theirs, Side ours)
            throws Exception {
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
        return named(failing, found)
                + "\n"
                + again(failing)
                + "; the shortest that differs:\n"
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
