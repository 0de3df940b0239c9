package dev.flywheel.node;

import dev.flywheel.node.Node.Unit;
import dev.flywheel.node.config.NodeConfiguration;
import dev.flywheel.node.ops.Metric;
import dev.flywheel.platform.files.DataDirectory;
import dev.flywheel.protocol.ArweaveKey;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Starts the units that are modules of their own, each with its part of the configuration. */
final class Units {
    private final NodeConfiguration configuration;
    private final DataDirectory data;
    private final ArweaveKey key;
    private final Function<Unit, URI> urls;

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
     */
    Units(
            NodeConfiguration configuration,
            DataDirectory data,
            ArweaveKey key,
            Function<Unit, URI> urls) {
        this.configuration = configuration;
        this.data = data;
        this.key = key;
        this.urls = urls;
    }

    @SuppressWarnings("DoNotCallSuggester") // until the units are there
    Started start(Unit unit) {
        throw new IllegalStateException(
                "unit %s is not part of this build data=%s address=%s gateway=%s port=%d"
                        .formatted(
                                unit,
                                data.root(),
                                key.address(),
                                urls.apply(Unit.GATEWAY),
                                configuration.ports().su()));
    }
}
