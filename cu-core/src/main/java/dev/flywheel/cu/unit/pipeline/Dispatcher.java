package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.unit.ComputeUnitOptions.Settings;
import dev.flywheel.cu.unit.Evaluator;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.cron.BlockTimes;
import dev.flywheel.cu.unit.cron.CronClock;
import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ScheduledEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Owns the table of processes and decides what happens next to each. All methods run on the
 * dispatch thread, none blocks: what takes time is a step on another thread, whose end comes back
 * as a command. A process has one step at a time:
 *
 * <pre>
 *   define -> module -> instance -> read log -> evaluate -> read log -> ... -> idle -> closed
 * </pre>
 *
 * <p>Looks (dry runs, memory images) are taken at a picture of the process, beside its steps.
 */
final class Dispatcher implements Steps {
    private final Stages stages;
    private final Pipeline.Parts parts;
    private final ProcessTable table;
    private final Instances instances;
    private final Evaluations evaluations;

    private final Looks looks;
    private final LogPages pages;
    private final Readers readers;
    private final Snapshots snapshots;
    private @Nullable CompletableFuture<@Nullable Void> stopped;

    /** Where steps run. */
    record Stages(
            ProcessLoader loader,
            LogReader log,
            BlockTimes blocks,
            Recorder recorder,
            Checkpoints checkpoints,
            Sleepers sleepers,
            GuestWorkers workers,
            Quarantines quarantines,
            Consumer<Runnable> post) {}

    Dispatcher(Stages stages, Pipeline.Parts parts, Settings settings, Evaluations evaluations) {
        this.stages = stages;
        this.parts = parts;
        this.evaluations = evaluations;
        this.table = new ProcessTable(settings.memory().processesWarm(), evaluations);
        this.instances =
                new Instances(
                        this,
                        new Instances.Parts(
                                stages.loader(),
                                parts.evaluator(),
                                stages.workers(),
                                stages.checkpoints(),
                                stages.sleepers(),
                                parts.clock(),
                                this::run,
                                evaluations),
                        table,
                        new MemoryLedger(settings.memory().budgetBytes(), evaluations));
        this.looks = new Looks(this, instances, stages.workers(), evaluations);
        this.pages = new LogPages(this, stages.log());
        this.readers = new Readers(this, parts, settings.hydrationNonces());
        this.snapshots = new Snapshots(this, stages.checkpoints(), stages.workers());
    }

    void onWant(Want want) {
        if (stopped != null) {
            want.fail(StepFailures.shuttingDown());
            return;
        }
        if (want instanceof Want.Snapshot snapshot) {
            snapshots.take(table.find(want.process()), snapshot);
            return;
        }
        StatusException quarantine = stages.quarantines().refusal(want.process());
        if (quarantine != null) {
            want.fail(quarantine);
            return;
        }
        HostedProcess process = table.get(want.process());
        StatusException pause = process.pause;
        if (pause != null && parts.clock().millis() < process.pauseUntilMs) {
            want.fail(pause);
            return;
        }
        process.pause = null;
        if (process.wants() >= UnitLimits.WANTS_A_PROCESS_MAX) {
            want.fail(
                    new StatusException(
                            429,
                            "too many requests wait for process "
                                    + process.id
                                    + ", try again later"));
            return;
        }
        switch (want) {
            case Want.Result reader -> readers.add(process, reader);
            case Want.Visit visit -> process.visits.add(visit);
            case Want.Snapshot _ -> throw new IllegalStateException("was taken before");
        }
        advance(process);
        if (process.busy && want instanceof Want.Visit visit && visit.isOfNow()) {
            stages.workers().later(UnitLimits.LOOK_PATIENCE_MS, () -> post(() -> advance(process)));
        }
    }

    @Override
    public void advance(HostedProcess process) {
        if (process.busy) {
            looks.takeWhileBusy(process);
            return;
        }
        if (stopped != null) {
            stopOne(process);
            return;
        }
        if (process.resetWanted) {
            instances.drop(process);
            if (process.busy) {
                return;
            }
        }
        process.dropEnded();
        Runnable prefetched = process.prefetched;
        if (prefetched != null) {
            process.prefetched = null;
            prefetched.run();
        }
        if (snapshots.begin(process, System.nanoTime())) {
            return;
        }
        ProcessRun run = process.run;
        boolean visited = run == null ? !process.visits.isEmpty() : visit(process, run);
        if (!process.hasReadersAhead() && !visited) {
            if (process.visits.isEmpty()) {
                idle(process);
            }
            return; // else the visits are where they want to be, and wait for other looks to end
        }
        ProcessDefinition definition = process.definition;
        if (definition == null) {
            step(process, loading(process), found -> process.definition = found);
        } else if (run == null) {
            instances.prepare(process, definition);
        } else if (process.wentBack && instances.mayJump(process, run)) {
            process.wentBack = false; // once, should that checkpoint turn out to be of no use
            process.resetWanted = true;
            advance(process);
        } else if (hasWork(process, run)) {
            evaluate(process, run);
        } else {
            pages.readOn(process, definition, run);
        }
    }

    private static boolean hasWork(HostedProcess process, ProcessRun run) {
        LogEntry next = process.entries.peek();
        ProcessRun.Bounds bounds = process.bounds();
        long ticksUntil;
        if (next != null) {
            if (next.nonce() <= bounds.nonce() && next.timestamp() <= bounds.timestamp()) {
                return true;
            }
            ticksUntil = next.timestamp();
        } else {
            ticksUntil = process.ticksUntil;
        }
        return run.place().nonce() < bounds.nonce()
                && process.tickedUntil < Math.min(ticksUntil, bounds.timestamp());
    }

    // ---- visits

    /** Serves visits that are where they want to be; whether others want the log to go on. */
    private boolean visit(HostedProcess process, ProcessRun run) {
        boolean before = false;
        for (Want.Visit visit : List.copyOf(process.visits)) {
            switch (VisitPlace.of(process, run, visit)) {
                case PASSED -> {
                    process.visits.remove(visit);
                    looks.takeBack(process, run, visit);
                }
                case REACHED -> {
                    if (visit.look() != null) {
                        looks.take(process, run, visit, visit.look());
                    } else {
                        process.visits.remove(visit);
                        completeWhenRecorded(process, visit);
                    }
                }
                case BEFORE -> before = true;
            }
        }
        return before;
    }

    private void completeWhenRecorded(HostedProcess process, Want.Visit visit) {
        // In lists as soon as what was evaluated is recorded.
        // Not from here: the record thread may wait for this one.
        io(
                visit::fail,
                () -> {
                    stages.recorder()
                            .afterwards(() -> visit.future().complete(Response.empty(200)));
                    return process;
                },
                same -> {});
    }

    // ---- the log

    /** What finds out what it is: the scheduler, or its own entry where that is at hand. */
    private Callable<ProcessDefinition> loading(HostedProcess process) {
        Want.Result reader = process.readerWithNext();
        ScheduledEntry entry = reader == null ? null : reader.entry();
        return () -> stages.loader().load(process.id, entry);
    }

    private void evaluate(HostedProcess process, ProcessRun run) {
        ProcessRun.Bounds bounds = process.bounds();
        pages.prefetch(process, run);
        looks.dropSpare(process); // else it would have to keep each page that it changes
        process.busy = true;
        process.evaluatingSinceNs = System.nanoTime();
        stages.workers()
                .execute(
                        () -> {
                            ProcessRun.Outcome outcome;
                            try {
                                outcome =
                                        run.slice(
                                                process.entries,
                                                bounds,
                                                TimeUnit.MILLISECONDS.toNanos(UnitLimits.SLICE_MS));
                                if (!process.past) {
                                    stages.checkpoints().afterSlice(run);
                                }
                                run.weigh();
                            } catch (RuntimeException | Error e) {
                                post(() -> failed(process, e));
                                return;
                            }
                            post(() -> onEvaluated(process, bounds, outcome));
                        });
    }

    private void onEvaluated(
            HostedProcess process, ProcessRun.Bounds bounds, ProcessRun.Outcome outcome) {
        process.busy = false;
        instances.weighed(process);
        process.evaluatingSinceNs = HostedProcess.NOT_EVALUATING;
        if (outcome.finished()) {
            LogEntry next = process.entries.peek();
            long end = next == null ? bounds.ticksUntil() : next.timestamp();
            process.tickedUntil = Math.max(process.tickedUntil, Math.min(end, bounds.timestamp()));
        }
        CatchUp.look(process, evaluations, System.nanoTime());
        StatusException failure = outcome.failure();
        if (failure != null) {
            evaluations.hostLimits.increment();
            pause(process, failure, UnitLimits.HOST_LIMIT_PAUSE_MS);
        }
        advance(process);
        instances.putAway(process);
    }

    void onRecorded(List<ResultRow> rows) {
        for (ResultRow row : rows) {
            evaluations.evaluated.increment();
            if (row.body().failed()) {
                evaluations.failed.increment();
            }
            if (row.kind() == ResultRow.Kind.SKIPPED) {
                evaluations.skipped.increment();
            }
            HostedProcess process = table.find(row.process());
            if (process != null && !row.isCron()) {
                process.recordedNonce = Math.max(process.recordedNonce, row.nonce());
                Readers.answer(process, row);
                if (!process.busy && process.wants() == 0) {
                    idle(process); // its readers kept it from making room
                }
            }
        }
    }

    /** Results are lost: their processes start over, so that position and store agree again. */
    void onNotRecorded(List<ResultRow> rows, RuntimeException cause) {
        Set<Id> processes = new HashSet<>();
        rows.forEach(row -> processes.add(row.process()));
        for (Id id : processes) {
            HostedProcess process = table.find(id);
            if (process != null) {
                StatusException failure =
                        new StatusException(
                                503,
                                "results of process %s cannot be kept: %s"
                                        .formatted(id, cause.getMessage()));
                process.resetWanted = true;
                process.recordedNonce = LogReader.Place.NOTHING;
                process.failAll(failure);
                pause(process, failure, UnitLimits.STORE_PAUSE_MS);
                advance(process);
            }
        }
    }

    private void pause(HostedProcess process, StatusException failure, long ms) {
        process.pause = failure;
        process.pauseUntilMs = parts.clock().millis() + ms;
        process.fail(failure);
    }

    private void idle(HostedProcess process) {
        CatchUp.look(process, evaluations, System.nanoTime());
        if (process.past) {
            looks.endPast(process);
        }
        instances.admit();
        instances.putAway(process);
        instances.forgetOld(process);
    }

    private ProcessRun run(HostedProcess process, Evaluator.Instance instance) {
        ProcessDefinition definition = Objects.requireNonNull(process.definition);
        CronClock crons =
                new CronClock(
                        definition.crons(),
                        stages.blocks(),
                        definition.record().blockHeight(),
                        definition.record().timestamp());
        Recorder recorder = stages.recorder();
        return new ProcessRun(
                definition,
                instance,
                crons,
                process.past ? row -> {} : recorder::record,
                parts.store());
    }

    /** Nothing more is evaluated of a process; what runs ends with its step. */
    void onQuarantined(Id id, StatusException refusal) {
        HostedProcess process = table.find(id);
        if (process != null) {
            process.failAll(refusal);
            advance(process);
        }
    }

    /** A memory was taken over: the process goes on from there, unless it is further. */
    void onImported(Id id, long nonce) {
        HostedProcess process = table.find(id);
        if (process != null && process.place().nonce() < nonce) {
            process.resetWanted = true;
            advance(process);
        }
    }

    // ---- steps

    @Override
    public <T> void step(HostedProcess process, Callable<T> work, Consumer<T> then) {
        process.busy = true;
        io(
                failure -> failed(process, failure),
                work,
                result -> {
                    process.busy = false;
                    then.accept(result);
                    advance(process);
                });
    }

    @Override
    public <T> void io(Consumer<Throwable> failed, Callable<T> work, Consumer<T> then) {
        try {
            parts.io()
                    .execute(
                            () -> {
                                T result;
                                try {
                                    result = work.call();
                                } catch (Exception | Error e) {
                                    post(() -> failed.accept(e));
                                    return;
                                }
                                post(() -> then.accept(result));
                            });
        } catch (RejectedExecutionException e) {
            failed.accept(StepFailures.shuttingDown());
        }
    }

    @Override
    public void failed(HostedProcess process, Throwable failure) {
        process.busy = false;
        process.evaluatingSinceNs = HostedProcess.NOT_EVALUATING;
        process.fail(StepFailures.explained(process, failure));
        advance(process);
    }

    @Override
    public void hasEnded() {
        completeIfStopped();
    }

    @Override
    public void post(Runnable command) {
        stages.post().accept(command);
    }

    // ---- the end

    /** Fails all wants and closes all instances; completed when nothing runs any more. */
    void stop(CompletableFuture<@Nullable Void> whenStopped) {
        stopped = whenStopped;
        instances.stop();
        looks.dropSpares();
        for (HostedProcess process : all()) {
            process.failAll(StepFailures.shuttingDown());
            process.looks.forEach(RunView::interrupt);
            if (process.run != null) {
                process.run.instance().interrupt();
            }
            if (!process.busy) {
                instances.drop(process);
            }
        }
        completeIfStopped();
    }

    private List<HostedProcess> all() {
        List<HostedProcess> all = new ArrayList<>(table.all());
        all.addAll(looks.past());
        return all;
    }

    private void stopOne(HostedProcess process) {
        process.failAll(StepFailures.shuttingDown());
        instances.drop(process);
        completeIfStopped();
    }

    private void completeIfStopped() {
        CompletableFuture<@Nullable Void> whenStopped = stopped;
        if (whenStopped != null
                && looks.none()
                && all().stream().noneMatch(process -> process.busy)) {
            instances.closeModules();
            whenStopped.complete(null);
        }
    }
}
