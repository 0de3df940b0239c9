package dev.flywheel.cu.guest.differential;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the reference some sequences further than whoever compares has got, so that both sides
 * always have work. The reference gets one question at a time, in the order of the asking.
 */
public final class LookAhead implements AutoCloseable {
    /** One that takes long on one side must not leave the other without work. */
    private static final int AHEAD_MAX = 8;

    /** One run in so many asks the reference twice: on warm instances, and on new ones. */
    private static final int FRESH_EVERY = 17;

    /** The loader cannot be stopped: whoever waits so long for it has found a fault of its own. */
    private static final long PATIENCE_S = 300;

    private final Reference reference;
    private final Function<Sequence, Path> modules;
    private final Function<Integer, Sequence> sequences;
    private final int end;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Deque<Asked> asked = new ArrayDeque<>();
    private int next;

    /** The numbers of some sequences. */
    public record Range(int first, int count) {}

    /** A sequence that the reference has been asked. */
    public static final class Asked {
        private final Sequence sequence;
        private final Future<List<Facts>> warm;
        private final @Nullable Future<List<Facts>> fresh;

        private Asked(
                Sequence sequence, Future<List<Facts>> warm, @Nullable Future<List<Facts>> fresh) {
            this.sequence = sequence;
            this.warm = warm;
            this.fresh = fresh;
        }

        /** What was asked. */
        public Sequence sequence() {
            return sequence;
        }

        /** The reference's answer; waits for it. */
        public List<Facts> answer() throws InterruptedException {
            return got(warm);
        }

        /** Where the reference's own answers on new instances differ from those on a warm one. */
        public List<String> unsteady() throws InterruptedException {
            return fresh == null ? List.of() : Facts.differences(got(fresh), got(warm));
        }

        private List<Facts> got(Future<List<Facts>> answer) throws InterruptedException {
            try {
                return answer.get(PATIENCE_S, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new AssertionError("the reference did not answer\n" + sequence.shown(), e);
            }
        }
    }

    /** Asks the sequences of a range; modules says where the wasm file of one lies. */
    public LookAhead(
            Reference reference,
            Function<Sequence, Path> modules,
            Function<Integer, Sequence> sequences,
            Range range) {
        this.reference = reference;
        this.modules = modules;
        this.sequences = sequences;
        this.next = range.first();
        this.end = range.first() + range.count();
    }

    /** The next sequence of the range, in order; null after the last. */
    public @Nullable Asked next() {
        while (next < end && asked.size() < AHEAD_MAX) {
            Sequence sequence = sequences.apply(next);
            asked.add(
                    new Asked(
                            sequence,
                            ask(sequence, false, false),
                            next % FRESH_EVERY == 0 ? ask(sequence, true, false) : null));
            next++;
        }
        return asked.poll();
    }

    /** One out of order: after those that were asked before. */
    public List<Facts> answer(Sequence sequence, boolean hashes) throws InterruptedException {
        return new Asked(sequence, ask(sequence, false, hashes), null).answer();
    }

    private Future<List<Facts>> ask(Sequence sequence, boolean fresh, boolean hashes) {
        return thread.submit(
                () -> reference.answer(sequence, modules.apply(sequence), fresh, hashes));
    }

    /** Ends the reference too: a question that it is at has no other end. */
    @Override
    public void close() {
        thread.shutdownNow();
        reference.close();
        thread.close();
    }
}
