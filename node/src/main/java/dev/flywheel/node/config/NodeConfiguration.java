package dev.flywheel.node.config;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a node, checked.
 *
 * @param data directory for all that the node keeps
 * @param wallet the node's key, or null for the one in the data directory
 * @param ports where each part listens
 * @param urls where parts are found that run elsewhere, or under another name
 * @param upstreamGateway a real gateway behind the local one, or null
 * @param durability what an acknowledged message survives
 * @param modules directory with wasm modules to publish
 * @param evaluation what processes may use
 * @param drain how long shutting down waits for requests in flight
 */
public record NodeConfiguration(
        Path data,
        @Nullable Path wallet,
        Ports ports,
        Urls urls,
        @Nullable URI upstreamGateway,
        MessageDurability durability,
        Path modules,
        Evaluation evaluation,
        Duration drain) {

    /** What an acknowledged message survives. */
    public enum MessageDurability {
        /** The end of the program, {@code kill -9} included. */
        KILL,
        /** A power cut too. */
        POWER_LOSS
    }

    /** Address and ports; 0 takes any free one. */
    public record Ports(String bind, int gateway, int su, int mu, int cu, int mainnet, int ops) {
        public InetSocketAddress on(int port) {
            return new InetSocketAddress(bind, port);
        }
    }

    /**
     * Base URLs without a slash at the end; null for the part of this node.
     *
     * @param hyperBeam the HyperBEAM node that the compute unit works for; null for none
     */
    public record Urls(
            @Nullable URI gateway,
            @Nullable URI su,
            @Nullable URI mu,
            @Nullable URI cu,
            @Nullable URI hyperBeam) {}

    /**
     * What processes may use on this machine.
     *
     * @param wallClockMs longest evaluation
     * @param memoryBytesMax most linear memory of one process
     * @param workers evaluations at the same time, at least 1
     * @param warmProcessesMax processes whose memory is kept while they are idle
     * @param memoryBudgetBytes memory of all processes together; 0 for a share of what is available
     * @param sleepBytesMax memories of sleeping processes on the disk
     * @param checkpoints when processes get checkpoints
     * @param compile what compiling one module may take
     * @param pageTracking how written pages are found: auto, userfaultfd, private-file or compare
     * @param checksSignatures whether signatures in the logs of other schedulers are checked
     */
    public record Evaluation(
            long wallClockMs,
            long memoryBytesMax,
            int workers,
            int warmProcessesMax,
            long memoryBudgetBytes,
            long sleepBytesMax,
            Checkpoints checkpoints,
            Compile compile,
            String pageTracking,
            boolean checksSignatures) {}

    /**
     * When a process gets a checkpoint, whichever comes first, and how many stay.
     *
     * @param messages since the last one
     * @param evaluationMs since the last one
     * @param gas since the last one
     * @param chains full checkpoints that are kept
     */
    public record Checkpoints(long messages, long evaluationMs, long gas, int chains) {}

    /**
     * What compiling one module may take.
     *
     * @param cpuMs processor time
     * @param memoryBytesMax memory of the compiling process
     */
    public record Compile(long cpuMs, long memoryBytesMax) {}
}
