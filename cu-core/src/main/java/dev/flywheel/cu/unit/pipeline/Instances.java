package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.guest.GuestProcessOptions;
import dev.flywheel.cu.guest.ModuleRefusedException;
import dev.flywheel.cu.unit.Evaluator;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.protocol.Id;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Makes and closes the instances of processes, and the modules they need. A module is loaded once,
 * however many processes wait for it. Dispatch thread only.
 */
final class Instances {
    private final Steps steps;
    private final ProcessLoader loader;
    private final Evaluator evaluator;
    private final GuestWorkers workers;
    private final Checkpoints checkpoints;
    private final InstantSource clock;
    private final ProcessTable table;
    private final BiFunction<HostedProcess, Evaluator.Instance, ProcessRun> runs;
    private final ModuleTable modules = new ModuleTable();
    private final Map<Id, Id> preparing;

    /**
     * What instances are made with.
     *
     * @param runs makes the run of an instance
     * @param preparing told which process waits for which module; read by other threads
     */
    record Parts(
            ProcessLoader loader,
            Evaluator evaluator,
            GuestWorkers workers,
            Checkpoints checkpoints,
            InstantSource clock,
            BiFunction<HostedProcess, Evaluator.Instance, ProcessRun> runs,
            Map<Id, Id> preparing) {}

    Instances(Steps steps, Parts parts, ProcessTable table) {
        this.steps = steps;
        this.loader = parts.loader();
        this.evaluator = parts.evaluator();
        this.workers = parts.workers();
        this.checkpoints = parts.checkpoints();
        this.clock = parts.clock();
        this.runs = parts.runs();
        this.preparing = parts.preparing();
        this.table = table;
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
        workers.execute(
                () -> {
                    try {
                        ProcessRun run =
                                checkpoints.resume(
                                        module,
                                        definition,
                                        options,
                                        most,
                                        instance -> runs.apply(process, instance));
                        steps.post(
                                () -> {
                                    process.run = run;
                                    // What a checkpoint contains was recorded before.
                                    process.recordedNonce =
                                            Math.max(process.recordedNonce, run.place().nonce());
                                    process.busy = false;
                                    steps.advance(process);
                                });
                    } catch (ModuleRefusedException | RuntimeException | Error e) {
                        steps.post(
                                () -> {
                                    entry.users--;
                                    table.left(process);
                                    steps.failed(process, e);
                                });
                    }
                });
    }

    /** Whether there is room for one more instance; else the process waits for it. */
    private boolean makeRoom(HostedProcess process) {
        if (!table.isFull()) {
            table.entered(process);
            return true;
        }
        table.waitForRoom(process);
        HostedProcess victim = table.idlest();
        if (victim != null && table.needsMoreRoom()) {
            drop(victim);
        }
        return false;
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
        if (run == null || definition == null) {
            return;
        }
        process.busy = true;
        table.leaving(process);
        workers.execute(
                () -> {
                    try {
                        if (keep) {
                            checkpoints.beforeClose(run);
                        }
                    } finally {
                        run.instance().close();
                        steps.post(() -> onDropped(process, definition));
                    }
                });
    }

    private void onDropped(HostedProcess process, ProcessDefinition definition) {
        table.hasLeft(process);
        giveBack(definition.moduleId());
        process.busy = false;
        HostedProcess waiting = table.nextForRoom();
        if (waiting != null) {
            steps.advance(waiting); // before this one takes the room again
        }
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
