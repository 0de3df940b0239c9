package dev.flywheel.cu.unit.pipeline;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.store.AnswerCache;
import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.cu.unit.store.ResultStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes results, as many in one commit as came during the last one, and then tells the dispatch
 * thread, which answers the readers.
 *
 * <p>Readers are answered after the commit, though the log is the truth and every result could be
 * computed again: a commit takes about 0.1 ms (no disk is waited for, see {@link ResultStore}), and
 * whoever was answered finds the result in lists at once, and after a restart without a replay.
 */
final class Recorder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);

    private final ResultStore store;
    private final AnswerCache answers;
    private final Consumer<List<ResultRow>> recorded;
    private final BiConsumer<List<ResultRow>, RuntimeException> failed;
    private final Disruptor<Slot> ring;
    private final Semaphore kibibytes = new Semaphore(UnitLimits.RESULT_KIBIBYTES_IN_FLIGHT);
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong different = new AtomicLong();
    private final List<ResultRow> batch = new ArrayList<>(); // record thread only

    private static final class Slot {
        @Nullable ResultRow row;
        @Nullable Runnable after;
    }

    /**
     * @param recorded called on the record thread after each commit
     * @param failed called instead when it failed
     */
    Recorder(
            ResultStore store,
            AnswerCache answers,
            Consumer<List<ResultRow>> recorded,
            BiConsumer<List<ResultRow>, RuntimeException> failed) {
        this.store = store;
        this.answers = answers;
        this.recorded = recorded;
        this.failed = failed;
        this.ring =
                new Disruptor<>(
                        Slot::new,
                        UnitLimits.RESULTS_IN_FLIGHT,
                        Thread.ofPlatform().name("cu-record-", 0).factory(),
                        ProducerType.MULTI,
                        new BlockingWaitStrategy());
        ring.handleEventsWith(this::onSlot);
        ring.start();
    }

    /** Takes a result; waits while too many are before it. Guest threads. */
    void record(ResultRow row) {
        kibibytes.acquireUninterruptibly(cost(row));
        ring.publishEvent((slot, sequence) -> slot.row = row);
    }

    /** Runs something on the record thread after all results before it were written or failed. */
    void afterwards(Runnable action) {
        ring.publishEvent((slot, sequence) -> slot.after = action);
    }

    private static int cost(ResultRow row) {
        return Math.min(UnitLimits.RESULT_KIBIBYTES_IN_FLIGHT, 1 + row.body().json().length / 1024);
    }

    private void onSlot(Slot slot, long sequence, boolean endOfBatch) {
        ResultRow row = slot.row;
        Runnable after = slot.after;
        slot.row = null;
        slot.after = null;
        if (row != null) {
            batch.add(row);
        }
        if (endOfBatch || after != null || batch.size() >= UnitLimits.ROWS_A_COMMIT_MAX) {
            commit();
        }
        if (after != null) {
            after.run();
        }
    }

    private void commit() {
        if (batch.isEmpty()) {
            return;
        }
        List<ResultRow> rows = List.copyOf(batch);
        batch.clear();
        try {
            List<ResultRow> others = store.add(rows);
            for (ResultRow row : rows) {
                if (others.contains(row)) {
                    different.incrementAndGet();
                    LOG.error(
                            "a replay gave another result than the one served before, which stays"
                                    + " process={} nonce={} seq={} message={}",
                            row.process(),
                            row.nonce(),
                            row.seq(),
                            row.messageId());
                } else {
                    answers.keep(row);
                }
            }
            written.addAndGet(rows.size());
            recorded.accept(rows);
        } catch (RuntimeException e) {
            LOG.error(
                    "results could not be kept rows={} first process={} nonce={}",
                    rows.size(),
                    rows.getFirst().process(),
                    rows.getFirst().nonce(),
                    e);
            failed.accept(rows, e);
        } finally {
            rows.forEach(row -> kibibytes.release(cost(row)));
        }
    }

    /** Results written since the start, those of replays included. */
    long written() {
        return written.get();
    }

    /** Replayed results that differed from those served before. */
    long different() {
        return different.get();
    }

    /** Writes what was taken, then ends. */
    @Override
    public void close() {
        ring.shutdown();
    }
}
