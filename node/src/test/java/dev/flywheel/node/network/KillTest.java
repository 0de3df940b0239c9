package dev.flywheel.node.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.SchedulePage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of a whole node while messages stream in. */
class KillTest {
    /** Enough for the kill to meet every stage; each restart costs two to three seconds. */
    private static final int KILLS = 4;

    private static final int CLIENTS = 4;

    /** Acknowledged messages of a round before it ends: the streams are then in full flow. */
    private static final int MESSAGES_BEFORE_KILL = 25;

    private static final long PATIENCE_S = 120;

    @TempDir Path directory;

    @Test
    void shouldShowEveryAcknowledgedMessageExactlyOnceAfterKills() throws Exception {
        Path data = directory.resolve("node");
        Set<String> acknowledged = new HashSet<>();
        Id process = null;
        for (int kill = 0; kill < KILLS; kill++) {
            try (RunningNode node = RunningNode.start("node", data);
                    NetworkClient client = new NetworkClient(node)) {
                if (process == null) {
                    process =
                            client.spawn(
                                    client.module("counter", Modules.guest("counter"), Map.of()));
                    acknowledged.add(process.toString());
                }
                acknowledged.addAll(streamUntilKilled(node, client, process));
            }
        }
        Id survivor = Objects.requireNonNull(process);
        try (RunningNode node = RunningNode.start("node", data);
                NetworkClient client = new NetworkClient(node)) {
            assertLogHolds(client, survivor, acknowledged);
        }
    }

    /** What was acknowledged while several clients sent messages as fast as they could. */
    private static List<String> streamUntilKilled(
            RunningNode node, NetworkClient client, Id process) throws Exception {
        Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
        Semaphore enough = new Semaphore(0);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> streams = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                streams.add(
                        threads.submit(
                                () -> {
                                    while (true) {
                                        DataItem item =
                                                client.messageItem(process, "Inc", " ", Map.of());
                                        Answer answer;
                                        try {
                                            answer = client.post(node.mu(), item.bytes());
                                        } catch (IOException e) {
                                            return null; // the node is dead: the end that was
                                            // waited for
                                        }
                                        assertThat(answer.isSuccess()).as(answer.text()).isTrue();
                                        acknowledged.add(item.id().toString());
                                        enough.release();
                                    }
                                }));
            }
            boolean flowing = enough.tryAcquire(MESSAGES_BEFORE_KILL, PATIENCE_S, TimeUnit.SECONDS);
            node.child().kill();
            for (Future<?> stream : streams) {
                stream.get();
            }
            assertThat(flowing).as("messages were acknowledged before the kill").isTrue();
        }
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(MESSAGES_BEFORE_KILL);
        return List.copyOf(acknowledged);
    }

    private static void assertLogHolds(NetworkClient client, Id process, Set<String> acknowledged)
            throws Exception {
        SchedulePage page = client.schedule(process);
        List<String> scheduled = new ArrayList<>();
        for (int nonce = 0; nonce < page.edges().size(); nonce++) {
            assertThat(page.edges().get(nonce).node().nonce()).isEqualTo(nonce);
            scheduled.add(page.edges().get(nonce).node().messageId());
        }
        assertThat(scheduled).doesNotHaveDuplicates().containsAll(acknowledged);
        // The counter has counted each of them once.
        String last = scheduled.getLast();
        Answer answer = client.result(process, Id.parse(last));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(NetworkClient.json(answer).path("Output").path("data").asString())
                .isEqualTo(Integer.toString(scheduled.size() - 1));
    }
}
