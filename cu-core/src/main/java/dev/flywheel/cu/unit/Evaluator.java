package dev.flywheel.cu.unit;

import dev.flywheel.cu.guest.Evaluation;
import dev.flywheel.cu.guest.EvaluationLimits;
import dev.flywheel.cu.guest.GuestProcessOptions;
import dev.flywheel.cu.guest.ModuleRefusedException;
import dev.flywheel.cu.guest.compile.CompileCounters;
import dev.flywheel.cu.guest.compile.CompileProgress;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** What runs guests, as the compute unit needs it. Thread-safe. */
public interface Evaluator extends AutoCloseable {

    /**
     * Makes a module ready; blocks, possibly for minutes. From any thread, but see {@link
     * #threads}.
     *
     * @param wasm the binary; not kept
     * @param format its Module-Format tag
     */
    Module load(Id moduleId, byte[] wasm, String format) throws ModuleRefusedException;

    /** Makes the threads that all calls of modules and instances must come from. */
    ThreadFactory threads();

    /** Modules that wait to be compiled, or are being compiled. */
    default List<CompileProgress> compiling() {
        return List.of();
    }

    /** Numbers of the compiler. */
    default CompileCounters compileCounters() {
        return CompileCounters.NONE;
    }

    /** Ends all; modules and processes were closed before. */
    @Override
    void close();

    /** A module ready to run. Thread-safe. */
    interface Module extends AutoCloseable {
        /** A fresh process. */
        Instance newProcess(GuestProcessOptions options) throws ModuleRefusedException;

        @Override
        void close();
    }

    /** One process; one call at a time, {@link #interrupt} from any thread. */
    interface Instance extends AutoCloseable {
        /** Evaluates a message; see {@link Evaluation} for what remains of it. */
        Evaluation evaluate(byte[] messageJson, byte[] environmentJson, EvaluationLimits limits);

        /** As {@link #evaluate}, and nothing of it remains. */
        Evaluation dryRun(byte[] messageJson, byte[] environmentJson, EvaluationLimits limits);

        /** Length of the linear memory. */
        long memoryBytes();

        /** Writes the whole linear memory. */
        void writeMemory(OutputStream out) throws IOException;

        /** Ends the running evaluation soon, if there is one; does not wait. */
        void interrupt();

        @Override
        void close();
    }
}
