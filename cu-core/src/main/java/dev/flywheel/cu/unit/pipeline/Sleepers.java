package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.guest.GuestProcessOptions;
import dev.flywheel.cu.guest.ModuleRefusedException;
import dev.flywheel.cu.unit.Evaluator;
import dev.flywheel.linux.PageFiles;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts processes away, and wakes them without their checkpoint being read. What is put away serves
 * this run of the unit only, and is a short cut: whoever cannot be put away, or does not wake, goes
 * on from its checkpoint. Guest threads.
 */
final class Sleepers {
    private static final Logger LOG = LoggerFactory.getLogger(Sleepers.class);

    /** Kept free, so that whoever is put away next finds room. */
    private static final int FREE_PERCENT = 5;

    private final PageFiles files;
    private final long bytesMax;
    private final LongAdder woken = new LongAdder();

    /**
     * A process that was put away.
     *
     * @param line its checkpoints, of which the last has the same state
     */
    record Asleep(Evaluator.Asleep state, ProcessRun.Standing standing, CheckpointLine line)
            implements AutoCloseable {
        @Override
        public void close() {
            state.close();
        }

        /** Whether whoever goes on from here can serve what is wanted. */
        boolean serves(Checkpoints.Most most) {
            long nonce = standing.place().nonce();
            boolean ticked = nonce == most.visitNonce() && standing.seq() > 0;
            return nonce <= Math.min(most.readerNonce(), most.visitNonce())
                    && standing.timestamp() <= most.timestamp()
                    && !ticked;
        }
    }

    Sleepers(PageFiles files, long bytesMax) {
        this.files = files;
        this.bytesMax = bytesMax;
    }

    /**
     * Closes a run's instance.
     *
     * @return what it goes on from, or null where that is its checkpoint
     */
    @Nullable Asleep putAway(ProcessRun run) {
        ProcessRun.Standing standing = run.standing();
        CheckpointLine line = run.line();
        if (bytesMax == 0 || standing == null || !line.isAt(standing)) {
            run.instance().close();
            return null;
        }
        try {
            Evaluator.Asleep state = run.instance().putAway(files);
            line.sleep();
            return new Asleep(state, standing, line);
        } catch (IOException | IllegalStateException e) {
            LOG.warn(
                    "process is not put away, it will go on from its checkpoint process={} because {}",
                    run.definition().id(),
                    e.toString());
            return null;
        }
    }

    /**
     * Wakes a process, or forgets what it was put away as.
     *
     * @param runs makes the run of an instance
     * @return null when it cannot be used
     */
    @Nullable ProcessRun wake(
            Asleep asleep,
            Evaluator.Module module,
            GuestProcessOptions options,
            Function<Evaluator.Instance, ProcessRun> runs)
            throws ModuleRefusedException {
        long startNs = System.nanoTime();
        boolean done = false;
        try {
            ProcessRun run = runs.apply(module.wake(options, asleep.state()));
            done = true;
            run.resume(asleep.standing(), asleep.line());
            woken.increment();
            LOG.debug(
                    "process woke process={} nonce={} afterUs={}",
                    options.processId(),
                    run.place().nonce(),
                    TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - startNs));
            return run;
        } catch (IOException e) {
            LOG.error(
                    "process does not wake from what it was put away as, its checkpoint takes the"
                            + " place process={}",
                    options.processId(),
                    e);
            return null;
        } finally {
            if (!done) {
                asleep.close();
            }
        }
    }

    /** Whether some should be forgotten, so that others find room. */
    boolean isTight() {
        return bytesMax > 0 && files.bytesLeft() < bytesMax / 100 * FREE_PERCENT;
    }

    /** Times that a process woke from what it was put away as. */
    long woken() {
        return woken.sum();
    }

    /** Bytes on the disk of all that are asleep. */
    long bytes() {
        return files.bytes();
    }
}
