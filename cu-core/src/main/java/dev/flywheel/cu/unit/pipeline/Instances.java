package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.guest.GuestProcessOptions;
import dev.flywheel.cu.guest.ModuleRefusedException;
import dev.flywheel.cu.unit.Evaluator;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and closes the instances of processes, and the modules they need. A module is loaded once,
 * however many processes wait for it. Dispatch thread only.
 */
final class Instances {
    private static final Logger LOG = LoggerFactory.getLogger(Instances.class);

    private final Steps steps;
    private final ProcessLoader loader;
    private final Evaluator evaluator;
    private final GuestWorkers workers;
    private final Checkpoints checkpoints;
    private final InstantSource clock;
    private final ProcessTable table;
    private final MemoryLedger ledger;
    private final Evaluations counts;
    private final BiFunction<HostedProcess, Evaluator.Instance, ProcessRun> runs;
    private final Sleepers sleepers;
    private final ModuleTable modules = new ModuleTable();
    private final Map<Id, Id> preparing;
    private boolean stopping;

    /** Refusals for want of memory, and when one of them was last told in the log. */
    private long refusals;

    private long refusalToldMs;

    /**
     * What instances are made with.
     *
     * @param runs makes the run of an instance
     * @param counts told which process waits for which module
     */
    record Parts(
            ProcessLoader loader,
            Evaluator evaluator,
            GuestWorkers workers,
            Checkpoints checkpoints,
            Sleepers sleepers,
            InstantSource clock,
            BiFunction<HostedProcess, Evaluator.Instance, ProcessRun> runs,
            Evaluations counts) {}

    Instances(Steps steps, Parts parts, ProcessTable table, MemoryLedger ledger) {
        this.steps = steps;
        this.loader = parts.loader();
        this.evaluator = parts.evaluator();
        this.workers = parts.workers();
        this.checkpoints = parts.checkpoints();
        this.sleepers = parts.sleepers();
        this.clock = parts.clock();
        this.runs = parts.runs();
        this.counts = parts.counts();
        this.preparing = counts.preparing;
        this.table = table;
        this.ledger = ledger;
    }

    /** Gets an instance for a process; the next step follows, now or later. */
    void prepare(HostedProcess process, ProcessDefinition definition) {
        Id id = definition.moduleId();
        ModuleTable.Entry entry = modules.find(id, clock.millis());
        if (entry == null) {
            load(process, definition, modules.begin(id));
        } else if (entry.refusal != null) {
            process.fail(entry.refusal);
        } else if (entry.module == null) {
            process.busy = true;
            entry.waiting.add(process);
            preparing.put(process.id, id);
        } else if (makeRoom(process)) {
            instantiate(process, definition, entry, entry.module);
        }
    }

    private void load(
            HostedProcess process, ProcessDefinition definition, ModuleTable.Entry entry) {
        process.busy = true;
        entry.waiting.add(process);
        Id id = definition.moduleId();
        preparing.put(process.id, id);
        // Not on a guest thread: a module may take the compiler minutes.
        steps.io(
                failure -> onModuleFailed(id, entry, failure),
                () -> evaluator.load(id, loader.wasm(id), definition.moduleFormat()),
                module -> onModule(entry, module));
    }

    private void onModule(ModuleTable.Entry entry, Evaluator.Module module) {
        entry.module = module;
        wake(entry);
    }

    private void onModuleFailed(Id id, ModuleTable.Entry entry, Throwable failure) {
        if (failure instanceof ModuleRefusedException refusal
                && refusal.kind() == ModuleRefusedException.Kind.REFUSED) {
            entry.refusal = StepFailures.refused(refusal);
            entry.refusedUntilMs = clock.millis() + UnitLimits.HOST_LIMIT_PAUSE_MS;
        } else {
            modules.remove(id);
            entry.waiting.forEach(
                    process -> process.fail(StepFailures.explained(process, failure)));
        }
        wake(entry);
    }

    private void wake(ModuleTable.Entry entry) {
        List<HostedProcess> waiting = List.copyOf(entry.waiting);
        entry.waiting.clear();
        for (HostedProcess process : waiting) {
            preparing.remove(process.id);
            process.busy = false;
            steps.advance(process);
        }
    }

    private void instantiate(
            HostedProcess process,
            ProcessDefinition definition,
            ModuleTable.Entry entry,
            Evaluator.Module module) {
        entry.users++;
        process.busy = true;
        GuestProcessOptions options =
                new GuestProcessOptions(
                        process.id, definition.memoryBytesMax(), definition.limits().gasLimit());
        Checkpoints.Most most = process.checkpointMost();
        Sleepers.Asleep asleep = process.asleep;
        process.asleep = null;
        workers.execute(
                () -> {
                    try {
                        ProcessRun run =
                                started(process, definition, options, most, module, asleep);
                        run.weigh();
                        steps.post(
                                () -> {
                                    process.run = run;
                                    // What a checkpoint contains was recorded before.
                                    process.recordedNonce =
                                            Math.max(process.recordedNonce, run.place().nonce());
                                    process.busy = false;
                                    weighed(process);
                                    steps.advance(process);
                                    putAway(process);
                                });
                    } catch (ModuleRefusedException | RuntimeException | Error e) {
                        steps.post(
                                () -> {
                                    entry.users--;
                                    table.left(process);
                                    ledger.left(process);
                                    steps.failed(process, e);
                                    admit();
                                });
                    }
                });
    }

    /** Wakes the process if that serves, else has it go on from a checkpoint. Guest threads. */
    private ProcessRun started(
            HostedProcess process,
            ProcessDefinition definition,
            GuestProcessOptions options,
            Checkpoints.Most most,
            Evaluator.Module module,
            Sleepers.@Nullable Asleep asleep)
            throws ModuleRefusedException {
        Function<Evaluator.Instance, ProcessRun> made = instance -> runs.apply(process, instance);
        if (asleep != null && asleep.serves(most)) {
            ProcessRun run = sleepers.wake(asleep, module, options, made);
            if (run != null) {
                return run;
            }
        } else if (asleep != null) {
            asleep.close();
        }
        return checkpoints.resume(module, definition, options, most, made);
    }

    /**
     * Whether a process is far before a checkpoint that serves what is wanted: it went back for an
     * early entry whose result was not there, as that of a memory that came from elsewhere.
     */
    boolean mayJump(HostedProcess process, ProcessRun run) {
        return checkpoints.newestNonce(process.id, process.checkpointMost())
                >= run.place().nonce() + UnitLimits.JUMP_ENTRIES;
    }

    // ---- room

    /**
     * Whether there is room for one more instance; else the process waits for it, or is refused.
     */
    private boolean makeRoom(HostedProcess process) {
        boolean full = table.isFull();
        if (!full && ledger.hasRoomFor(process)) {
            table.entered(process);
            ledger.entered(process);
            return true;
        }
        HostedProcess victim = table.idlest();
        boolean mayWait = victim != null || !ledger.isFarOver() || process.isWantedByNode();
        if (!ledger.canHold(process) || !mayWait) {
            refuse(process);
            return false;
        }
        table.waitForRoom(process);
        boolean more = full ? table.needsMoreRoom() : !ledger.willHaveRoomFor(process);
        if (victim != null && more) {
            counts.putAway.increment();
            drop(victim);
        }
        return false;
    }

    private void refuse(HostedProcess process) {
        StatusException refusal = ledger.refusal(process);
        counts.memoryRefusals.increment();
        refusals++;
        long now = clock.millis();
        if (refusals == 1 || now - refusalToldMs >= UnitLimits.REFUSAL_LOG_MS) {
            LOG.warn(
                    "no instance is made because {} refusals={}",
                    refusal.getMessage(),
                    counts.memoryRefusals.sum());
            refusalToldMs = now;
        }
        process.fail(refusal);
    }

    /** A step of a process has found out what its instance takes now. */
    void weighed(HostedProcess process) {
        ProcessRun run = process.run;
        if (run != null) {
            ledger.used(process, run.memoryUse());
        }
    }

    /**
     * Closes idle instances, least recently wanted first, until all take no more than they may.
     *
     * @param last stays unless they take far more: it alone may be larger than the budget, and
     *     would be closed and made again for each message
     */
    void putAway(HostedProcess last) {
        while (ledger.isOver()) {
            HostedProcess victim = table.idlest(last);
            if (victim == null) {
                victim = ledger.isFarOver() ? table.idlest() : null;
            }
            if (victim == null) {
                return;
            }
            counts.putAway.increment();
            drop(victim);
        }
    }

    /** Lets processes in that wait for room, while there is some. */
    void admit() {
        for (int left = table.waiting(); left > 0; left--) {
            HostedProcess next = table.nextForRoom();
            if (next == null) {
                return;
            }
            steps.advance(next);
            if (table.isWaiting(next)) {
                return;
            }
        }
    }

    /**
     * Closes the instance of a process that stands still, which is busy until then; its state is
     * kept unless a reset is wanted.
     */
    void drop(HostedProcess process) {
        ProcessRun run = process.run;
        ProcessDefinition definition = process.definition;
        boolean keep = !process.resetWanted && !process.past;
        process.forgetRun();
        if (!keep) {
            forget(process);
        }
        if (run == null || definition == null) {
            return;
        }
        process.busy = true;
        table.leaving(process);
        ledger.leaving(process);
        boolean last = stopping;
        workers.execute(
                () -> {
                    Sleepers.Asleep asleep = null;
                    try {
                        if (keep) {
                            checkpoints.beforeClose(run);
                            asleep = last ? null : sleepers.putAway(run);
                        }
                    } finally {
                        run.instance().close();
                        Sleepers.Asleep left = asleep;
                        steps.post(() -> onDropped(process, definition, left));
                    }
                });
    }

    /** What a process was put away as is of no more use. */
    private void forget(HostedProcess process) {
        Sleepers.Asleep asleep = process.asleep;
        process.asleep = null;
        if (asleep != null) {
            workers.execute(asleep::close);
        }
    }

    /** Forgets processes that nobody has wanted for long, and what is too much of those asleep. */
    void forgetOld(HostedProcess kept) {
        table.forgetOld(kept, this::forget);
    }

    /** No process is put away any more; all instances are going to be closed. */
    void stop() {
        stopping = true;
    }

    private void onDropped(
            HostedProcess process, ProcessDefinition definition, Sleepers.@Nullable Asleep asleep) {
        process.asleep = asleep;
        while (sleepers.isTight()) {
            HostedProcess oldest = table.longestAsleep();
            if (oldest == null) {
                break;
            }
            forget(oldest);
        }
        table.hasLeft(process);
        ledger.hasLeft(process);
        giveBack(definition.moduleId());
        process.busy = false;
        admit(); // before this one takes the room again
        steps.advance(process);
    }

    /** Keeps a module although it may lose its last instance. */
    void borrow(Id module) {
        modules.used(module).users++;
    }

    /** Ends one use of a module. */
    void giveBack(Id module) {
        modules.used(module).users--;
        List<Evaluator.Module> surplus = modules.surplus();
        if (!surplus.isEmpty()) {
            workers.execute(() -> surplus.forEach(Evaluator.Module::close));
        }
    }

    /** Closes all modules; no process has an instance any more. */
    void closeModules() {
        List<Evaluator.Module> all = modules.surplus(0);
        workers.execute(() -> all.forEach(Evaluator.Module::close));
    }
}
