package dev.flywheel.node;

import dev.flywheel.cu.checkpoint.RetentionPolicy;
import dev.flywheel.cu.guest.compile.CompileSettings;
import dev.flywheel.cu.unit.CheckpointSettings;
import dev.flywheel.cu.unit.ComputeUnit;
import dev.flywheel.cu.unit.ComputeUnitOptions;
import dev.flywheel.cu.unit.MemorySettings;
import dev.flywheel.messenger.Messenger;
import dev.flywheel.messenger.MessengerOptions;
import dev.flywheel.messenger.MessengerTuning;
import dev.flywheel.node.Node.Unit;
import dev.flywheel.node.config.NodeConfiguration;
import dev.flywheel.node.config.NodeConfiguration.MessageDurability;
import dev.flywheel.node.ops.Metric;
import dev.flywheel.platform.files.DataDirectory;
import dev.flywheel.platform.sql.Durability;
import dev.flywheel.protocol.ArweaveKey;
import dev.flywheel.scheduler.Scheduler;
import dev.flywheel.scheduler.SchedulerOptions;
import dev.flywheel.wasmtime.WasmtimeException;
import dev.flywheel.wasmtime.WasmtimeLibrary;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Starts the units that are modules of their own, each with its part of the configuration. */
final class Units {
    private static final URI ARWEAVE = URI.create("https://arweave.net");

    private final NodeConfiguration configuration;
    private final DataDirectory data;
    private final ArweaveKey key;
    private final Function<Unit, URI> urls;
    private final boolean schedulerRunsHere;
    private final InstantSource clock = InstantSource.system();
    private final FutureTask<WasmtimeLibrary> library = new FutureTask<>(WasmtimeLibrary::load);

    /** A started unit. */
    record Started(
            int port, Supplier<List<Metric>> metrics, Draining draining, AutoCloseable closer) {}

    /** Ends taking requests and waits for those in flight. */
    @FunctionalInterface
    interface Draining {
        void within(Duration patience) throws Exception;
    }

    /**
     * @param urls where units are found, asked when a unit starts
     * @param schedulerRunsHere whether this program runs the scheduler too
     */
    Units(
            NodeConfiguration configuration,
            DataDirectory data,
            ArweaveKey key,
            Function<Unit, URI> urls,
            boolean schedulerRunsHere) {
        this.configuration = configuration;
        this.data = data;
        this.key = key;
        this.urls = urls;
        this.schedulerRunsHere = schedulerRunsHere;
    }

    /**
     * Begins to load the compute unit's library, on a thread of its own: to check its 30 MB takes
     * as long as another unit's start. Whether it can be used says {@link #start}.
     */
    void loadLibrary() {
        Thread.ofPlatform().daemon().name("wasmtime-load").start(library);
    }

    /**
     * Starts one.
     *
     * @throws LibraryUnusableException when the compute unit has no Wasmtime library
     */
    Started start(Unit unit) {
        return switch (unit) {
            case SU -> scheduler();
            case CU -> computeUnit();
            case MU -> messenger();
            case GATEWAY -> throw new IllegalArgumentException("the node starts its own gateway");
        };
    }

    private Started scheduler() {
        Scheduler scheduler =
                Scheduler.start(
                        new SchedulerOptions(
                                configuration.ports().on(configuration.ports().su()),
                                data.directory("scheduler"),
                                key,
                                configuration.durability() == MessageDurability.POWER_LOSS
                                        ? SchedulerOptions.MessageDurability.POWER_LOSS
                                        : SchedulerOptions.MessageDurability.KILL,
                                urls.apply(Unit.GATEWAY),
                                SchedulerOptions.Behaviour.usual()),
                        clock);
        return new Started(
                scheduler.port(), () -> UnitMetrics.of(scheduler), scheduler::drain, scheduler);
    }

    private Started computeUnit() {
        needLibrary();
        NodeConfiguration.Evaluation evaluation = configuration.evaluation();
        ComputeUnitOptions.Settings usual = ComputeUnitOptions.Settings.defaults();
        ComputeUnit unit =
                ComputeUnit.start(
                        new ComputeUnitOptions(
                                configuration.ports().on(configuration.ports().cu()),
                                data.directory("compute"),
                                key.address(),
                                schedulerOrNull(),
                                gatewayOfCompute(),
                                NodeKey.secret(key, "compiled modules"),
                                new ComputeUnitOptions.Settings(
                                        usual.computeLimitMax(),
                                        evaluation.memoryBytesMax(),
                                        evaluation.wallClockMs(),
                                        evaluation.workers(),
                                        new MemorySettings(
                                                evaluation.warmProcessesMax(),
                                                evaluation.memoryBudgetBytes() == 0
                                                        ? usual.memory().budgetBytes()
                                                        : evaluation.memoryBudgetBytes(),
                                                evaluation.sleepBytesMax()),
                                        usual.readerWaitMs(),
                                        usual.busyMs(),
                                        usual.hydrationNonces(),
                                        checkpoints(evaluation.checkpoints())),
                                CompileSettings.of(
                                        evaluation.compile().cpuMs(),
                                        evaluation.compile().memoryBytesMax()),
                                evaluation.pageTracking(),
                                configuration.urls().hyperBeam(),
                                checksSignatures()),
                        clock);
        return new Started(unit.port(), () -> UnitMetrics.of(unit.counters()), unit::drain, unit);
    }

    /** The scheduler of this program has checked what it took. */
    private boolean checksSignatures() {
        return configuration.evaluation().checksSignatures()
                && !(schedulerRunsHere && configuration.urls().su() == null);
    }

    private static CheckpointSettings checkpoints(NodeConfiguration.Checkpoints wanted) {
        return new CheckpointSettings(
                wanted.messages(),
                wanted.evaluationMs(),
                wanted.gas(),
                RetentionPolicy.defaults().withChainsKept(wanted.chains()));
    }

    private void needLibrary() {
        library.run(); // does nothing when it is loaded, or being loaded
        try {
            library.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WasmtimeException unusable) {
                throw new LibraryUnusableException(unusable);
            }
            throw new IllegalStateException("the Wasmtime library cannot be loaded", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while loading the Wasmtime library", e);
        }
    }

    private Started messenger() {
        Messenger messenger =
                Messenger.start(
                        new MessengerOptions(
                                configuration.ports().on(configuration.ports().mu()),
                                data.directory("messenger"),
                                key,
                                schedulerOrNull(),
                                urls.apply(Unit.CU),
                                urls.apply(Unit.GATEWAY),
                                tuning()),
                        clock);
        return new Started(
                messenger.port(),
                () -> UnitMetrics.of(messenger.counters()),
                messenger::drain,
                messenger);
    }

    /**
     * The scheduler of all processes: the configured one, or the one that runs here. A unit that
     * runs alone and was told nothing finds each process's own through the gateway.
     */
    private @Nullable URI schedulerOrNull() {
        return configuration.urls().su() != null || schedulerRunsHere ? urls.apply(Unit.SU) : null;
    }

    /** Behind a HyperBEAM node, modules are on Arweave unless a gateway is named. */
    private URI gatewayOfCompute() {
        NodeConfiguration.Urls known = configuration.urls();
        return known.hyperBeam() != null && known.gateway() == null
                ? ARWEAVE
                : urls.apply(Unit.GATEWAY);
    }

    private MessengerTuning tuning() {
        MessengerTuning usual = MessengerTuning.usual();
        return configuration.durability() == MessageDurability.POWER_LOSS
                ? usual.withDurability(Durability.ACK_SURVIVES_POWER_LOSS)
                : usual;
    }
}
