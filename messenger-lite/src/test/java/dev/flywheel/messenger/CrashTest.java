package dev.flywheel.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Call;
import dev.flywheel.protocol.DataItem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A messenger that is killed at any moment loses nothing and doubles nothing. */
class CrashTest extends NetworkTest {
    private static final int KILLS = 3;
    private static final int MESSAGES_PER_LIFE = 3;
    private static final int FAN = 5;

    private final String alice = process();
    private final String bob = process();
    private final String carol = process();
    private @Nullable Process child;

    @BeforeEach
    void writeKey() throws IOException {
        Files.writeString(directory.resolve("key.json"), TestItems.MESSENGER.toJwk());
    }

    @AfterEach
    void endChild() throws Exception {
        kill();
    }

    private int startChild() throws Exception {
        Path port = directory.resolve("port");
        Files.deleteIfExists(port);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-Xmx256m");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(MessengerChild.class.getName());
        command.add(directory.toString());
        command.add(su.uri().toString());
        command.add(cu.uri().toString());
        command.add(gateway.uri().toString());
        Process started =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        directory.resolve("child.log").toFile()))
                        .start();
        child = started;
        waiting.until(
                "the child to start, see " + directory.resolve("child.log"),
                () -> Files.exists(port) || !started.isAlive());
        assertThat(started.isAlive()).as(childLog()).isTrue();
        return Integer.parseInt(Files.readString(port));
    }

    private String childLog() {
        try {
            return Files.readString(directory.resolve("child.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void kill() throws InterruptedException {
        if (child != null) {
            child.destroyForcibly();
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            child = null;
        }
    }

    /**
     * Alice sends five messages to Bob and Carol and spawns a process; those who get one answer
     * once; so does the new process when it boots. Results are a function of the message, as those
     * of a real unit.
     */
    private String behaviour(String id, String process) {
        DataItem item = su.find(id);
        String data = item == null ? "none" : item.dataText();
        if (data.startsWith("message ") && process.equals(alice)) {
            Results results = new Results();
            for (int i = 0; i < FAN; i++) {
                results.message(i % 2 == 0 ? bob : carol, "push/" + data + "/" + i);
            }
            return results.spawn(alice, "spawn/" + data).json();
        }
        if (data.startsWith("push/")) {
            return new Results().message(alice, "reply/" + data).json();
        }
        if (data.startsWith("spawn/")) {
            return new Results().message(bob, "boot/" + data).json();
        }
        return Results.EMPTY;
    }

    private List<String> expected(List<DataItem> sent) {
        List<String> expected = new ArrayList<>();
        for (DataItem item : sent) {
            String data = item.dataText();
            for (int i = 0; i < FAN; i++) {
                expected.add("push/" + data + "/" + i);
                expected.add("reply/push/" + data + "/" + i);
            }
            expected.add("spawn/" + data);
            expected.add("boot/spawn/" + data);
        }
        return expected;
    }

    private Map<String, Integer> countByData() {
        Map<String, Integer> counts = new HashMap<>();
        su.scheduled().forEach(item -> counts.merge(item.dataText(), 1, Integer::sum));
        return counts;
    }

    private List<DataItem> clientItemsScheduled() {
        return su.scheduled().stream()
                .filter(item -> item.dataText().startsWith("message "))
                .toList();
    }

    @Test
    void shouldDeliverEachMessageOnceThoughItIsKilledAgainAndAgain() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        cu.behaviour = this::behaviour;
        List<String> acknowledged = new ArrayList<>();
        for (int life = 0; life < KILLS; life++) {
            int port = startChild();
            List<CompletionStage<?>> posts = new ArrayList<>();
            for (int i = 0; i < MESSAGES_PER_LIFE; i++) {
                DataItem item = TestItems.message(alice);
                String id = item.id().toString();
                posts.add(
                        calls.sendAsync(
                                        Call.post(
                                                "http://127.0.0.1:" + port + "/",
                                                OCTETS,
                                                item.bytes()))
                                .handle(
                                        (answer, failure) -> {
                                            if (answer != null && answer.status() == 202) {
                                                synchronized (acknowledged) {
                                                    acknowledged.add(id);
                                                }
                                            }
                                            return null;
                                        }));
            }
            int moment = su.posts.size() + 1 + random.nextInt(MESSAGES_PER_LIFE * FAN * 2);
            waiting.until(
                    "the moment to kill it seed=" + seed,
                    () -> su.posts.size() >= moment || isCaughtUp());
            kill();
            for (CompletionStage<?> post : posts) {
                post.toCompletableFuture().get(60, TimeUnit.SECONDS);
            }
        }
        startChild();
        waiting.until("all to be delivered seed=" + seed, () -> isCaughtUp());
        Map<String, Integer> counts = countByData();
        List<DataItem> sent = clientItemsScheduled();
        assertThat(sent.stream().map(item -> item.id().toString()).toList())
                .as("acknowledged items seed=" + seed)
                .containsAll(acknowledged);
        assertThat(acknowledged).as("seed=" + seed).isNotEmpty();
        for (String data : expected(sent)) {
            assertThat(counts.get(data)).as(data + " seed=" + seed).isEqualTo(1);
        }
        // One notice of each spawn besides, and nothing else.
        assertThat(su.scheduled())
                .as("seed=" + seed)
                .hasSize(sent.size() + expected(sent).size() + sent.size());
    }

    /**
     * Whether all that the scheduled client items ask for is there; cheap, for it is asked often.
     */
    private boolean isCaughtUp() {
        List<DataItem> scheduled = su.scheduled();
        long sent =
                scheduled.stream()
                        .filter(item -> item.signatureType() == TestItems.CLIENT.type())
                        .count();
        return sent > 0 && scheduled.size() >= sent * (2 * FAN + 4);
    }
}
