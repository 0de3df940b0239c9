package dev.flywheel.node.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import dev.flywheel.wasmtime.Engine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Modules and processes that do every wrong thing, in a running network beside one that behaves.
 */
class HostileGuestsTest {
    @TempDir static Path directory;

    private static RunningNode node;
    private static NetworkClient client;
    private static Id good;
    private static Id misbehaver;

    @BeforeAll
    static void start() throws Exception {
        node =
                RunningNode.start(
                        "node",
                        directory.resolve("node"),
                        "--evaluation-ms",
                        "3000",
                        "--compile-ms",
                        "2000");
        client = new NetworkClient(node);
        good = client.spawn(client.module("counter", Modules.guest("counter"), Map.of()));
        misbehaver =
                client.spawn(
                        client.module(
                                "misbehaver",
                                Modules.guest("misbehaver"),
                                Map.of("Memory-Limit", "64-mb")));
    }

    @AfterAll
    static void stop() {
        client.close();
        node.close();
    }

    private static void assertNeighbourAnswers() throws Exception {
        assertThat(client.ask(good, "Inc", " ", Map.of()).path("Output").path("data").asString())
                .matches("\\d+");
    }

    @Test
    void shouldRefuseWhatIsNoModuleAndSayWhy() throws Exception {
        assertRefused(
                "rubbish", "this is no wasm".getBytes(StandardCharsets.US_ASCII), "WebAssembly");
        assertRefused("nohandle", Modules.guest("nohandle"), "handle");
        assertRefused("unknownimport", Modules.guest("unknownimport"), "import");
        assertRefused("badstart", Modules.guest("badstart"), "start");
        assertNeighbourAnswers();
    }

    private static void assertRefused(String name, byte[] wasm, String reason) throws Exception {
        Id module = client.module(name, wasm, Map.of());
        Id process = client.spawn(module);
        Answer answer = client.result(process, process);
        assertThat(answer.status()).as(answer.text()).isGreaterThanOrEqualTo(400);
        assertThat(NetworkClient.json(answer).path("error").asString())
                .contains(reason)
                .contains(module.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Trap",
                "Recurse",
                "RecurseInMemory",
                "DivideByZero",
                "OutOfBounds",
                "CallNull",
                "CallOutside",
                "Exit",
                "Abort",
                "Throw",
                "NotJson",
                "Truncated",
                "Empty",
                "Refuse",
                "NullPointer",
                "OutsidePointer",
                "Huge",
                "Deep",
                "Error"
            })
    void shouldAnswerAnErrorAndKeepTheStateBefore(String action) throws Exception {
        String before = count();
        JsonNode result = client.ask(misbehaver, action, " ", Map.of());
        assertThat(result.has("Error"))
                .as(result.toString().substring(0, Math.min(300, result.toString().length())))
                .isTrue();
        assertThat(count()).isEqualTo(before);
        assertNeighbourAnswers();
    }

    private static String count() throws Exception {
        return client.ask(misbehaver, "Count", " ", Map.of())
                .path("Output")
                .path("data")
                .asString();
    }

    /**
     * An endless evaluation has no result: the process stands still at it, and nobody else does.
     */
    @Test
    void shouldEndALoopWithoutHoldingUpOthers() throws Exception {
        Id looping =
                client.spawn(client.module("misbehaver", Modules.guest("misbehaver"), Map.of()));
        Id message = client.message(looping, "Loop", " ", Map.of());
        Answer answer = client.result(looping, message);
        assertThat(answer.status()).as(answer.text()).isGreaterThanOrEqualTo(500);
        assertThat(NetworkClient.json(answer).path("error").asString())
                .contains(looping.toString())
                .contains("3000");
        assertNeighbourAnswers();
    }

    /**
     * Nested loops around a use of every local: 40 KB that take the compiler half a minute, and
     * would take it hours with more of them.
     */
    private static byte[] bomb() {
        int loops = 100;
        int locals = 4_000;
        StringBuilder wat = new StringBuilder("(module (func (local");
        wat.append(" i32".repeat(locals)).append(") ").append("loop ".repeat(loops));
        for (int i = 0; i < locals; i++) {
            wat.append("(local.set %d (i32.add (local.get %d) (i32.const 1)))\n".formatted(i, i));
        }
        wat.append("(br_if 0 (local.get 0)) end ".repeat(loops));
        return Engine.wat2wasm(wat.append("))").toString());
    }

    /** What the unit tells of a module that it compiles: nothing when it does not. */
    private static JsonNode compiling(Id module) throws Exception {
        JsonNode all = NetworkClient.json(client.get(node.cu() + "/status")).path("compiling");
        for (JsonNode each : all) {
            if (each.path("module").asString().equals(module.toString())) {
                return each;
            }
        }
        return Json.MAPPER.missingNode();
    }

    @Test
    void shouldKillACompileThatTakesLongWithoutHoldingUpOthers() throws Exception {
        Id module = client.module("bomb", bomb(), Map.of());
        Id first = client.spawn(module);
        Id second = client.spawn(module);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer> waiting = threads.submit(() -> client.result(first, first));
            JsonNode compiling;
            do {
                assertThat(waiting.isDone()).as("ended before it was seen").isFalse();
                assertNeighbourAnswers();
                compiling = compiling(module);
            } while (!compiling.path("stage").asString("").equals("compiling"));
            assertThat(compiling.path("bytes").asInt()).isEqualTo(bomb().length);
            assertThat(compiling.path("limitMilliseconds").asInt()).isEqualTo(8_000);
            assertNeighbourAnswers();
            assertThat(waiting.isDone()).as("neighbours were answered meanwhile").isFalse();
            for (Answer answer : List.of(waiting.get(), client.result(second, second))) {
                assertThat(answer.status()).as(answer.text()).isEqualTo(422);
                assertThat(NetworkClient.json(answer).path("error").asString())
                        .contains(
                                "module " + module, "max=2000, setting compile.ms", "functions=1");
            }
        }
        assertNeighbourAnswers();
        String metrics = client.get(node.ops() + "/metrics").text();
        assertThat(metrics).contains("\nflywheel_cu_compile_limits_total 1\n");
        assertThat(metrics).contains("\nflywheel_cu_modules_compiling 0\n");
    }

    @Test
    void shouldRefuseItemsThatAreNone() throws Exception {
        byte[] item = client.messageItem(good, "Inc", " ", Map.of()).bytes();
        byte[] forged = item.clone();
        forged[forged.length - 1] ^= 1;
        byte[] truncated = java.util.Arrays.copyOf(item, item.length / 2);
        for (byte[] bad : List.of(new byte[0], new byte[] {1, 2, 3}, forged, truncated)) {
            Answer answer = client.post(node.mu(), bad);
            assertThat(answer.status()).as(answer.text()).isBetween(400, 599);
            Answer scheduled = client.post(node.su(), bad);
            assertThat(scheduled.status()).as(scheduled.text()).isBetween(400, 599);
        }
        Answer large = client.post(node.mu(), new byte[11 << 20]);
        assertThat(large.status()).isEqualTo(413);
        Answer unknown =
                client.post(
                        node.mu(),
                        client.messageItem(Id.of(new byte[32]), "Inc", " ", Map.of()).bytes());
        assertThat(unknown.status()).as(unknown.text()).isBetween(400, 599);
        assertNeighbourAnswers();
    }
}
