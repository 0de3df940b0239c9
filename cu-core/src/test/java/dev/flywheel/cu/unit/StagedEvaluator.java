package dev.flywheel.cu.unit;

import dev.flywheel.cu.checkpoint.Checkpoint;
import dev.flywheel.cu.checkpoint.PageSet;
import dev.flywheel.cu.guest.Evaluation;
import dev.flywheel.cu.guest.EvaluationLimits;
import dev.flywheel.cu.guest.GuestProcessOptions;
import dev.flywheel.cu.guest.GuestState;
import dev.flywheel.cu.guest.MemoryUse;
import dev.flywheel.cu.guest.ModuleRefusedException;
import dev.flywheel.linux.PageFiles;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** Another evaluator, with stages to be killed at. */
final class StagedEvaluator implements Evaluator {
    private final Evaluator evaluator;
    private final KillPoint point;
    private final long every;

    /**
     * @param evaluator taken over
     * @param every messages after which a checkpoint is due
     */
    StagedEvaluator(Evaluator evaluator, KillPoint point, long every) {
        this.evaluator = evaluator;
        this.point = point;
        this.every = every;
    }

    @Override
    public Module load(Id moduleId, byte[] wasm, String format) throws ModuleRefusedException {
        return new StagedModule(evaluator.load(moduleId, wasm, format));
    }

    @Override
    public ThreadFactory threads() {
        return evaluator.threads();
    }

    @Override
    public void close() {
        point.reach(KillStage.CLOSED);
        evaluator.close();
    }

    private final class StagedModule implements Module {
        private final Module module;

        StagedModule(Module module) {
            this.module = module;
        }

        @Override
        public Instance newProcess(GuestProcessOptions options) throws ModuleRefusedException {
            return new StagedInstance(module.newProcess(options), false);
        }

        @Override
        public Resumed resume(GuestProcessOptions options, Checkpoint from)
                throws ModuleRefusedException, IOException {
            point.setWaking(true);
            try {
                Resumed found = module.resume(options, from);
                return new Resumed(new StagedInstance(found.instance(), true), found.tree());
            } finally {
                point.setWaking(false);
            }
        }

        @Override
        public Instance wake(GuestProcessOptions options, Asleep asleep)
                throws ModuleRefusedException, IOException {
            if (point.isArmed(KillStage.WAKING)) {
                throw new IOException("its checkpoint is to be read");
            }
            return new StagedInstance(module.wake(options, asleep), true);
        }

        @Override
        public String stateIdentity() {
            return module.stateIdentity();
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

    private final class StagedInstance implements Instance {
        private final Instance instance;
        private boolean justWoken;
        private long messagesSince;

        StagedInstance(Instance instance, boolean woken) {
            this.instance = instance;
            this.justWoken = woken;
        }

        @Override
        public Evaluation evaluate(
                byte[] messageJson, byte[] environmentJson, EvaluationLimits limits) {
            if (justWoken) {
                justWoken = false;
                point.reach(KillStage.WOKEN);
            }
            boolean stays = point.isTime(KillStage.EVALUATING);
            if (stays) {
                point.announce(KillStage.EVALUATING); // and runs while the kill is on its way
            }
            Evaluation evaluation = instance.evaluate(messageJson, environmentJson, limits);
            messagesSince++;
            if (stays) {
                point.hold();
            }
            point.reach(KillStage.EVALUATED);
            return evaluation;
        }

        @Override
        public Fork fork() {
            return new StagedFork(instance.fork());
        }

        /** Directly after the fork of a checkpoint, and of no other. */
        @Override
        public PageSet takeChanges() {
            PageSet changes = instance.takeChanges();
            boolean due = messagesSince >= every;
            messagesSince = 0;
            point.reach(due ? KillStage.FORK_TAKEN : KillStage.PUTTING_AWAY);
            return changes;
        }

        @Override
        public MemoryUse memoryUse() {
            return instance.memoryUse();
        }

        @Override
        public void interrupt() {
            instance.interrupt();
        }

        @Override
        public Asleep putAway(PageFiles place) throws IOException {
            point.reach(KillStage.PUT_AWAY);
            Asleep asleep = instance.putAway(place);
            point.reach(KillStage.ASLEEP);
            return asleep;
        }

        @Override
        public void close() {
            if (point.isClosing()) {
                point.reach(KillStage.CLOSING);
            }
            instance.close();
        }
    }

    private final class StagedFork implements Fork {
        private final Fork fork;

        StagedFork(Fork fork) {
            this.fork = fork;
        }

        @Override
        public long memoryBytes() {
            return fork.memoryBytes();
        }

        @Override
        public <T, E extends Exception> T read(GuestState.Reader<T, E> reader) throws E {
            if (Thread.currentThread().getName().equals("cu-checkpoint")) {
                point.reach(KillStage.RESULTS_STORED);
            }
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
