package dev.flywheel.scheduler.pipeline;

import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.ExceptionHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.scheduler.SchedulerLimits;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ring and its threads. Any thread submits; outcomes are completed on the pipeline's threads,
 * so what follows them must not block.
 */
public final class Pipeline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

    private final Disruptor<Slot> disruptor;
    private final RingBuffer<Slot> ring;
    private final Admission admission;
    private final PipelineCounters counters;
    private final AtomicLong bytesInFlight = new AtomicLong();
    private final InFlight inFlight = new InFlight();

    /** A place of the ring. */
    private static final class Slot {
        private @Nullable Submission submission;
    }

    /** What one stage does with a submission that is not over. */
    @FunctionalInterface
    private interface Step {
        void take(Submission submission);
    }

    /** Starts the threads. */
    public Pipeline(PipelineOptions options, PipelineCounters counters) {
        this.admission = options.admission();
        this.counters = counters;
        this.disruptor =
                new Disruptor<>(
                        Slot::new,
                        SchedulerLimits.RING_SLOTS,
                        Thread.ofPlatform().name("scheduler-pipeline-", 0).factory(),
                        ProducerType.MULTI,
                        new ParkingWaitStrategy());
        disruptor.setDefaultExceptionHandler(new Unexpected());
        SequenceStage sequencer =
                new SequenceStage(
                        options.schedule(),
                        inFlight,
                        new SequenceStage.Outside(
                                options.clock(), options.blockHeight(), options.freeBytes()),
                        options.deepHashChecks());
        RecordStage recorder =
                new RecordStage(
                        options.journal(),
                        options.schedule().index(),
                        inFlight,
                        counters,
                        options.recorded());
        disruptor
                .handleEventsWith(verifiers())
                .then(single(sequencer))
                .then(signers(new SignStage(options.signer(), options.random())))
                .then(recorder(recorder));
        this.ring = disruptor.start();
    }

    /**
     * Puts a submission into the ring. Its outcome is an answer, or a {@link StatusException}.
     *
     * @throws StatusException 503 when there is no room
     */
    public void submit(Submission submission) {
        int size = submission.size();
        if (bytesInFlight.addAndGet(size) > SchedulerLimits.IN_FLIGHT_BYTES_MAX) {
            bytesInFlight.addAndGet(-size);
            throw Refusals.busy("items of " + SchedulerLimits.IN_FLIGHT_BYTES_MAX + " bytes");
        }
        submission
                .outcome()
                .whenComplete(
                        (receipt, failure) -> {
                            bytesInFlight.addAndGet(-size);
                            if (failure instanceof StatusException refused
                                    && refused.status() / 100 == 4) {
                                counters.refused.increment();
                            }
                        });
        if (!ring.tryPublishEvent((slot, sequence, taken) -> slot.submission = taken, submission)) {
            StatusException full = Refusals.busy(SchedulerLimits.RING_SLOTS + " items");
            submission.refuse(full);
        }
    }

    /** Entries that have a place and are not indexed yet. */
    public int entriesInFlight() {
        return inFlight.entries();
    }

    private EventHandler<Slot>[] verifiers() {
        return handlers(
                share ->
                        (slot, sequence, endOfBatch) -> {
                            if (sequence % SchedulerLimits.CRYPTO_THREADS == share) {
                                step(slot, counters.verify, this::verify);
                            }
                        });
    }

    private void verify(Submission submission) {
        DataItem item = submission.item();
        if (item != null) {
            admission.admit(submission, item);
        }
    }

    private EventHandler<Slot> single(SequenceStage sequencer) {
        return (slot, sequence, endOfBatch) -> step(slot, counters.sequence, sequencer::sequence);
    }

    private EventHandler<Slot>[] signers(SignStage stage) {
        return handlers(
                share ->
                        (slot, sequence, endOfBatch) -> {
                            Submission submission = slot.submission;
                            if (submission != null
                                    && submission.log != null
                                    && share(submission) == share) {
                                step(slot, counters.sign, stage::sign);
                            }
                        });
    }

    private static int share(Submission submission) {
        return Math.floorMod(submission.process().hashCode(), SchedulerLimits.CRYPTO_THREADS);
    }

    private EventHandler<Slot> recorder(RecordStage stage) {
        return (slot, sequence, endOfBatch) -> {
            Submission submission = slot.submission;
            slot.submission = null; // the ring must not keep the item alive
            try {
                // What has a place must be settled, whatever became of it.
                if (submission != null && submission.log != null) {
                    record(stage, submission);
                }
            } finally {
                if (endOfBatch) {
                    stage.flush();
                }
            }
        };
    }

    private static void record(RecordStage stage, Submission submission) {
        try {
            stage.record(submission);
        } catch (RuntimeException | Error e) {
            LOG.error("an entry could not be recorded item={}", submission.messageId, e);
            submission.log().breakOff();
            stage.fail(submission, e);
        }
    }

    @FunctionalInterface
    private interface HandlerOf {
        EventHandler<Slot> share(int share);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static EventHandler<Slot>[] handlers(HandlerOf handler) {
        EventHandler<Slot>[] handlers = new EventHandler[SchedulerLimits.CRYPTO_THREADS];
        for (int share = 0; share < handlers.length; share++) {
            handlers[share] = handler.share(share);
        }
        return handlers;
    }

    /** Runs a stage; what it throws is the submission's outcome. */
    private static void step(Slot slot, StageTimes times, Step step) {
        Submission submission = slot.submission;
        if (submission == null || submission.isOver()) {
            return;
        }
        long startNs = System.nanoTime();
        try {
            step.take(submission);
        } catch (StatusException e) {
            submission.refuse(e);
        } catch (RuntimeException | Error e) {
            LOG.error("a stage failed stage={} item={}", times.name(), submission.messageId, e);
            ProcessLog log = submission.log;
            if (log != null) {
                log.breakOff();
            }
            submission.refuse(e);
        }
        times.addSince(startNs);
    }

    @Override
    public void close() {
        try {
            disruptor.shutdown(SchedulerLimits.CLOSE_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.error("items were still in the pipeline after {} ms", SchedulerLimits.CLOSE_MS, e);
            disruptor.halt();
        }
    }

    /** A stage caught everything, so this is a bug; the thread must live on. */
    private static final class Unexpected implements ExceptionHandler<Slot> {
        @Override
        public void handleEventException(Throwable failure, long sequence, Slot slot) {
            LOG.error("the pipeline failed sequence={}", sequence, failure);
        }

        @Override
        public void handleOnStartException(Throwable failure) {
            LOG.error("a thread of the pipeline did not start", failure);
        }

        @Override
        public void handleOnShutdownException(Throwable failure) {
            LOG.error("a thread of the pipeline did not end", failure);
        }
    }
}
