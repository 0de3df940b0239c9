package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.checkpoint.Checkpoint;
import dev.flywheel.cu.checkpoint.CheckpointOrigin;
import dev.flywheel.cu.checkpoint.PageSet;
import dev.flywheel.cu.checkpoint.StateTree;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of one run: the last one, and what has changed since. Belongs to whoever has
 * {@link #begin begun}, a guest thread at first and then the writer, until it {@link #end ends}.
 */
final class CheckpointLine {
    final CheckpointOrigin origin;

    /** How many losses of results there had been when the run began. */
    final long losses;

    private final List<String> globals;
    private final PageSet changed = new PageSet();
    private final AtomicBoolean writing = new AtomicBoolean();
    private volatile CompletableFuture<@Nullable Void> current =
            CompletableFuture.completedFuture(null);
    private @Nullable Checkpoint last;
    private @Nullable StateTree tree;

    /** When a write that failed may be tried again, by {@code nanoTime}. */
    private volatile long notBeforeNs;

    private volatile boolean waits;

    /**
     * @param globals names of the state's globals, in their order
     */
    CheckpointLine(CheckpointOrigin origin, List<String> globals, long losses) {
        this.origin = origin;
        this.losses = losses;
        this.globals = List.copyOf(globals);
    }

    /** Goes on from a checkpoint. */
    void from(Checkpoint checkpoint, StateTree itsTree) {
        last = checkpoint;
        tree = itsTree;
    }

    /**
     * Whether the last checkpoint is of this place, and nothing has changed since. Only while
     * nobody has the line.
     */
    boolean isAt(ProcessRun.Standing standing) {
        Checkpoint known = last;
        return known != null
                && changed.count() == 0
                && !writing.get()
                && known.manifest().place().nonce() == standing.place().nonce()
                && known.manifest().place().cronCount() == standing.seq();
    }

    /** Keeps no more than a process needs that sleeps: its tree is made again when it is wanted. */
    void sleep() {
        tree = null;
    }

    /** Takes the line; false when somebody has it, or a write failed just now. */
    boolean begin(long nowNs) {
        if ((waits && nowNs - notBeforeNs < 0) || !writing.compareAndSet(false, true)) {
            return false;
        }
        current = new CompletableFuture<>();
        return true;
    }

    /** Gives it back. */
    void end() {
        CompletableFuture<@Nullable Void> ended = current;
        writing.set(false);
        ended.complete(null);
    }

    /** Completed when nobody has the line that has it now. */
    CompletableFuture<@Nullable Void> current() {
        return current;
    }

    /** Lets some time pass before the next write. */
    void pause(long untilNs) {
        notBeforeNs = untilNs;
        waits = true;
    }

    void add(PageSet pages) {
        changed.add(pages);
    }

    /** What has changed since {@link #last}. */
    PageSet changed() {
        return changed;
    }

    @Nullable Checkpoint last() {
        return last;
    }

    /** The tree of a state, made from the one before where there is one. */
    StateTree tree(MemorySegment memory) {
        StateTree known = tree;
        if (known == null) {
            known = StateTree.of(memory);
            tree = known;
        } else {
            known.update(memory, changed);
        }
        return known;
    }

    void written(Checkpoint checkpoint) {
        last = checkpoint;
        changed.clear();
        waits = false;
    }

    /** Nothing of the line is certain any more: the next checkpoint is a full one. */
    void startOver() {
        last = null;
        tree = null;
        changed.clear();
    }

    /** Values of the globals by their names. */
    SequencedMap<String, Long> named(List<Long> values) {
        SequencedMap<String, Long> named = new LinkedHashMap<>();
        for (int i = 0; i < globals.size(); i++) {
            named.put(globals.get(i), values.get(i));
        }
        return named;
    }
}
