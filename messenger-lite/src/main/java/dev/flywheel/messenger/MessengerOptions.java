package dev.flywheel.messenger;

import dev.flywheel.protocol.ArweaveKey;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a messenger needs to know.
 *
 * @param bind address to listen on; port 0 takes any free one
 * @param directory for its store; created where needed, used by nobody else
 * @param key signs what processes send
 * @param su the scheduler of all processes, or null: then each process's scheduler is found through
 *     the gateway
 * @param cu the compute unit whose results are followed
 * @param gateway where schedulers are looked up and messages to wallets are put
 * @param tuning limits that operators and tests set
 */
public record MessengerOptions(
        InetSocketAddress bind,
        Path directory,
        ArweaveKey key,
        @Nullable URI su,
        URI cu,
        URI gateway,
        MessengerTuning tuning) {

    /** Options with the usual limits. */
    public static MessengerOptions of(
            InetSocketAddress bind, Path directory, ArweaveKey key, Peers peers) {
        return new MessengerOptions(
                bind,
                directory,
                key,
                peers.su(),
                peers.cu(),
                peers.gateway(),
                MessengerTuning.usual());
    }

    /**
     * The other units.
     *
     * @param su as in {@link MessengerOptions}
     * @param cu as in {@link MessengerOptions}
     * @param gateway as in {@link MessengerOptions}
     */
    public record Peers(@Nullable URI su, URI cu, URI gateway) {}
}
