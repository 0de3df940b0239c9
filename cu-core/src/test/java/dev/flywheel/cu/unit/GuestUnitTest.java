package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole unit with real guests on the engine. */
class GuestUnitTest {
    private static final int WALL_CLOCK_MS = 400;

    @TempDir Path directory;
    @TempDir Path otherDirectory;
    private final TestNetwork network = new TestNetwork();
    private UnitUnderTest unit;

    @BeforeEach
    void start() {
        unit = UnitUnderTest.onEngine(network, directory, settings());
    }

    @AfterEach
    void stop() {
        unit.close();
        network.close();
    }

    private static ComputeUnitOptions.Settings settings() {
        var defaults = ComputeUnitOptions.Settings.defaults();
        return new ComputeUnitOptions.Settings(
                defaults.computeLimitMax(),
                defaults.memoryBytesMax(),
                WALL_CLOCK_MS,
                defaults.workers(),
                defaults.memory(),
                defaults.readerWaitMs(),
                0,
                0,
                defaults.checkpoints());
    }

    private TestLog spawn(String name, String guest, int width) {
        String resource = "/dev/flywheel/guests/" + width + "/" + guest + ".wasm";
        Id module = Id.sha256(resource.getBytes(UTF_8));
        try (InputStream in = GuestUnitTest.class.getResourceAsStream(resource)) {
            String format =
                    width == 64
                            ? "wasm64-unknown-emscripten-draft_2024_02_15"
                            : "wasm32-unknown-emscripten4";
            network.put(
                    new TestNetwork.Item(
                            module,
                            "module-owner",
                            TestNetwork.MODULE_TAGS
                                    .without("Module-Format")
                                    .with("Module-Format", format),
                            Objects.requireNonNull(in, resource).readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return TestLog.spawn(network, name, new Tag("Module", module.toString()));
    }

    private static Tag action(String name) {
        return new Tag("Action", name);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldEvaluateOnTheEngine(int width) throws Exception {
        TestLog echo = spawn("echo", "echo", width);
        assertThat(unit.output(echo, echo.message("hé😀"))).isEqualTo("hé😀");
        TestLog counter = spawn("counter", "counter", width);
        Tag by = new Tag("By", "5");
        counter.message("", action("Inc"), by);
        assertThat(unit.output(counter, counter.message("", action("Inc"), by))).isEqualTo("10");
    }

    @Test
    void shouldKeepNothingOfAFailedEvaluationWhateverItDid() throws Exception {
        TestLog log = spawn("bad", "misbehaver", 64);
        for (String wrong :
                List.of("Trap", "Recurse", "OutOfBounds", "Exit", "Abort", "NotJson", "Empty")) {
            Answer answer = unit.result(log, log.message("", action(wrong)));
            assertThat(answer.status()).as(wrong + answer.text()).isEqualTo(200);
            assertThat(answer.text()).as(wrong).contains("\"Error\":{").contains("\"Output\":\"\"");
        }
        Answer refused = unit.result(log, log.message("", action("Refuse")));
        assertThat(refused.text()).contains("\"Error\":\"refused as asked\"");
        String kept = unit.output(log, log.message("", action("Count")));
        assertThat(kept).matches("\\d+");
        assertThat(unit.output(log, log.message("", action("Count")))).isEqualTo(kept);
    }

    @Test
    void shouldEndAnEndlessLoopWithoutKeepingAResultAndServeOthersMeanwhile() throws Exception {
        TestLog bad = spawn("bad", "misbehaver", 64);
        TestLog echo = spawn("echo", "echo", 64);
        unit.result(bad, bad.id.toString());
        unit.result(echo, echo.id.toString());
        List<CompletableFuture<Answer>> loops = new ArrayList<>();
        String loop = bad.message("", action("Loop"));
        loops.add(unit.resultAsync(bad, loop));
        for (int i = 0; i < 5; i++) {
            assertThat(unit.output(echo, echo.message("m" + i))).isEqualTo("m" + i);
        }
        Answer answer = loops.getFirst().get();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(UnitUnderTest.error(answer)).contains("hit a limit of this compute unit");
        assertThat(unit.get("/results/" + bad.id).text()).doesNotContain(loop);
    }

    @Test
    void shouldGiveTheSameStateOnASecondUnit() throws Exception {
        TestLog log = spawn("talker", "talker", 64);
        List<String> messages = new ArrayList<>();
        for (String name : List.of("Eval", "Ping", "Send", "Fail", "Spawn", "Info", "Eval")) {
            messages.add(log.message("1+1", action(name), new Tag("Recipient", log.id.toString())));
        }
        String last = messages.getLast();
        assertThat(unit.output(log, messages.getFirst())).isEqualTo("2");
        unit.result(log, last);
        try (UnitUnderTest second = UnitUnderTest.onEngine(network, otherDirectory, settings())) {
            second.result(log, last);
            for (String message : messages) {
                assertThat(second.result(log, message).text())
                        .isEqualTo(unit.result(log, message).text());
            }
            assertThat(second.get("/state/" + log.id).body())
                    .isEqualTo(unit.get("/state/" + log.id).body());
        }
    }

    @Test
    void shouldReplayAfterARestartFromTheCompiledModule() throws Exception {
        TestLog log = spawn("counter", "counter", 64);
        for (int i = 0; i < 3; i++) {
            unit.result(log, log.message("", action("Inc"), new Tag("By", "1")));
        }
        unit.close();
        unit = UnitUnderTest.onEngine(network, directory, settings());
        assertThat(unit.output(log, log.message("", action("Inc"), new Tag("By", "1"))))
                .isEqualTo("4");
        assertThat(unit.unit.counters().replayDifferences()).isZero();
    }

    @Test
    void shouldDryRunOnTheEngine() throws Exception {
        TestLog log = spawn("counter", "counter", 64);
        unit.result(log, log.message("", action("Inc"), new Tag("By", "7")));
        String body =
                "{\"Owner\":\"o\",\"Tags\":[{\"name\":\"Action\",\"value\":\"Inc\"},{\"name\":\"By\",\"value\":\"1\"}]}";
        for (int i = 0; i < 2; i++) {
            Answer answer = unit.send("POST", "/dry-run?process-id=" + log.id, Map.of(), body);
            assertThat(UnitUnderTest.json(answer).at("/Output/data").asString()).isEqualTo("8");
        }
    }

    @Test
    void shouldRefuseModulesThatNoHostCanRun() throws Exception {
        for (String guest : List.of("nohandle", "unknownimport", "badstart")) {
            TestLog log = spawn(guest, guest, 64);
            Answer answer = unit.result(log, log.message("a"));
            assertThat(answer.status()).as(guest).isEqualTo(422);
            assertThat(UnitUnderTest.error(answer)).as(guest).isNotEmpty();
        }
        TestLog echo = spawn("echo", "echo", 64);
        assertThat(unit.output(echo, echo.message("fine"))).isEqualTo("fine");
    }
}
