package dev.flywheel.cu.guest;

import dev.flywheel.linux.MemoryFork;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A process as it was at one moment, for dry runs while it goes on: each starts from that state,
 * and nothing of it remains, here or in the process. An instance of its own is made at the first
 * one. It may outlive its process, not its module.
 *
 * <p>{@link #dryRun} on threads of {@link GuestThreads}, one call at a time, with a happens-before
 * edge between two; {@link #interrupt} from any thread. Must be closed: while it is open, messages
 * of the process keep old pages for it.
 */
public final class GuestFork implements AutoCloseable {
    private final GuestModule module;
    private final GuestProcessOptions options;
    private final Kept kept;
    private final Deadline deadline;
    private final AtomicBoolean busy = new AtomicBoolean();
    private @Nullable GuestInstance instance;
    private boolean closed;

    /**
     * What a process has kept after a message.
     *
     * @param globals their bits
     * @param booted what evaluations begin from, besides
     */
    record Kept(MemoryFork memory, List<Long> globals, HostState.Booted booted) {}

    /** Owns the memory of {@code kept}. */
    GuestFork(GuestModule module, GuestProcessOptions options, Kept kept) {
        this.module = module;
        this.options = options;
        this.kept = kept;
        this.deadline = module.newDeadline();
    }

    /**
     * As {@link GuestProcess#dryRun} at the moment of the fork.
     *
     * @return {@link Evaluation.Kind#HOST_LIMIT} also when the machine has no memory to keep the
     *     forked state while the process goes on; the fork is of no use then
     * @throws IllegalStateException when the fork is closed, in another call, or on a thread that
     *     guests may not run on; or when the system has no room for an instance
     */
    public Evaluation dryRun(byte[] messageJson, byte[] environmentJson, EvaluationLimits limits) {
        enter();
        boolean again = false;
        try {
            long start = System.nanoTime();
            if (!kept.memory().isWhole()) {
                return lost(start);
            }
            GuestInstance running = prepared();
            Attempt attempt =
                    Attempt.at(
                            running,
                            deadline,
                            new Attempt.Input(messageJson, environmentJson, limits));
            again = running.memory().byteSize() == kept.memory().byteSize();
            // What it read may have been lost while it ran.
            return kept.memory().isWhole() ? attempt.outcome(false) : lost(start);
        } finally {
            leave(again);
        }
    }

    private static Evaluation lost(long startNs) {
        return Attempt.hostLimit(
                "fork lost its memory: this machine has no room for pages that the process has"
                        + " changed since; make another, or give the machine more memory",
                System.nanoTime() - startNs);
    }

    /** An instance in the state that was forked. */
    private GuestInstance prepared() {
        GuestInstance ready = instance;
        if (ready != null) {
            ready.globals().restore();
            kept.memory().mapOver(ready.memory());
            return ready;
        }
        GuestInstance fresh = new GuestInstance(module, options, deadline);
        try {
            fresh.adopt(kept.booted(), kept.globals());
            fresh.growTo(kept.memory().byteSize());
            kept.memory().mapOver(fresh.memory());
            instance = fresh;
            return fresh;
        } catch (RuntimeException e) {
            fresh.close();
            throw e;
        }
    }

    /** An instance that has grown, or failed in this host, is of no more use. */
    private void leave(boolean again) {
        try {
            kept.memory().release();
            if (!again && instance != null) {
                GuestInstance last = instance;
                instance = null;
                last.close();
            }
        } finally {
            busy.set(false);
        }
    }

    /**
     * Shows the state of that moment, as often as wanted. Any thread. When this throws, what the
     * reader has made is worth nothing.
     *
     * @throws E what the reader throws
     * @throws IllegalStateException when the fork is closed, also meanwhile, or the machine had no
     *     memory to keep it while the process went on
     */
    public <T, E extends Exception> T read(GuestState.Reader<T, E> reader) throws E {
        T made = reader.read(new GuestState(kept.memory().view(), kept.globals()));
        kept.memory().requireWhole();
        return made;
    }

    /** Length of the linear memory. */
    public long memoryBytes() {
        return kept.memory().byteSize();
    }

    /**
     * Ends the dry run that is under way, if any, with {@link Evaluation.Kind#HOST_LIMIT}. Any
     * thread; does not wait.
     */
    public void interrupt() {
        deadline.interrupt();
    }

    private void enter() {
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "fork is in another call: processId="
                            + options.processId()
                            + ". Hand it to one thread at a time.");
        }
        if (closed) {
            busy.set(false);
            throw new IllegalStateException("fork is closed: processId=" + options.processId());
        }
    }

    /**
     * Frees its instance and what was kept for it. Any thread. Twice does nothing.
     *
     * @throws IllegalStateException when a dry run is under way; nothing has happened then
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        enter();
        closed = true;
        try {
            if (instance != null) {
                instance.close();
            }
        } finally {
            kept.memory().close();
            busy.set(false);
        }
    }
}
