package dev.flywheel.cu.unit;

import dev.flywheel.cu.checkpoint.Checkpoint;
import dev.flywheel.cu.checkpoint.PageSet;
import dev.flywheel.cu.checkpoint.StateTree;
import dev.flywheel.cu.guest.Evaluation;
import dev.flywheel.cu.guest.EvaluationLimits;
import dev.flywheel.cu.guest.GuestEngine;
import dev.flywheel.cu.guest.GuestFork;
import dev.flywheel.cu.guest.GuestImage;
import dev.flywheel.cu.guest.GuestModule;
import dev.flywheel.cu.guest.GuestProcess;
import dev.flywheel.cu.guest.GuestProcessOptions;
import dev.flywheel.cu.guest.GuestState;
import dev.flywheel.cu.guest.MemoryUse;
import dev.flywheel.cu.guest.ModuleRefusedException;
import dev.flywheel.cu.guest.SleepingProcess;
import dev.flywheel.cu.guest.compile.CompileCounters;
import dev.flywheel.cu.guest.compile.CompileProgress;
import dev.flywheel.linux.PageFiles;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** Runs guests on the WebAssembly engine, which it owns. */
public final class GuestEvaluator implements Evaluator {
    private final GuestEngine engine;

    /** Takes the engine over. */
    public GuestEvaluator(GuestEngine engine) {
        this.engine = engine;
    }

    @Override
    public Module load(Id moduleId, byte[] wasm, String format) throws ModuleRefusedException {
        return new Loaded(engine.load(moduleId, wasm, format));
    }

    @Override
    public ThreadFactory threads() {
        return engine.threads();
    }

    @Override
    public List<CompileProgress> compiling() {
        return engine.compiling();
    }

    @Override
    public CompileCounters compileCounters() {
        return engine.compileCounters();
    }

    @Override
    public void close() {
        engine.close();
    }

    private record Loaded(GuestModule module) implements Module {
        @Override
        public Instance newProcess(GuestProcessOptions options) throws ModuleRefusedException {
            return new Running(module.newProcess(options));
        }

        @Override
        public Resumed resume(GuestProcessOptions options, Checkpoint from)
                throws ModuleRefusedException, IOException {
            StateTree[] tree = new StateTree[1];
            GuestProcess process =
                    module.resumeProcess(
                            options,
                            new GuestImage(
                                    from.manifest().memoryBytes(),
                                    from.manifest().globals(),
                                    memory -> tree[0] = from.restoreInto(memory)));
            return new Resumed(new Running(process), tree[0]);
        }

        @Override
        public Instance wake(GuestProcessOptions options, Asleep asleep)
                throws ModuleRefusedException, IOException {
            return new Running(module.wake(options, ((Sleeping) asleep).process()));
        }

        @Override
        public String stateIdentity() {
            return GuestModule.STATE_IDENTITY;
        }

        @Override
        public List<String> stateGlobals() {
            return module.stateGlobals();
        }

        @Override
        public void close() {
            module.close();
        }
    }

    private record Running(GuestProcess process) implements Instance {
        @Override
        public Evaluation evaluate(
                byte[] messageJson, byte[] environmentJson, EvaluationLimits limits) {
            return process.evaluate(messageJson, environmentJson, limits);
        }

        @Override
        public Fork fork() {
            return new Forked(process.fork());
        }

        @Override
        public PageSet takeChanges() {
            return process.takeChanges();
        }

        @Override
        public MemoryUse memoryUse() {
            return process.memoryUse();
        }

        @Override
        public void interrupt() {
            process.interrupt();
        }

        @Override
        public Asleep putAway(PageFiles place) throws IOException {
            return new Sleeping(process.putAway(place));
        }

        @Override
        public void close() {
            process.close();
        }
    }

    private record Sleeping(SleepingProcess process) implements Asleep {
        @Override
        public long diskBytes() {
            return process.diskBytes();
        }

        @Override
        public void close() {
            process.close();
        }
    }

    private record Forked(GuestFork fork) implements Fork {
        @Override
        public long memoryBytes() {
            return fork.memoryBytes();
        }

        @Override
        public <T, E extends Exception> T read(GuestState.Reader<T, E> reader) throws E {
            return fork.read(reader);
        }

        @Override
        public Evaluation dryRun(
                byte[] messageJson, byte[] environmentJson, EvaluationLimits limits) {
            return fork.dryRun(messageJson, environmentJson, limits);
        }

        @Override
        public void interrupt() {
            fork.interrupt();
        }

        @Override
        public void close() {
            fork.close();
        }
    }
}
