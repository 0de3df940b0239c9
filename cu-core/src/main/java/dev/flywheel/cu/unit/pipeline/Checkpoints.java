package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.checkpoint.Checkpoint;
import dev.flywheel.cu.checkpoint.CheckpointOrigin;
import dev.flywheel.cu.checkpoint.CheckpointPlace;
import dev.flywheel.cu.checkpoint.CheckpointState;
import dev.flywheel.cu.checkpoint.CheckpointStore;
import dev.flywheel.cu.checkpoint.MemoryPicture;
import dev.flywheel.cu.guest.GuestProcessOptions;
import dev.flywheel.cu.guest.GuestState;
import dev.flywheel.cu.guest.ModuleRefusedException;
import dev.flywheel.cu.unit.CheckpointSettings;
import dev.flywheel.cu.unit.Evaluator;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.cron.CronClock;
import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.cu.unit.store.ResultStore;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps checkpoints of processes, and has processes go on from them. A checkpoint is written by a
 * thread of its own from a fork, while the process goes on, and only when the results of all that
 * it contains are in the store: so whoever goes on from it finds every result that it does not
 * evaluate again.
 */
final class Checkpoints implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    private static final String CRON_LEFT_MS = "cron.leftMs";
    private static final String CRON_HEIGHT = "cron.height";
    private static final String CRON_SECOND = "cron.doneSecond";
    private static final String CRON_DONE_HEIGHT = "cron.doneHeight";

    private final CheckpointStore store;
    private final CheckpointSettings settings;
    private final Recorder recorder;
    private final ResultStore results;
    private final ExecutorService writer =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("cu-checkpoint").daemon(true).factory());

    /** Which loss of results a process met last; runs begun before it write no checkpoints. */
    private final Map<Id, Long> lost = new ConcurrentHashMap<>();

    private final AtomicLong losses = new AtomicLong();

    private final LongAdder written = new LongAdder();
    private final LongAdder resumed = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /**
     * How far a process may be that goes on from a checkpoint.
     *
     * @param readerNonce last entry that may be evaluated already
     * @param visitNonce likewise, and then cron messages after it must not be
     * @param timestamp of the last message that may be evaluated already
     */
    record Most(long readerNonce, long visitNonce, long timestamp) {}

    Checkpoints(
            CheckpointStore store,
            CheckpointSettings settings,
            Recorder recorder,
            ResultStore results) {
        this.store = store;
        this.settings = settings;
        this.recorder = recorder;
        this.results = results;
    }

    // ---- going on

    /**
     * Makes an instance that goes on from the newest checkpoint which will do, or from the start.
     * Guest threads; reads the whole checkpoint.
     *
     * @param runs makes the run of an instance
     */
    ProcessRun resume(
            Evaluator.Module module,
            ProcessDefinition definition,
            GuestProcessOptions options,
            Most most,
            Function<Evaluator.Instance, ProcessRun> runs)
            throws ModuleRefusedException {
        CheckpointOrigin origin =
                new CheckpointOrigin(
                        definition.id(),
                        definition.moduleId(),
                        definition.moduleFormat(),
                        module.stateIdentity());
        CheckpointLine line = new CheckpointLine(origin, module.stateGlobals(), losses.get());
        Checkpoint from = newest(origin, most);
        while (from != null) {
            long startNs = System.nanoTime();
            ProcessRun run = resumed(module, options, from, line, runs);
            if (run != null) {
                resumed.increment();
                LOG.debug(
                        "process goes on from a checkpoint process={} nonce={} afterMs={}",
                        definition.id(),
                        run.place().nonce(),
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
                return run;
            }
            store.refuse(from);
            from = newest(origin, most);
        }
        ProcessRun run = runs.apply(module.newProcess(options));
        run.start(line);
        return run;
    }

    private @Nullable ProcessRun resumed(
            Evaluator.Module module,
            GuestProcessOptions options,
            Checkpoint from,
            CheckpointLine line,
            Function<Evaluator.Instance, ProcessRun> runs)
            throws ModuleRefusedException {
        try {
            // Read before there is an instance to close.
            ProcessRun.Standing standing = standing(from.manifest().place());
            Evaluator.Resumed found = module.resume(options, from);
            ProcessRun run = runs.apply(found.instance());
            run.resume(standing, line);
            line.from(from, found.tree());
            return run;
        } catch (IOException | IllegalArgumentException e) {
            LOG.error(
                    "checkpoint cannot be used, an older one or the log takes its place file={}",
                    from.file(),
                    e);
            return null;
        }
    }

    private @Nullable Checkpoint newest(CheckpointOrigin origin, Most most) {
        long nonce = Math.min(most.readerNonce(), most.visitNonce());
        while (nonce >= LogEntry.BEFORE_LOG) {
            Optional<Checkpoint> found = store.newest(origin, nonce);
            if (found.isEmpty()) {
                return null;
            }
            CheckpointPlace place = found.get().manifest().place();
            boolean ticked = place.nonce() == most.visitNonce() && place.cronCount() > 0;
            if (place.timestamp() <= most.timestamp() && !ticked) {
                if (hasResults(origin.process(), found.get())) {
                    return found.get();
                }
                LOG.warn(
                        "results before a checkpoint are not there, an older one or the log takes its"
                                + " place file={}",
                        found.get().file());
            }
            nonce = place.nonce() - 1;
        }
        return null;
    }

    /** The place of the newest checkpoint that may do. Does not block. */
    long newestNonce(Id process, Most most) {
        return store.newestNonce(process, Math.min(most.readerNonce(), most.visitNonce()));
    }

    /** Results are lost from the end, so the last one stands for all; an image came without. */
    private boolean hasResults(Id process, Checkpoint checkpoint) {
        return checkpoint.manifest().globals().isEmpty()
                || results.at(process, checkpoint.manifest().place().nonce()).isPresent();
    }

    private static ProcessRun.Standing standing(CheckpointPlace place) {
        CronClock.State crons = null;
        if (place.extras().containsKey(CRON_LEFT_MS)) {
            crons =
                    new CronClock.State(
                            number(place, CRON_LEFT_MS),
                            number(place, CRON_HEIGHT),
                            number(place, CRON_SECOND),
                            number(place, CRON_DONE_HEIGHT));
        }
        return new ProcessRun.Standing(
                new LogReader.Place(place.nonce(), place.assignmentId(), place.hashChain()),
                place.timestamp(),
                place.blockHeight(),
                place.cronCount(),
                crons);
    }

    private static long number(CheckpointPlace place, String name) {
        return Long.parseLong(place.extras().getOrDefault(name, "0"));
    }

    private static CheckpointPlace place(ProcessRun.Standing standing) {
        SequencedMap<String, String> extras = new LinkedHashMap<>();
        CronClock.State crons = standing.crons();
        if (crons != null) {
            extras.put(CRON_LEFT_MS, Long.toString(crons.leftMs()));
            extras.put(CRON_HEIGHT, Long.toString(crons.height()));
            extras.put(CRON_SECOND, Long.toString(crons.doneSecond()));
            extras.put(CRON_DONE_HEIGHT, Long.toString(crons.doneHeight()));
        }
        return new CheckpointPlace(
                standing.place().nonce(),
                standing.place().assignmentId(),
                standing.place().hashChain(),
                standing.timestamp(),
                standing.blockHeight(),
                standing.seq(),
                extras);
    }

    // ---- writing

    /** Has a checkpoint written when one is due. Guest thread, the process stands still. */
    void afterSlice(ProcessRun run) {
        if (run.messagesSince() >= settings.messages()
                || run.evaluationNsSince() >= TimeUnit.MILLISECONDS.toNanos(settings.evaluationMs())
                || run.gasSince() >= settings.gas()) {
            begin(run);
        }
    }

    /** Has one written because somebody asked. Guest thread, the process stands still. */
    void onRequest(ProcessRun run) {
        begin(run);
    }

    /**
     * Writes what is not in a checkpoint yet, before the instance goes. Guest thread; waits for the
     * disk.
     */
    void beforeClose(ProcessRun run) {
        CheckpointLine line = run.line();
        try {
            line.current().get(UnitLimits.CHECKPOINT_WAIT_MS, TimeUnit.MILLISECONDS);
            if (run.messagesSince() > 0 && begin(run)) {
                line.current().get(UnitLimits.CHECKPOINT_WAIT_MS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn(
                    "last checkpoint not written, the log will be evaluated again process={}",
                    run.definition().id(),
                    e);
        }
    }

    /** Begins one, unless none can be written now. */
    private boolean begin(ProcessRun run) {
        CheckpointLine line = run.line();
        ProcessRun.Standing standing = run.standing();
        if (standing == null || !line.begin(System.nanoTime())) {
            return false;
        }
        Evaluator.Fork fork;
        try {
            fork = run.instance().fork();
            line.add(run.instance().takeChanges());
        } catch (RuntimeException e) {
            failed.increment();
            line.pause(
                    System.nanoTime()
                            + TimeUnit.MILLISECONDS.toNanos(UnitLimits.CHECKPOINT_PAUSE_MS));
            line.end();
            LOG.error("no fork for a checkpoint process={}", run.definition().id(), e);
            return false;
        }
        run.checkpointed();
        recorder.afterwards(
                () ->
                        writer.execute(
                                () -> {
                                    try (fork) {
                                        write(line, standing, fork);
                                    } catch (RuntimeException e) {
                                        LOG.error("a checkpoint failed", e);
                                    } finally {
                                        line.end();
                                    }
                                }));
        return true;
    }

    private void write(CheckpointLine line, ProcessRun.Standing standing, Evaluator.Fork fork) {
        Id process = line.origin.process();
        if (lost.getOrDefault(process, 0L) > line.losses) {
            return; // it starts over
        }
        Checkpoint[] made = new Checkpoint[1];
        try {
            fork.read(
                    state -> {
                        made[0] =
                                store.write(
                                        described(line, standing, state),
                                        picture(line, state),
                                        line.last());
                        return made[0];
                    });
            line.written(made[0]);
            written.increment();
        } catch (IOException e) {
            failed.increment();
            line.pause(
                    System.nanoTime()
                            + TimeUnit.MILLISECONDS.toNanos(UnitLimits.CHECKPOINT_PAUSE_MS));
            LOG.error(
                    "checkpoint could not be written, evaluation goes on and it is tried again afterMs={} process={} nonce={} because {}",
                    UnitLimits.CHECKPOINT_PAUSE_MS,
                    process,
                    standing.place().nonce(),
                    e.toString());
        } catch (RuntimeException e) {
            failed.increment();
            LOG.error("checkpoint given up process={}", process, e);
            line.startOver();
            discard(made[0]);
        }
    }

    /** What was read for it is worth nothing. */
    private void discard(@Nullable Checkpoint made) {
        if (made == null) {
            return;
        }
        store.refuse(made);
        try {
            Files.deleteIfExists(made.file());
        } catch (IOException e) {
            LOG.error("worthless checkpoint cannot be deleted, delete it file={}", made.file(), e);
        }
    }

    private static CheckpointState described(
            CheckpointLine line, ProcessRun.Standing standing, GuestState state) {
        return new CheckpointState(line.origin, place(standing), line.named(state.globals()));
    }

    private static MemoryPicture picture(CheckpointLine line, GuestState state) {
        return new MemoryPicture(state.memory(), line.tree(state.memory()), line.changed());
    }

    /** Results of these were lost: no checkpoint may say that they are there. Record thread. */
    void notRecorded(List<ResultRow> rows) {
        long loss = losses.incrementAndGet();
        rows.forEach(row -> lost.put(row.process(), loss));
    }

    // ---- numbers

    /** Checkpoints written since the start. */
    long written() {
        return written.sum();
    }

    /** Checkpoints that could not be written. */
    long failed() {
        return failed.sum();
    }

    /** Times that a process went on from a checkpoint. */
    long resumed() {
        return resumed.sum();
    }

    /** Bytes of all checkpoints. */
    long bytes() {
        return store.bytes();
    }

    /** Bytes of a process's checkpoints. */
    long bytes(Id process) {
        return store.bytes(process);
    }

    /** Writes what was begun. The recorder must not be closed before. */
    @Override
    public void close() {
        writer.close();
    }
}
