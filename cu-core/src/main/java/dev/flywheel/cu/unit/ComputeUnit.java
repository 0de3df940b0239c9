package dev.flywheel.cu.unit;

import dev.flywheel.cu.checkpoint.CheckpointFiles;
import dev.flywheel.cu.checkpoint.CheckpointStore;
import dev.flywheel.cu.guest.GuestEngine;
import dev.flywheel.cu.guest.GuestEngineOptions;
import dev.flywheel.cu.unit.http.ComputeRoutes;
import dev.flywheel.cu.unit.peer.CheckedScheduler;
import dev.flywheel.cu.unit.peer.Gateway;
import dev.flywheel.cu.unit.peer.HyperBeamNode;
import dev.flywheel.cu.unit.peer.LogSignatures;
import dev.flywheel.cu.unit.peer.Peers;
import dev.flywheel.cu.unit.peer.Scheduler;
import dev.flywheel.cu.unit.peer.SchedulerLocator;
import dev.flywheel.cu.unit.peer.SchedulerUnit;
import dev.flywheel.cu.unit.pipeline.Pipeline;
import dev.flywheel.cu.unit.store.AnswerCache;
import dev.flywheel.cu.unit.store.ResultStore;
import dev.flywheel.linux.PageFiles;
import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.PortInUseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The running compute unit. Safe to use from any thread. */
public final class ComputeUnit implements AutoCloseable {
    private final Evaluator evaluator;
    private final Peers peers;
    private final LogSignatures signatures;
    private final ResultStore store;
    private final AnswerCache answers = new AnswerCache();
    private final ExecutorService io;
    private final PageFiles sleepers;
    private final Pipeline pipeline;
    private final HttpEdge edge;

    private ComputeUnit(
            ComputeUnitOptions options,
            Evaluator evaluator,
            CheckpointFiles files,
            InstantSource clock) {
        this.evaluator = evaluator;
        this.peers = new Peers(clock);
        this.store = ResultStore.open(options.directory().resolve("results"));
        this.io =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("cu-io-", 0).factory());
        Gateway gateway = new Gateway(options.gateway(), peers);
        this.signatures = new LogSignatures(options.checksSignatures());
        Scheduler scheduler =
                new CheckedScheduler(scheduler(options, gateway, peers, clock), signatures);
        this.sleepers = sleepers(options);
        this.pipeline =
                new Pipeline(
                        new Pipeline.Parts(
                                scheduler,
                                gateway,
                                evaluator,
                                store,
                                answers,
                                checkpoints(options, files),
                                sleepers,
                                io,
                                clock),
                        options.settings());
        Path images = options.directory().resolve("state");
        ComputeRoutes routes =
                new ComputeRoutes(
                        new ComputeRoutes.Parts(
                                options.address(),
                                pipeline,
                                scheduler,
                                store,
                                answers,
                                io,
                                images,
                                options.behindHyperBeam(),
                                options.gateway(),
                                signatures,
                                evaluator::compiling,
                                clock),
                        options.settings());
        try {
            this.edge =
                    HttpEdge.start(
                            "compute unit",
                            options.bind(),
                            new HttpLimits(
                                    options.behindHyperBeam() == null
                                            ? UnitLimits.BODY_BYTES_MAX
                                            : UnitLimits.NODE_BODY_BYTES_MAX,
                                    UnitLimits.REQUESTS_MAX,
                                    HttpLimits.IDLE_MS),
                            routes.routes());
        } catch (PortInUseException e) {
            stop();
            throw e;
        }
    }

    private static Scheduler scheduler(
            ComputeUnitOptions options, Gateway gateway, Peers peers, InstantSource clock) {
        URI node = options.behindHyperBeam();
        return node == null
                ? new SchedulerUnit(
                        new SchedulerLocator(options.scheduler(), gateway, clock), peers)
                : new HyperBeamNode(node, gateway, peers);
    }

    private static CheckpointStore checkpoints(ComputeUnitOptions options, CheckpointFiles files) {
        Path directory = options.directory().resolve("checkpoints");
        try {
            return CheckpointStore.open(
                    directory,
                    files,
                    options.settings().checkpoints().retention(),
                    InstantSource.system());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open checkpoints in " + directory, e);
        }
    }

    private static PageFiles sleepers(ComputeUnitOptions options) {
        Path directory = options.directory().resolve("sleep");
        try {
            return PageFiles.open(directory, options.settings().memory().sleepBytesMax());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot open memories of sleeping processes in " + directory, e);
        }
    }

    /**
     * Opens the store and starts to listen, with guests on the WebAssembly engine, and their
     * modules compiled in a process of its own.
     *
     * @throws PortInUseException when the address cannot be had
     */
    public static ComputeUnit start(ComputeUnitOptions options, InstantSource clock) {
        Path modules = options.directory().resolve("modules");
        GuestEngine engine =
                GuestEngine.open(
                        GuestEngineOptions.defaults(modules, options.artefactKey())
                                .withCompileProcess(options.compile())
                                .withPageTracking(options.pageTracking()));
        return start(options, new GuestEvaluator(engine), clock);
    }

    /**
     * As {@link #start(ComputeUnitOptions, InstantSource)} with another evaluator, which is taken
     * over and closed in any case.
     */
    public static ComputeUnit start(
            ComputeUnitOptions options, Evaluator evaluator, InstantSource clock) {
        return start(options, evaluator, CheckpointFiles.disk(), clock);
    }

    /** Likewise with files of checkpoints that a test can stop at, or let go wrong. */
    static ComputeUnit start(
            ComputeUnitOptions options,
            Evaluator evaluator,
            CheckpointFiles files,
            InstantSource clock) {
        try {
            return new ComputeUnit(options, evaluator, files, clock);
        } catch (PortInUseException e) {
            throw e; // closed already
        } catch (RuntimeException | Error e) {
            evaluator.close();
            throw e;
        }
    }

    /** The port that it listens on. */
    public int port() {
        return edge.port();
    }

    /** Numbers for metrics. */
    public ComputeUnitCounters counters() {
        var evaluations = pipeline.evaluations();
        return new ComputeUnitCounters(
                evaluations.evaluated(),
                evaluations.failed(),
                evaluations.skipped(),
                evaluations.looks(),
                evaluations.hostLimits(),
                pipeline.different(),
                answers.hits(),
                peers.failures(),
                evaluations.processesKnown(),
                evaluations.processesWarm(),
                pipeline.guestThreads(),
                edge.inFlight(),
                pipeline.quarantines().all().size(),
                signatures.counters(),
                pipeline.memory(),
                pipeline.checkpoints(),
                evaluator.compiling().size(),
                evaluator.compileCounters());
    }

    /** Refuses new requests and waits for those in flight; whether all were answered in time. */
    public boolean drain(Duration patience) throws InterruptedException {
        return edge.drain(patience);
    }

    /**
     * Ends. Evaluations under way are interrupted: the log keeps what they were about, and the next
     * start evaluates it again. What was answered is in the store.
     */
    @Override
    public void close() {
        edge.close();
        stop();
    }

    private void stop() {
        peers.close();
        io.shutdownNow();
        pipeline.close();
        sleepers.close();
        io.close();
        store.close();
        evaluator.close();
    }
}
