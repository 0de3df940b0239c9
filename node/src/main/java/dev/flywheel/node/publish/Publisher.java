package dev.flywheel.node.publish;

import dev.flywheel.node.gateway.Gateway;
import dev.flywheel.node.gateway.GatewayItem;
import dev.flywheel.node.gateway.TransactionQuery;
import dev.flywheel.node.gateway.TransactionQuery.TagFilter;
import dev.flywheel.protocol.ArweaveKey;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Publishes into the node's own gateway what is not there yet. One thread, at start. */
public final class Publisher {
    /** Clients keep a location that long; a local network that moved is found again after it. */
    private static final long LOCATION_TTL_MS = 3_600_000;

    /** Larger files are no modules that {@link ModuleCatalogue} knows. */
    private static final long MODULE_BYTES_MAX = 256L * 1024 * 1024;

    /** Marks entries of the local gateway that stand for something elsewhere. */
    static final String ALIAS_TAG = "Flywheel-Local-Alias";

    /**
     * The scheduler of the public test network, which clients have built in; here the local one
     * answers for it.
     */
    static final String TESTNET_SCHEDULER = "_GQ33BkPtZrqxA84vM8Zk-N2aO0toNNu_C-l-rawrBA";

    /**
     * Guests that are of use outside tests; {@code talker} serves the demo when there is no aos.
     */
    private static final List<String> GUESTS = List.of("talker", "echo", "counter");

    private static final String GUEST_FORMAT = "wasm64-unknown-emscripten-draft_2024_02_15";

    private final Gateway gateway;
    private final ArweaveKey key;
    private final Consumer<String> progress;

    /**
     * @param progress takes lines for the person at the terminal
     */
    public Publisher(Gateway gateway, ArweaveKey key, Consumer<String> progress) {
        this.gateway = gateway;
        this.key = key;
        this.progress = progress;
    }

    /**
     * Publishes the modules of the catalogue that lie in {@code directory}, and lets them be found
     * under the ids that clients have built in.
     *
     * @return how many of the catalogue's modules the gateway has now
     */
    public int modules(Path directory) {
        int available = 0;
        for (ModuleCatalogue.Module module : ModuleCatalogue.modules()) {
            GatewayItem published = published(module.sha256());
            if (published == null) {
                byte[] wasm = read(directory.resolve(module.name() + ".wasm"), module.sha256());
                if (wasm == null) {
                    continue;
                }
                published = publish(module.name(), module.format(), wasm);
            }
            for (Id id : module.ids()) {
                if (gateway.store().find(id) == null) {
                    alias(id, published);
                }
            }
            available++;
        }
        return available;
    }

    /** Publishes our own guests, which need no download. */
    public void guests() {
        for (String guest : GUESTS) {
            String resource = "/dev/flywheel/guests/64/" + guest + ".wasm";
            try (InputStream in = Publisher.class.getResourceAsStream(resource)) {
                program(
                        guest,
                        GUEST_FORMAT,
                        Objects.requireNonNull(in, resource + " is missing from the class path")
                                .readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(resource + " cannot be read", e);
            }
        }
    }

    /** Publishes a program unless it is there, and answers its id. */
    public Id program(String name, String format, byte[] wasm) {
        GatewayItem published = published(ModuleItems.sha256(wasm));
        return published != null ? published.id() : publish(name, format, wasm).id();
    }

    private GatewayItem publish(String name, String format, byte[] wasm) {
        DataItem item = ModuleItems.sign(name, format, wasm, key);
        progress.accept("published module " + name + " as " + item.id());
        return gateway.publish(item.bytes());
    }

    private @Nullable GatewayItem published(String sha256) {
        TransactionQuery query =
                new TransactionQuery(
                        null,
                        List.of(key.address()),
                        null,
                        null,
                        List.of(
                                new TagFilter("Type", List.of("Module"), false),
                                new TagFilter(ModuleItems.HASH_TAG, List.of(sha256), false)),
                        null,
                        null,
                        1,
                        null,
                        true);
        List<GatewayItem> found = gateway.store().query(query).items();
        return found.isEmpty() ? null : found.getFirst();
    }

    private byte @Nullable [] read(Path file, String sha256) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MODULE_BYTES_MAX) {
                return null;
            }
            byte[] wasm = Files.readAllBytes(file);
            if (!ModuleItems.sha256(wasm).equals(sha256)) {
                progress.accept(
                        "module file "
                                + file
                                + " is not the pinned one and is left out; 'make modules' fetches it again");
                return null;
            }
            return wasm;
        } catch (IOException e) {
            progress.accept(
                    "module file "
                            + file
                            + " cannot be read ("
                            + e.getMessage()
                            + ") and is left out");
            return null;
        }
    }

    /** The same program under another id: data and tags as published here, marked as an alias. */
    private void alias(Id id, GatewayItem module) {
        List<Tag> tags = new ArrayList<>();
        module.tags().forEach(tags::add);
        tags.add(new Tag(ALIAS_TAG, module.id().toString()));
        byte[] wasm = gateway.store().data(module);
        gateway.store()
                .put(entry(id, key.address(), tags, wasm.length), List.of(ByteBuffer.wrap(wasm)));
    }

    /** Says where the scheduler is, unless the newest word on it is the same. */
    public void schedulerLocation(URI url) {
        if (!url.toString().equals(location(key.address()))) {
            DataItem item =
                    new ItemBuilder()
                            .tag("Data-Protocol", "ao")
                            .tag("Variant", "ao.TN.1")
                            .tag("Type", "Scheduler-Location")
                            .tag("Url", url.toString())
                            .tag("Time-To-Live", Long.toString(LOCATION_TTL_MS))
                            .data(" ".getBytes(StandardCharsets.US_ASCII))
                            .sign(key);
            gateway.publish(item.bytes());
        }
        if (!url.toString().equals(location(TESTNET_SCHEDULER))) {
            List<Tag> tags =
                    List.of(
                            new Tag("Data-Protocol", "ao"),
                            new Tag("Variant", "ao.TN.1"),
                            new Tag("Type", "Scheduler-Location"),
                            new Tag("Url", url.toString()),
                            new Tag("Time-To-Live", Long.toString(LOCATION_TTL_MS)),
                            new Tag(ALIAS_TAG, key.address()));
            String unique =
                    "alias of the test network's scheduler " + url + " " + System.nanoTime();
            Id id = Id.of(sha256(unique));
            gateway.store()
                    .put(entry(id, TESTNET_SCHEDULER, tags, 0), List.of(ByteBuffer.allocate(0)));
        }
    }

    private @Nullable String location(String owner) {
        TransactionQuery query =
                new TransactionQuery(
                        null,
                        List.of(owner),
                        null,
                        null,
                        List.of(new TagFilter("Type", List.of("Scheduler-Location"), false)),
                        null,
                        null,
                        1,
                        null,
                        false);
        List<GatewayItem> newest = gateway.store().query(query).items();
        return newest.isEmpty() ? null : newest.getFirst().tags().first("Url");
    }

    private GatewayItem entry(Id id, String ownerAddress, List<Tag> tags, int dataBytes) {
        byte[] none = new byte[0];
        return new GatewayItem(
                0,
                id,
                GatewayItem.Kind.LOCAL_ALIAS,
                1,
                none,
                key.owner(),
                ownerAddress,
                null,
                none,
                Tags.of(tags),
                dataBytes,
                null,
                0,
                0,
                null,
                "0",
                "0",
                none);
    }

    private static byte[] sha256(String text) {
        return HexFormat.of().parseHex(ModuleItems.sha256(text.getBytes(StandardCharsets.UTF_8)));
    }
}
