package dev.flywheel.node.demo;

import dev.flywheel.node.publish.ModuleCatalogue;
import dev.flywheel.protocol.EthereumKey;
import dev.flywheel.protocol.Id;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The first conversation: spawn, an evaluation, a handler, a message to a second process and its
 * reply.
 */
public final class Demo {
    /** A reply passes the messenger twice; on a busy or distant network that takes seconds. */
    private static final long REPLY_MS = 60_000;

    /** Often enough that the time shown is the network's, not the pause's. */
    private static final long POLL_MS = 10;

    /** Name of our own guest that answers when there is no aos module. */
    public static final String TALKER = "talker";

    private final Network network;
    private final Consumer<String> out;
    private final @Nullable String authority;

    /**
     * @param out takes the lines of the conversation
     */
    public Demo(Network network, Consumer<String> out) {
        this(network, out, null);
    }

    /**
     * @param authority address of the messenger, when it is not that of the scheduler
     */
    public Demo(Network network, Consumer<String> out, @Nullable String authority) {
        this.network = network;
        this.out = out;
        this.authority = authority;
    }

    /**
     * Has the conversation.
     *
     * @throws DemoFailedException at the first step that gave no or a wrong answer
     */
    public void run() {
        EthereumKey wallet =
                EthereumKey.generate(new SecureRandom()); // made in no time, unlike an RSA key
        try (NetworkClient client = new NetworkClient(network, wallet)) {
            String aos = client.module(aosId(), Map.of("Type", "Module"));
            if (aos != null) {
                out.accept("A conversation with two fresh aos processes:");
                new Conversation(client, wallet, aos).aos();
                return;
            }
            String talker = client.module(null, Map.of("Type", "Module", "Name", TALKER));
            if (talker == null) {
                throw new DemoFailedException(
                        "gateway "
                                + network.gateway()
                                + " has neither the aos module nor our own guest: 'make modules' fetches aos",
                        null);
            }
            out.accept(
                    "There is no aos module here ('make modules' fetches it); a conversation with two of our own guests instead:");
            new Conversation(client, wallet, talker).talker();
        }
    }

    private static String aosId() {
        return ModuleCatalogue.modules().stream()
                .filter(module -> module.name().equals(ModuleCatalogue.AOS))
                .map(module -> module.ids().getFirst().toString())
                .findFirst()
                .orElseThrow();
    }

    private final class Conversation {
        private final NetworkClient client;
        private final EthereumKey wallet;
        private final String module;

        Conversation(NetworkClient client, EthereumKey wallet, String module) {
            this.client = client;
            this.wallet = wallet;
            this.module = module;
        }

        void aos() {
            Id alice = spawn("alice");
            step("alice evaluates 1+1", () -> expect("2", eval(alice, "1+1")));
            Id bob = spawn("bob");
            step(
                    "bob gets a handler for Ping",
                    () ->
                            eval(
                                    bob,
                                    "Handlers.add('ping', { Action = 'Ping' }, function (msg) Send({ Target = msg.From, Action = 'Pong',"
                                            + " Data = 'pong to ' .. msg.Data }) end)"));
            step(
                    "alice gets a handler for Pong",
                    () ->
                            eval(
                                    alice,
                                    "Handlers.add('pong', { Action = 'Pong' }, function (msg) Heard = msg.Data end)"));
            step(
                    "alice sends Ping to bob, and hears his Pong",
                    () -> {
                        eval(
                                alice,
                                "Send({ Target = '"
                                        + bob
                                        + "', Action = 'Ping', Data = 'alice' })");
                        return expect(
                                "pong to alice",
                                await(
                                        () ->
                                                text(
                                                        failed(
                                                                client.dryRun(
                                                                        alice,
                                                                        wallet.address(),
                                                                        "Eval",
                                                                        "return tostring(Heard)"))),
                                        heard -> !heard.equals("nil")));
                    });
        }

        void talker() {
            Id alice = spawn("alice");
            Id bob = spawn("bob");
            step("alice evaluates 1+1", () -> expect("2", eval(alice, "1+1")));
            step(
                    "alice sends Ping to bob, and hears his Pong",
                    () -> {
                        Id sent =
                                client.message(
                                        alice,
                                        "Send",
                                        "hello",
                                        Map.of("Recipient", bob.toString()));
                        failed(client.result(alice, sent));
                        return await(
                                () ->
                                        text(
                                                failed(
                                                        client.dryRun(
                                                                alice,
                                                                wallet.address(),
                                                                "Info",
                                                                " "))),
                                counters -> counters.contains("pongs 1"));
                    });
        }

        private Id spawn(String name) {
            String[] spawned = new String[1];
            step(
                    name + " is spawned",
                    () -> {
                        String scheduler = client.schedulerAddress();
                        Id id =
                                client.spawn(
                                        module,
                                        scheduler,
                                        authority == null ? scheduler : authority,
                                        name);
                        failed(client.result(id, id));
                        spawned[0] = id.toString();
                        return id.toString();
                    });
            return Id.parse(spawned[0]);
        }

        private String eval(Id process, String code) {
            Id message = client.message(process, "Eval", code, Map.of());
            return text(failed(client.result(process, message)));
        }
    }

    private void step(String what, Supplier<String> action) {
        long startedNs = System.nanoTime();
        String answer;
        try {
            answer = action.get();
        } catch (DemoFailedException e) {
            throw new DemoFailedException("demo failed where " + what + ": " + e.getMessage(), e);
        }
        double ms = (System.nanoTime() - startedNs) / 1e6;
        out.accept(
                "  %8.1f ms  %s%s"
                        .formatted(
                                ms,
                                what,
                                answer.isEmpty() ? "" : " -> " + NetworkClient.brief(answer)));
    }

    private static JsonNode failed(JsonNode result) {
        for (String key : List.of("Error", "error")) {
            if (result.has(key) && !result.path(key).isNull()) {
                throw new DemoFailedException(
                        "the answer is an error: "
                                + NetworkClient.brief(result.path(key).toString()),
                        null);
            }
        }
        return result;
    }

    private static String text(JsonNode result) {
        JsonNode data = result.path("Output").path("data");
        return data.isString() ? data.asString() : data.path("output").asString("");
    }

    private static String expect(String wanted, String got) {
        if (!got.equals(wanted)) {
            throw new DemoFailedException(
                    "expected \"" + wanted + "\", got \"" + NetworkClient.brief(got) + "\"", null);
        }
        return got;
    }

    /** Asks until the answer is the one waited for. */
    private static String await(Supplier<String> ask, Predicate<String> isIt) {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(REPLY_MS);
        while (System.nanoTime() - endNs < 0) {
            String answer = ask.get();
            if (isIt.test(answer)) {
                return answer;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DemoFailedException("interrupted", e);
            }
        }
        throw new DemoFailedException("no reply within " + REPLY_MS / 1_000 + " s", null);
    }
}
