package dev.flywheel.node;

import dev.flywheel.node.config.NodeConfiguration;
import dev.flywheel.node.demo.Network;
import dev.flywheel.node.gateway.Gateway;
import dev.flywheel.node.gateway.GatewayOptions;
import dev.flywheel.node.mainnet.MainnetFront;
import dev.flywheel.node.mainnet.MainnetOptions;
import dev.flywheel.node.ops.Metric;
import dev.flywheel.node.ops.OpsServer;
import dev.flywheel.node.ops.Part;
import dev.flywheel.node.publish.Publisher;
import dev.flywheel.platform.files.DataDirectory;
import dev.flywheel.protocol.ArweaveKey;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: some or all units in this program, one data directory, one key. Units find each
 * other over HTTP, also inside one program, so that there is one way only.
 */
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /** A unit of the network. */
    public enum Unit {
        GATEWAY,
        SU,
        CU,
        MU
    }

    private final NodeConfiguration configuration;
    private final Set<Unit> units;
    private final Consumer<String> progress;
    private final Deque<Running> running = new ArrayDeque<>();
    private final List<Part> parts = new ArrayList<>();
    private final Map<Unit, URI> urls = new EnumMap<>(Unit.class);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean ready = new AtomicBoolean();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private @Nullable ArweaveKey key;
    private @Nullable OpsServer ops;
    private @Nullable URI mainnet;
    private @Nullable Publisher publisher;

    /** Something started, with the ways to end it. */
    private record Running(String name, Units.Draining drain, AutoCloseable closer) {}

    private Node(NodeConfiguration configuration, Set<Unit> units, Consumer<String> progress) {
        this.configuration = configuration;
        this.units = EnumSet.copyOf(units);
        this.progress = progress;
    }

    /**
     * Starts units; when it returns, all of them answer.
     *
     * @param units what runs in this program; the others are found at the configuration's URLs
     * @param progress takes lines for the person at the terminal: what takes long
     * @throws dev.flywheel.platform.files.DataDirectoryException when the data directory cannot be
     *     used
     * @throws dev.flywheel.platform.http.PortInUseException when a port is taken
     */
    public static Node start(
            NodeConfiguration configuration, Set<Unit> units, Consumer<String> progress) {
        Node node = new Node(configuration, units, progress);
        try {
            node.startAll();
            return node;
        } catch (RuntimeException | Error e) {
            node.stop(Duration.ZERO);
            throw e;
        }
    }

    private void startAll() {
        DataDirectory data = DataDirectory.lock(configuration.data());
        running.push(new Running("data directory", patience -> {}, data));
        ArweaveKey wallet = NodeKey.of(data, configuration.wallet(), progress);
        key = wallet;
        Units starter = new Units(configuration, data, wallet, this::url, units.contains(Unit.SU));
        if (units.contains(Unit.CU)) {
            starter.loadLibrary();
        }
        if (units.contains(Unit.GATEWAY)) {
            startGateway(data, wallet);
        }
        for (Unit unit : List.of(Unit.SU, Unit.CU, Unit.MU)) {
            if (units.contains(unit)) {
                Units.Started started = starter.start(unit);
                started(
                        unit,
                        started.port(),
                        started.metrics(),
                        started.draining(),
                        started.closer());
            }
        }
        // Behind a HyperBEAM node, that node is what such clients ask.
        if (units.containsAll(EnumSet.allOf(Unit.class))
                && configuration.urls().hyperBeam() == null) {
            startMainnet(wallet);
        }
        startOps();
        ready.set(true);
    }

    private void startMainnet(ArweaveKey wallet) {
        MainnetFront front =
                MainnetFront.start(
                        new MainnetOptions(
                                configuration.ports().on(configuration.ports().mainnet()),
                                url(Unit.SU),
                                url(Unit.MU),
                                url(Unit.CU),
                                wallet),
                        InstantSource.system());
        running.push(new Running("mainnet", front::drain, front));
        URI here = local(front.port());
        mainnet = here;
        parts.add(new Part("mainnet", here.toString(), front::metrics));
    }

    private void startGateway(DataDirectory data, ArweaveKey wallet) {
        InetSocketAddress bind = configuration.ports().on(configuration.ports().gateway());
        Gateway gateway =
                Gateway.start(
                        new GatewayOptions(
                                bind, data.directory("gateway"), configuration.upstreamGateway()),
                        InstantSource.system());
        started(
                Unit.GATEWAY,
                gateway.port(),
                () ->
                        List.of(
                                new Metric(
                                        "flywheel_gateway_items_total",
                                        "Entries kept.",
                                        gateway.store().counts().items()),
                                new Metric(
                                        "flywheel_gateway_refused_total",
                                        "Uploads refused.",
                                        gateway.refused()),
                                new Metric(
                                        "flywheel_gateway_requests_in_flight",
                                        "Requests in flight.",
                                        gateway.inFlight())),
                gateway::drain,
                gateway);
        Publisher published = new Publisher(gateway, wallet, progress);
        publisher = published;
        int modules = published.modules(configuration.modules());
        if (modules == 0) {
            progress.accept(
                    "no aos modules in "
                            + configuration.modules()
                            + " ('make modules' fetches them); our own guests are there");
        }
        published.guests();
    }

    private void started(
            Unit unit,
            int port,
            Supplier<List<Metric>> metrics,
            Units.Draining drain,
            AutoCloseable closer) {
        running.push(new Running(unit.name(), drain, closer));
        urls.put(unit, local(port));
        parts.add(new Part(unit.name().toLowerCase(Locale.ROOT), local(port).toString(), metrics));
        if (unit == Unit.SU && publisher != null) {
            publisher.schedulerLocation(url(Unit.SU)); // its port is known only now
        }
    }

    private void startOps() {
        OpsServer server =
                new OpsServer(
                        configuration.ports().on(configuration.ports().ops()), parts, ready::get);
        ops = server;
        running.push(new Running("ops", patience -> {}, server));
    }

    private URI local(int port) {
        String bind = configuration.ports().bind();
        InetSocketAddress address = new InetSocketAddress(bind, port);
        boolean everywhere =
                address.getAddress().isAnyLocalAddress()
                        || address.getAddress().isLoopbackAddress();
        String host = everywhere ? "localhost" : bind.contains(":") ? "[" + bind + "]" : bind;
        return URI.create("http://" + host + ":" + port);
    }

    /**
     * Where a unit is found: where the configuration says, else where it runs here, else on its
     * usual port.
     */
    private URI url(Unit unit) {
        NodeConfiguration.Urls configured = configuration.urls();
        URI given =
                switch (unit) {
                    case GATEWAY -> configured.gateway();
                    case SU -> configured.su();
                    case CU -> configured.cu();
                    case MU -> configured.mu();
                };
        if (given != null) {
            return given;
        }
        URI here = urls.get(unit);
        return here != null ? here : local(port(unit));
    }

    private int port(Unit unit) {
        return switch (unit) {
            case GATEWAY -> configuration.ports().gateway();
            case SU -> configuration.ports().su();
            case CU -> configuration.ports().cu();
            case MU -> configuration.ports().mu();
        };
    }

    /** Whether a unit runs in this program. */
    public boolean runs(Unit unit) {
        return units.contains(unit);
    }

    /** Where the network of this node is found. */
    public Network network() {
        return new Network(url(Unit.GATEWAY), url(Unit.SU), url(Unit.MU), url(Unit.CU));
    }

    /** Where clients in mainnet mode are served; null where only some units run. */
    public @Nullable URI mainnetUrl() {
        return mainnet;
    }

    /** Where dashboard, health and metrics are. */
    public URI opsUrl() {
        OpsServer server = ops;
        if (server == null) {
            throw new IllegalStateException("the node is not started");
        }
        return local(server.port());
    }

    /** Address of the node's key: it signs assignments and pushed messages. */
    public String address() {
        ArweaveKey wallet = key;
        if (wallet == null) {
            throw new IllegalStateException("the node is not started");
        }
        return wallet.address();
    }

    /** Blocks until the node has ended. */
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Drains and ends all parts, newest first. Safe to repeat; for a shutdown hook. */
    public void shutDown() {
        stop(configuration.drain());
    }

    @Override
    public void close() {
        shutDown();
    }

    private void stop(Duration patience) {
        if (!stopping.compareAndSet(false, true)) {
            return;
        }
        ready.set(false);
        // First nobody accepts anything new, then all is closed: what one unit still owes another
        // can be delivered meanwhile.
        for (Running part : running) {
            attempt("drain", part.name(), () -> part.drain().within(patience));
        }
        for (Running part : running) {
            attempt("close", part.name(), part.closer());
        }
        ended.countDown();
    }

    private static void attempt(String what, String part, AutoCloseable action) {
        try {
            action.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("could not {} {} because {}", what, part, e.toString());
        }
    }
}
