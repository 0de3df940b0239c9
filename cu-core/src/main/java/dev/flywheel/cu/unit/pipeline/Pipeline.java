package dev.flywheel.cu.unit.pipeline;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import dev.flywheel.cu.checkpoint.CheckpointOrigin;
import dev.flywheel.cu.checkpoint.CheckpointPlace;
import dev.flywheel.cu.checkpoint.CheckpointState;
import dev.flywheel.cu.checkpoint.CheckpointStore;
import dev.flywheel.cu.checkpoint.MemoryImage;
import dev.flywheel.cu.guest.GuestModule;
import dev.flywheel.cu.guest.MemoryUse;
import dev.flywheel.cu.unit.CheckpointCounters;
import dev.flywheel.cu.unit.ComputeUnitOptions.Settings;
import dev.flywheel.cu.unit.Evaluator;
import dev.flywheel.cu.unit.MemoryCounters;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.cron.BlockTimes;
import dev.flywheel.cu.unit.peer.Gateway;
import dev.flywheel.cu.unit.peer.Scheduler;
import dev.flywheel.cu.unit.store.AnswerCache;
import dev.flywheel.cu.unit.store.ResultStore;
import dev.flywheel.linux.PageFiles;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way from a want to its fulfilment: a ring of commands, the dispatch thread that handles them,
 * guest threads, and the record thread. Wants may come from any thread.
 */
public final class Pipeline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

    /** Evaluations are interrupted when the unit closes, which takes some ticks. */
    private static final int STOP_MS = 20_000;

    private final Disruptor<Slot> ring;
    private final GuestWorkers workers;
    private final Recorder recorder;
    private final Checkpoints checkpoints;
    private final Sleepers sleepers;
    private final Quarantines quarantines;
    private final Dispatcher dispatcher;
    private final ProcessLoader loader;
    private final CheckpointStore images;
    private final Evaluations evaluations = new Evaluations();
    private final long memoryBudgetBytes;

    /**
     * What a pipeline works with; it owns none of it.
     *
     * @param io runs what waits for peers
     */
    public record Parts(
            Scheduler scheduler,
            Gateway gateway,
            Evaluator evaluator,
            ResultStore store,
            AnswerCache answers,
            CheckpointStore checkpoints,
            PageFiles sleepers,
            ExecutorService io,
            InstantSource clock) {}

    private static final class Slot {
        @Nullable Runnable command;
    }

    public Pipeline(Parts parts, Settings settings) {
        this.loader = new ProcessLoader(parts.scheduler(), parts.gateway(), settings);
        this.images = parts.checkpoints();
        this.memoryBudgetBytes = settings.memory().budgetBytes();
        this.ring =
                new Disruptor<>(
                        Slot::new,
                        UnitLimits.COMMANDS,
                        Thread.ofPlatform().name("cu-dispatch-", 0).factory(),
                        ProducerType.MULTI,
                        new BlockingWaitStrategy());
        this.workers =
                new GuestWorkers(
                        parts.evaluator().threads(),
                        new GuestWorkers.Sizes(
                                settings.workers(),
                                Math.max(settings.workers(), UnitLimits.GUEST_THREADS_MAX),
                                UnitLimits.STUCK_MS),
                        System::nanoTime);
        BlockTimes blocks = new BlockTimes(parts.gateway(), parts.clock());
        // The record thread tells the dispatch thread, which the line after next makes.
        Dispatcher[] later = new Dispatcher[1];
        Checkpoints[] told = new Checkpoints[1];
        this.recorder =
                new Recorder(
                        parts.store(),
                        parts.answers(),
                        rows -> post(() -> later[0].onRecorded(rows)),
                        (rows, failure) -> {
                            told[0].notRecorded(rows);
                            post(() -> later[0].onNotRecorded(rows, failure));
                        });
        this.checkpoints =
                new Checkpoints(
                        parts.checkpoints(), settings.checkpoints(), recorder, parts.store());
        told[0] = checkpoints;
        this.quarantines =
                new Quarantines(
                        parts.scheduler(),
                        parts.store(),
                        parts.clock(),
                        (process, refusal) -> post(() -> later[0].onQuarantined(process, refusal)));
        this.sleepers = new Sleepers(parts.sleepers(), settings.memory().sleepBytesMax());
        this.dispatcher =
                new Dispatcher(
                        new Dispatcher.Stages(
                                loader,
                                new LogReader(
                                        parts.scheduler(), parts.gateway(), blocks, quarantines),
                                blocks,
                                recorder,
                                checkpoints,
                                sleepers,
                                workers,
                                quarantines,
                                this::post),
                        parts,
                        settings,
                        evaluations);
        later[0] = dispatcher;
        ring.handleEventsWith(Pipeline::onSlot);
        ring.start();
    }

    private static void onSlot(Slot slot, long sequence, boolean endOfBatch) {
        Runnable command = slot.command;
        slot.command = null;
        if (command != null) {
            try {
                command.run();
            } catch (RuntimeException | Error e) {
                LOG.error("a command failed", e);
            }
        }
    }

    /** For the stages, which must be heard: waits for a free slot. Never on the dispatch thread. */
    private void post(Runnable command) {
        ring.publishEvent((slot, sequence) -> slot.command = command);
    }

    /** Hands a want over; it is failed with 503 when too many commands wait. */
    public void submit(Want want) {
        if (!ring.getRingBuffer()
                .tryPublishEvent(
                        (slot, sequence) -> slot.command = () -> dispatcher.onWant(want))) {
            want.fail(
                    new StatusException(
                            503,
                            "compute unit has too many requests to dispatch, try again later"));
        }
    }

    /**
     * Makes a memory that came from elsewhere the state of a process, unless it is further. Blocks.
     *
     * @param module that its sender says it is of
     * @param image is read to its end
     * @throws StatusException when the process is not known or of another module
     * @throws IOException when it is no memory, or cannot be written; nothing was changed then
     */
    public void importImage(
            Id process,
            Id module,
            CheckpointPlace place,
            MemoryImage.Coding coding,
            InputStream image)
            throws IOException {
        ProcessDefinition definition = loader.load(process, null);
        if (!definition.moduleId().equals(module)) {
            throw new StatusException(
                    422,
                    "memory not taken: it is of module %s, process %s is of module %s"
                            .formatted(module, process, definition.moduleId()));
        }
        images.importImage(
                image,
                coding,
                new CheckpointState(
                        new CheckpointOrigin(
                                process,
                                module,
                                definition.moduleFormat(),
                                GuestModule.STATE_IDENTITY),
                        place,
                        new LinkedHashMap<>()),
                definition.memoryBytesMax());
        post(() -> dispatcher.onImported(process, place.nonce()));
    }

    /** What the pipeline counts. */
    public Evaluations evaluations() {
        return evaluations;
    }

    /** Processes of which nothing is evaluated. */
    public Quarantines quarantines() {
        return quarantines;
    }

    /** Guest threads there are now. */
    public int guestThreads() {
        return workers.threads();
    }

    /** Replayed results that differed from those served before. */
    public long different() {
        return recorder.different();
    }

    /** Numbers of checkpoints. */
    public CheckpointCounters checkpoints() {
        return new CheckpointCounters(
                checkpoints.written(),
                checkpoints.failed(),
                checkpoints.resumed(),
                checkpoints.bytes());
    }

    /** What processes take. */
    public MemoryCounters memory() {
        MemoryUse use = evaluations.memory();
        return new MemoryCounters(
                memoryBudgetBytes,
                use.reservedBytes(),
                use.residentBytes(),
                use.dirtyBytes(),
                checkpoints.bytes(),
                sleepers.bytes(),
                evaluations.putAway(),
                sleepers.woken(),
                evaluations.memoryRefusals());
    }

    /** Bytes of a process's checkpoints. */
    public long diskBytes(Id process) {
        return checkpoints.bytes(process);
    }

    /** Results written since the start. */
    public long written() {
        return recorder.written();
    }

    /**
     * Fails all wants, ends all evaluations, writes what was evaluated, and closes all instances.
     */
    @Override
    public void close() {
        var stopped = new java.util.concurrent.CompletableFuture<@Nullable Void>();
        post(() -> dispatcher.stop(stopped));
        try {
            stopped.get(STOP_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            LOG.error("evaluations did not end afterMs={}", STOP_MS, e);
        }
        workers.close();
        recorder.close();
        checkpoints.close();
        ring.shutdown();
    }
}
