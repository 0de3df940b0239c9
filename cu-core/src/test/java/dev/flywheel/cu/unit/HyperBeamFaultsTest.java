package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.Aos;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Id;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A HyperBEAM node that fails or lies, and one that wants more than fits at once. {@code
 * -Dprocesses.node=10000} has it want as many processes.
 */
class HyperBeamFaultsTest {
    private static final int PROCESSES = Integer.getInteger("processes.node", 40);
    private static final int AT_ONCE = 16;

    @TempDir Path directory;
    private final TestNetwork gateway = new TestNetwork();
    private final TestNode node = new TestNode();

    private UnitUnderTest unit;

    @BeforeEach
    void start() {
        unit =
                UnitUnderTest.behind(
                        node, gateway, directory, ComputeUnitOptions.Settings.defaults());
    }

    @AfterEach
    void close() {
        unit.close();
        node.close();
        gateway.close();
    }

    private NodeLog evaluated() throws Exception {
        NodeLog log = new NodeLog("p", node);
        assertThat(unit.post(log.path(0), log.body(0)).status()).isEqualTo(200);
        return log;
    }

    /** Any status of 400 or more makes the node ask again; what it says is for the operator. */
    private void refused(NodeLog log, int slot, int status, String... words) throws Exception {
        Answer answer = unit.post(log.path(slot), log.body(slot));
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(UnitUnderTest.error(answer)).contains(words);
    }

    @Test
    void shouldNotLoopWithANodeThatAnswersTheSameForEver() throws Exception {
        NodeLog log = evaluated();
        log.message("a");
        int last = log.message("b");
        node.loops = true;
        refused(log, last, 502, log.id.toString(), "goes on", "gives no entry");
        assertThat(node.asked).hasSizeLessThan(3);
        node.loops = false;
        assertThat(unit.post(log.path(last), log.body(last)).text()).contains("3:b");
    }

    @Test
    void shouldNotTakeEntriesOfAnotherProcess() throws Exception {
        NodeLog log = evaluated();
        NodeLog other = new NodeLog("other", node);
        other.message("x");
        log.message("a");
        int last = log.message("b");
        node.instead = other.id.toString();
        refused(log, last, 422, "of process " + other.id, "in the log of process " + log.id);
        node.instead = null;
        assertThat(unit.post(log.path(last), log.body(last)).text()).contains("3:b");
    }

    @Test
    void shouldAskForSmallerPagesWhereMessagesAreLarge() throws Exception {
        NodeLog log = evaluated();
        String large = "x".repeat(1_500_000);
        for (int i = 0; i < 30; i++) {
            log.message(large);
        }
        int last = log.message("end");
        assertThat(unit.post(log.path(last), log.body(last)).text()).contains((last + 1) + ":end");
        assertThat(node.asked.getFirst()).contains("from=1&to=1000");
        assertThat(node.asked).anyMatch(query -> query.contains("from=1&to=10&"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "7",
                "\"\"",
                "\"{\"",
                "{\"edges\":{}}",
                "{\"edges\":[{}]}",
                "{\"edges\":[{\"node\":{\"assignment\":{}}}]}",
                "<html>not found</html>"
            })
    void shouldSayThatAPageIsUnusable(String page) throws Exception {
        NodeLog log = evaluated();
        log.message("a");
        int last = log.message("b");
        node.page = page;
        refused(log, last, 502, "is unusable", "~scheduler@1.0/schedule");
        node.page = null;
        assertThat(unit.post(log.path(last), log.body(last)).text()).contains("3:b");
    }

    @Test
    void shouldRefuseAPageOfCountlessTokens() throws Exception {
        NodeLog log = evaluated();
        log.message("a");
        int last = log.message("b");
        node.page = "{\"edges\":[" + "0,".repeat(5_000_000) + "0]}";
        refused(log, last, 502, "is unusable", "oken");
    }

    @Test
    void shouldAnswerTheSameAfterANodeWasKilledMidSlot() throws Exception {
        NodeLog log = evaluated();
        int slot = log.message("wait");
        unit.guests.gate = new CountDownLatch(1);
        byte[] body = log.body(slot).getBytes(UTF_8);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", unit.unit.port()));
            socket.getOutputStream()
                    .write(
                            "POST %s HTTP/1.1\r\nHost: localhost:6363\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                                    .formatted(log.path(slot), body.length)
                                    .getBytes(UTF_8));
            socket.getOutputStream().write(body);
            unit.guests.waiting.await();
        }
        CompletableFuture<Answer> next = unit.postAsync(log.path(slot), log.body(slot));
        unit.guests.gate.countDown();
        assertThat(next.get().text()).contains("2:wait");
        assertThat(unit.post(log.path(slot), log.body(slot)).text()).isEqualTo(next.get().text());
        assertThat(unit.guests.evaluations).hasValue(2);
    }

    @Test
    void shouldHaveANodeWaitRatherThanRefuseItForWantOfMemory() throws Exception {
        unit.close();
        Id module = Id.sha256("aos".getBytes(UTF_8));
        gateway.put(
                new TestNetwork.Item(
                        module, "module-owner", TestNetwork.MODULE_TAGS, Aos.module("aos2_0_6")));
        unit =
                UnitUnderTest.onEngineBehind(
                        node,
                        gateway,
                        directory,
                        ComputeUnitOptions.Settings.defaults()
                                .withMemoryBudgetBytes(24L << 20)
                                .withWorkers(4));
        List<NodeLog> logs = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            NodeLog log = new NodeLog("many" + i, node, module);
            logs.add(log);
            for (int slot = 1; slot <= 2; slot++) {
                log.message("x = (x or 0) + 1; return x");
            }
            order.addAll(List.of(i, i, i));
        }
        // Any slot of any process at any time, so many at once that they do not fit.
        Random random = new Random(6);
        Collections.shuffle(order, random);
        Deque<CompletableFuture<Answer>> waiting = new ArrayDeque<>();
        for (int which : order) {
            NodeLog log = logs.get(which);
            int slot = random.nextInt(3);
            waiting.add(unit.postAsync(log.path(slot), log.body(slot)));
            if (waiting.size() == AT_ONCE) {
                answered(waiting.remove().get());
            }
        }
        for (CompletableFuture<Answer> each : waiting) {
            answered(each.get());
        }
        for (NodeLog log : logs) {
            assertThat(
                            UnitUnderTest.json(unit.post(log.path(2), log.body(2)))
                                    .at("/Output/data")
                                    .asString())
                    .isEqualTo("2");
        }
        assertThat(unit.unit.counters().memory().refused()).isZero();
    }

    private static void answered(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }
}
