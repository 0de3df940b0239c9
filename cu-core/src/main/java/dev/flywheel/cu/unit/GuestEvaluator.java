package dev.flywheel.cu.unit;

import dev.flywheel.cu.guest.Evaluation;
import dev.flywheel.cu.guest.EvaluationLimits;
import dev.flywheel.cu.guest.GuestEngine;
import dev.flywheel.cu.guest.GuestModule;
import dev.flywheel.cu.guest.GuestProcess;
import dev.flywheel.cu.guest.GuestProcessOptions;
import dev.flywheel.cu.guest.ModuleRefusedException;
import dev.flywheel.cu.guest.compile.CompileCounters;
import dev.flywheel.cu.guest.compile.CompileProgress;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.io.OutputStream;
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
        public Evaluation dryRun(
                byte[] messageJson, byte[] environmentJson, EvaluationLimits limits) {
            return process.dryRun(messageJson, environmentJson, limits);
        }

        @Override
        public long memoryBytes() {
            return process.memoryBytes();
        }

        @Override
        public void writeMemory(OutputStream out) throws IOException {
            process.writeMemory(out);
        }

        @Override
        public void interrupt() {
            process.interrupt();
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
