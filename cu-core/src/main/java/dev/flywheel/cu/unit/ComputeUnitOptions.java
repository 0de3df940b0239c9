package dev.flywheel.cu.unit;

import dev.flywheel.cu.guest.GuestLimits;
import dev.flywheel.cu.guest.compile.CompileSettings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a compute unit needs to know.
 *
 * @param bind address to listen on; port 0 takes any free one
 * @param directory for its results and compiled modules; created where needed, used by nobody else
 * @param address the wallet address that {@code GET /} tells
 * @param scheduler the scheduler unit of all processes; null finds each process's own through the
 *     gateway
 * @param gateway where modules, assigned transactions and blocks are found
 * @param artefactKey secret of this node, at least 32 bytes, that authenticates compiled modules
 * @param settings what an operator may change
 * @param compile what compiling a module may take
 * @param pageTracking how written pages are found: auto, userfaultfd, private-file or compare; null
 *     for what the environment says
 * @param behindHyperBeam the HyperBEAM node that this unit works for: it has the logs of all
 *     processes, and what it posts is believed; null for none
 * @param checksSignatures whether entries of logs are let in only with the signatures that they say
 *     they have
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out; options are never compared
public record ComputeUnitOptions(
        InetSocketAddress bind,
        Path directory,
        String address,
        @Nullable URI scheduler,
        URI gateway,
        byte[] artefactKey,
        Settings settings,
        CompileSettings compile,
        @Nullable String pageTracking,
        @Nullable URI behindHyperBeam,
        boolean checksSignatures) {

    public ComputeUnitOptions {
        artefactKey = artefactKey.clone();
    }

    /** With pages found as the environment says, and signatures checked. */
    public ComputeUnitOptions(
            InetSocketAddress bind,
            Path directory,
            String address,
            @Nullable URI scheduler,
            URI gateway,
            byte[] artefactKey,
            Settings settings,
            CompileSettings compile) {
        this(
                bind,
                directory,
                address,
                scheduler,
                gateway,
                artefactKey,
                settings,
                compile,
                null,
                null,
                true);
    }

    /** The same behind a HyperBEAM node. */
    public ComputeUnitOptions behindHyperBeam(URI node) {
        return new ComputeUnitOptions(
                bind,
                directory,
                address,
                null,
                gateway,
                artefactKey,
                settings,
                compile,
                pageTracking,
                node,
                checksSignatures);
    }

    /** The same with this way to take signatures. */
    public ComputeUnitOptions withSignaturesChecked(boolean checks) {
        return new ComputeUnitOptions(
                bind,
                directory,
                address,
                scheduler,
                gateway,
                artefactKey,
                settings,
                compile,
                pageTracking,
                behindHyperBeam,
                checks);
    }

    /** A copy of the key. */
    @Override
    public byte[] artefactKey() {
        return artefactKey.clone();
    }

    /**
     * What an operator may change.
     *
     * @param computeLimitMax highest Compute-Limit of a process that is accepted
     * @param memoryBytesMax highest Memory-Limit of a process that is accepted, in bytes, and most
     *     linear memory that one may have
     * @param wallClockMs longest evaluation, in milliseconds
     * @param workers guest threads that run at once, without those in long evaluations
     * @param memory what processes may take together
     * @param readerWaitMs longest wait of a reader, in milliseconds
     * @param busyMs time after which a reader that did not forbid it is told that the evaluation is
     *     in progress, in milliseconds; 0 for never
     * @param hydrationNonces a reader of a process that is catching up is refused when more entries
     *     than this are before its own; 0 for never
     * @param checkpoints when processes get checkpoints
     */
    public record Settings(
            long computeLimitMax,
            long memoryBytesMax,
            long wallClockMs,
            int workers,
            MemorySettings memory,
            long readerWaitMs,
            long busyMs,
            long hydrationNonces,
            CheckpointSettings checkpoints) {

        /** The reference's highest Compute-Limit. */
        public static final long COMPUTE_LIMIT_MAX = 9_000_000_000_000L;

        /** As long as units wait for one another. */
        private static final long READER_WAIT_MS = 10 * 60_000;

        /**
         * The reference refuses at 200, because each waiting reader costs it a stream; here it
         * costs a map entry.
         */
        private static final long HYDRATION_NONCES = 10_000;

        public Settings {
            if (computeLimitMax < 1
                    || memoryBytesMax < 1
                    || wallClockMs < 1
                    || workers < 1
                    || readerWaitMs < 1
                    || busyMs < 0
                    || hydrationNonces < 0) {
                throw new IllegalArgumentException(
                        ("settings must be positive: computeLimitMax=%d memoryBytesMax=%d wallClockMs=%d workers=%d"
                                        + " readerWaitMs=%d busyMs=%d hydrationNonces=%d")
                                .formatted(
                                        computeLimitMax,
                                        memoryBytesMax,
                                        wallClockMs,
                                        workers,
                                        readerWaitMs,
                                        busyMs,
                                        hydrationNonces));
            }
        }

        /** The defaults: one guest thread a core. */
        public static Settings defaults() {
            return new Settings(
                    COMPUTE_LIMIT_MAX,
                    GuestLimits.MEMORY_BYTES_MAX,
                    GuestLimits.DEFAULT_WALL_CLOCK_MS,
                    Runtime.getRuntime().availableProcessors(),
                    MemorySettings.defaults(),
                    READER_WAIT_MS,
                    0,
                    HYDRATION_NONCES,
                    CheckpointSettings.defaults());
        }

        /** The same with another number of warm processes. */
        public Settings withProcessesWarm(int processes) {
            return new Settings(
                    computeLimitMax,
                    memoryBytesMax,
                    wallClockMs,
                    workers,
                    memory.withProcessesWarm(processes),
                    readerWaitMs,
                    busyMs,
                    hydrationNonces,
                    checkpoints);
        }

        /** The same with another budget of memory. */
        public Settings withMemoryBudgetBytes(long bytes) {
            return new Settings(
                    computeLimitMax,
                    memoryBytesMax,
                    wallClockMs,
                    workers,
                    memory.withBudgetBytes(bytes),
                    readerWaitMs,
                    busyMs,
                    hydrationNonces,
                    checkpoints);
        }

        /** The same with another number of guest threads. */
        public Settings withWorkers(int threads) {
            return new Settings(
                    computeLimitMax,
                    memoryBytesMax,
                    wallClockMs,
                    threads,
                    memory,
                    readerWaitMs,
                    busyMs,
                    hydrationNonces,
                    checkpoints);
        }

        /** The same with other waits of readers. */
        public Settings withWaits(long readerMs, long untilBusyMs, long nonces) {
            return new Settings(
                    computeLimitMax,
                    memoryBytesMax,
                    wallClockMs,
                    workers,
                    memory,
                    readerMs,
                    untilBusyMs,
                    nonces,
                    checkpoints);
        }

        /** The same with other checkpoints. */
        public Settings withCheckpoints(CheckpointSettings settings) {
            return new Settings(
                    computeLimitMax,
                    memoryBytesMax,
                    wallClockMs,
                    workers,
                    memory,
                    readerWaitMs,
                    busyMs,
                    hydrationNonces,
                    settings);
        }
    }
}
