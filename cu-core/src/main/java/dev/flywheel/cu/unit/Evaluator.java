package dev.flywheel.cu.unit;

import dev.flywheel.cu.checkpoint.Checkpoint;
import dev.flywheel.cu.checkpoint.PageSet;
import dev.flywheel.cu.checkpoint.StateTree;
import dev.flywheel.cu.guest.Evaluation;
import dev.flywheel.cu.guest.EvaluationLimits;
import dev.flywheel.cu.guest.GuestProcessOptions;
import dev.flywheel.cu.guest.GuestState;
import dev.flywheel.cu.guest.MemoryUse;
import dev.flywheel.cu.guest.ModuleRefusedException;
import dev.flywheel.cu.guest.compile.CompileCounters;
import dev.flywheel.cu.guest.compile.CompileProgress;
import dev.flywheel.linux.PageFiles;
import dev.flywheel.protocol.Id;
import java.io.IOException;
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

        /**
         * A process that goes on from a checkpoint.
         *
         * @throws IOException when it cannot be read, or is found damaged
         * @throws IllegalArgumentException when it does not fit the module
         */
        Resumed resume(GuestProcessOptions options, Checkpoint from)
                throws ModuleRefusedException, IOException;

        /**
         * A process that goes on from where it was put away.
         *
         * @param asleep taken over when this succeeds, and only then
         * @throws IOException when it cannot be read, or is found damaged
         */
        Instance wake(GuestProcessOptions options, Asleep asleep)
                throws ModuleRefusedException, IOException;

        /** Names the way in which its state is divided into memory and globals. */
        String stateIdentity();

        /** Names of the globals that belong to a process's state, in their order. */
        List<String> stateGlobals();

        @Override
        void close();
    }

    /**
     * A process that goes on from a checkpoint.
     *
     * @param tree of its state
     */
    record Resumed(Instance instance, StateTree tree) {}

    /**
     * One process; one call at a time, {@link #interrupt} and {@link #fork} from any thread and at
     * any time.
     */
    interface Instance extends AutoCloseable {
        /** Evaluates a message; see {@link Evaluation} for what remains of it. */
        Evaluation evaluate(byte[] messageJson, byte[] environmentJson, EvaluationLimits limits);

        /**
         * A fork of the state after the last message that was kept, also while an evaluation runs.
         * Waits for a message that is just being kept.
         */
        Fork fork();

        /**
         * The pages that messages have changed since the last call, or since the checkpoint that
         * the process goes on from. In between two evaluations.
         */
        PageSet takeChanges();

        /** What it takes of this machine. In between two evaluations. */
        MemoryUse memoryUse();

        /** Ends the running evaluation soon, if there is one; does not wait. */
        void interrupt();

        /**
         * Closes it, and leaves what {@link Module#wake} goes on from: the state after the last
         * message that was kept.
         *
         * @throws IOException when it cannot be written; it is closed then too
         */
        Asleep putAway(PageFiles place) throws IOException;

        @Override
        void close();
    }

    /** A process that was put away. Belongs to one owner; any thread. May outlive the module. */
    interface Asleep extends AutoCloseable {
        /** Bytes on the disk that belong to this process alone. */
        long diskBytes();

        /** Forgets it. */
        @Override
        void close();
    }

    /**
     * A process at one moment, which stays as it is while the process goes on. May outlive the
     * process, not the module. Close it soon.
     */
    interface Fork extends AutoCloseable {
        /** Length of the linear memory. */
        long memoryBytes();

        /** Shows the state; what the reader made of it is worth nothing when this throws. */
        <T, E extends Exception> T read(GuestState.Reader<T, E> reader) throws E;

        /** Answers a question; nothing of it remains. One call at a time on guest threads. */
        Evaluation dryRun(byte[] messageJson, byte[] environmentJson, EvaluationLimits limits);

        /** As {@link Instance#interrupt}. */
        void interrupt();

        @Override
        void close();
    }
}
