package dev.flywheel.cu.guest;

import dev.flywheel.cu.checkpoint.CheckpointLimits;
import dev.flywheel.cu.checkpoint.PageSet;
import dev.flywheel.linux.PageFile;
import dev.flywheel.linux.PageFiles;
import dev.flywheel.linux.RestorePoint;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

/**
 * One AO process: an instance of its module with its memory. One call at a time, on threads of
 * {@link GuestThreads}, with a happens-before edge between two calls; {@link #interrupt} and {@link
 * #fork} from any thread.
 */
public final class GuestProcess implements AutoCloseable {
    /** Copied at once when the memory is written out. */
    private static final int CHUNK_BYTES = 64 << 10;

    private final GuestModule module;
    private final GuestProcessOptions options;
    private final Deadline deadline;
    private final AtomicBoolean busy = new AtomicBoolean();

    /** Guards the state that is kept, so that forks see memory and globals of one message. */
    private final Object keeping = new Object();

    /** Replaced under the lock. */
    private GuestInstance instance;

    /** Memory after the last message that was kept; taken and replaced under the lock. */
    private RestorePoint point;

    /** Set under the lock. */
    private boolean closed;

    /** Pages changed by messages that were kept, since they were last taken. */
    private PageSet changes = new PageSet();

    /** Whether an evaluation could not be undone: what is in memory belongs to no message. */
    private volatile boolean lost;

    /** Sees each answer and the memory that goes with it, before the memory is kept or undone. */
    private BiConsumer<byte[], MemorySegment> observer = (answer, memory) -> {};

    /** Owns the instance, which was just booted. */
    GuestProcess(
            GuestModule module,
            GuestProcessOptions options,
            Deadline deadline,
            GuestInstance instance) {
        this.module = module;
        this.options = options;
        this.deadline = deadline;
        this.instance = instance;
        this.point = takeFirst(instance);
    }

    /** Owns the instance, and the point, whose last take is the instance's memory. */
    GuestProcess(
            GuestModule module,
            GuestProcessOptions options,
            Deadline deadline,
            GuestInstance instance,
            RestorePoint point) {
        this.module = module;
        this.options = options;
        this.deadline = deadline;
        this.instance = instance;
        this.point = point;
    }

    private RestorePoint takeFirst(GuestInstance of) {
        MemorySegment memory = of.memory();
        RestorePoint first = module.tracking().restorePoint(memory, module.reservedBytes(options));
        try {
            first.take(memory);
            of.globals().take();
            return first;
        } catch (RuntimeException e) {
            first.close();
            throw e;
        }
    }

    /**
     * Hands one message to the guest. When it fails in any way, the process is exactly as before.
     *
     * @param messageJson first argument of {@code handle}, as {@code JSON.stringify} writes it
     * @param environmentJson second argument
     * @throws IllegalStateException when the process is closed, in another call, or on a thread
     *     that guests may not run on
     */
    public Evaluation evaluate(
            byte[] messageJson, byte[] environmentJson, EvaluationLimits limits) {
        return run(messageJson, environmentJson, limits, true);
    }

    /** As {@link #evaluate}, and nothing of it remains. */
    public Evaluation dryRun(byte[] messageJson, byte[] environmentJson, EvaluationLimits limits) {
        return run(messageJson, environmentJson, limits, false);
    }

    private Evaluation run(
            byte[] message, byte[] environment, EvaluationLimits limits, boolean keep) {
        enter();
        boolean settled = false;
        try {
            Attempt attempt =
                    Attempt.at(instance, deadline, new Attempt.Input(message, environment, limits));
            byte[] text = attempt.text();
            if (text != null) {
                observer.accept(text, instance.memory());
            }
            boolean kept = keep && attempt.keepsMemory();
            if (kept) {
                keep();
            } else {
                undo();
            }
            settled = true;
            return attempt.outcome(kept);
        } finally {
            leave(settled);
        }
    }

    /** After an evaluation: what failed in this host must not leave half of its state either. */
    private void leave(boolean settled) {
        try {
            if (!settled) {
                lost = true;
                undo();
                lost = false;
            }
        } finally {
            busy.set(false);
        }
    }

    /** The state is now the one to fall back to. */
    private void keep() {
        synchronized (keeping) {
            point.take(instance.memory());
            instance.globals().take();
        }
        changes.add(point.lastPages());
    }

    // Undoing -------------------------------------------------------------------------------

    /** Puts everything back as it was after the last message that was kept. */
    private void undo() {
        MemorySegment memory = instance.memory();
        if (memory.byteSize() == point.takenBytes()) {
            point.restore(memory);
            instance.globals().restore();
        } else {
            replaceInstance();
        }
    }

    /** Growth cannot be taken back: a new instance gets the old memory. */
    private void replaceInstance() {
        GuestInstance fresh = new GuestInstance(module, options, deadline);
        try {
            fresh.adopt(instance.booted(), instance.globals().taken());
            fresh.growTo(point.takenBytes());
            point.copyTo(fresh.memory());
            RestorePoint next = takeFirst(fresh);
            RestorePoint lastPoint = point;
            GuestInstance last = instance;
            synchronized (keeping) {
                point = next;
                instance = fresh;
            }
            lastPoint.close();
            last.close();
        } catch (RuntimeException e) {
            fresh.close();
            throw e;
        }
    }

    // State ---------------------------------------------------------------------------------

    /** Length of the linear memory. */
    public long memoryBytes() {
        return instance.memory().byteSize();
    }

    /**
     * What it takes of this machine. Costs some microseconds for each GiB that it uses; not during
     * an evaluation.
     */
    public MemoryUse memoryUse() {
        enter();
        try {
            return new MemoryUse(
                    memoryBytes(),
                    2 * point.keptBytes() + GuestLimits.INSTANCE_BYTES,
                    changes.count() * (long) CheckpointLimits.PAGE_BYTES);
        } finally {
            busy.set(false);
        }
    }

    /** Writes the whole linear memory. Not during an evaluation. */
    public void writeMemory(OutputStream out) throws IOException {
        enter();
        try {
            MemorySegment memory = instance.memory();
            byte[] chunk = new byte[CHUNK_BYTES];
            for (long at = 0; at < memory.byteSize(); at += CHUNK_BYTES) {
                int count = (int) Math.min(CHUNK_BYTES, memory.byteSize() - at);
                MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, chunk, 0, count);
                out.write(chunk, 0, count);
            }
        } finally {
            busy.set(false);
        }
    }

    /** {@link GuestState#hash} of the state. Not during an evaluation. */
    public String stateHash() {
        return readState(GuestState::hash);
    }

    /**
     * Shows the state where it lies; nothing is copied. Not during an evaluation, and no other call
     * until the reader returns.
     *
     * @throws E what the reader throws
     */
    public <T, E extends Exception> T readState(GuestState.Reader<T, E> reader) throws E {
        enter();
        try {
            return reader.read(new GuestState(instance.memory(), instance.globals().values()));
        } finally {
            busy.set(false);
        }
    }

    // Forks ---------------------------------------------------------------------------------

    /**
     * The process as it was after the last message that was kept, for dry runs on other threads and
     * for whoever writes its state out, while this goes on. Any thread, at any time, also while an
     * evaluation runs: costs some mappings, whatever the memory's length. Belongs to the caller,
     * and may outlive the process, but not the module.
     *
     * @throws IllegalStateException when the process is closed or lost, or the system has no room
     */
    public GuestFork fork() {
        synchronized (keeping) {
            requireThere();
            var kept =
                    new GuestFork.Kept(point.fork(), instance.globals().taken(), instance.booted());
            return new GuestFork(module, options, kept);
        }
    }

    /** Whether a call is under way. Any thread. */
    boolean isBusy() {
        return busy.get();
    }

    /**
     * The pages that kept messages have changed since the last call, or since the process was made
     * or resumed. Not during an evaluation.
     */
    public PageSet takeChanges() {
        enter();
        try {
            PageSet taken = changes;
            changes = new PageSet();
            return taken;
        } finally {
            busy.set(false);
        }
    }

    void observe(BiConsumer<byte[], MemorySegment> each) {
        observer = each;
    }

    private void enter() {
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "process is in another call: processId="
                            + options.processId()
                            + ". Hand it to one thread at a time.");
        }
        try {
            requireThere();
        } catch (IllegalStateException e) {
            busy.set(false);
            throw e;
        }
    }

    private void requireThere() {
        if (closed || lost) {
            throw new IllegalStateException(
                    closed
                            ? "process is closed: processId=" + options.processId()
                            : "process lost its state when an evaluation could not be undone:"
                                    + " processId="
                                    + options.processId()
                                    + ". Close it and make it again from its log.");
        }
    }

    /**
     * Ends the evaluation that is running, if any, with {@link Evaluation.Kind#HOST_LIMIT} within
     * some ticks. Any thread; does not wait.
     */
    public void interrupt() {
        deadline.interrupt();
    }

    /**
     * Frees instance and memory, and leaves what {@link GuestModule#wake} goes on from: the state
     * after the last message that was kept. Forks live on.
     *
     * @param place where memories of sleeping processes lie
     * @return belongs to the caller
     * @throws IOException when it cannot be written; all is freed then too
     * @throws IllegalStateException when the process is closed or lost, or a call is under way
     */
    public SleepingProcess putAway(PageFiles place) throws IOException {
        enter();
        synchronized (keeping) {
            try {
                PageFile image = module.image(point, place);
                List<Long> globals = instance.globals().taken();
                HostState.Booted booted = instance.booted();
                instance.close(); // its memory may have mapped what is written now
                return new SleepingProcess(point.putAway(place, image), globals, booted);
            } finally {
                closed = true;
                instance.close();
                point.close();
                busy.set(false);
            }
        }
    }

    /**
     * Frees instance and memory. Twice does nothing.
     *
     * @throws IllegalStateException when a call is under way; nothing has happened then
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        lost = false;
        enter();
        synchronized (keeping) {
            closed = true;
            point.close();
            instance.close();
        }
        busy.set(false);
    }
}
