package dev.flywheel.cu.guest.compile;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.flywheel.cu.guest.compile.CompileRefusedException.Reason;
import dev.flywheel.protocol.Id;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The service with processes that break every rule. */
class CompileServiceTest {
    private static final long PATIENCE_S = 60;
    private static final String FORMAT = "wasm64-unknown-emscripten-draft_2024_02_15";

    private static final CompileSettings SETTINGS =
            new CompileSettings(60_000, 60_000, 1L << 30, 1);

    @TempDir Path directory;

    private CompileService service(String how) {
        ChildCommand command =
                ChildCommand.java(FakeChild.class, directory.resolve("crash.log"), how);
        return new CompileService(SETTINGS, command, FakeChild.IDENTITY);
    }

    private static CompileRequest request(String wasm) {
        byte[] bytes = wasm.getBytes(US_ASCII);
        return new CompileRequest(Id.sha256(bytes), bytes, FORMAT);
    }

    private static CompileRefusedException refusal(CompletableFuture<byte[]> outcome)
            throws Exception {
        try {
            byte[] artefact = outcome.get(PATIENCE_S, TimeUnit.SECONDS);
            throw new AssertionError("compiled to bytes=" + artefact.length);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CompileRefusedException refusal) {
                return refusal;
            }
            throw e;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "garbage,UNAVAILABLE,no frame: kind=72",
        "stranger,UNAVAILABLE,its engine is another one",
        "huge,CRASH,bytes=2147483647 max=67108864",
        "negative,CRASH,bytes=-1",
        "cut,CRASH,status=0",
        "out of turn,CRASH,unexpected kind=HELLO",
        "large,LIMIT,its native code is too large",
        "exit,CRASH,status=42",
    })
    void shouldRefuseTheModuleAndSayWhatTheProcessDid(String how, Reason reason, String text)
            throws Exception {
        try (CompileService service = service(how)) {
            CompileRefusedException refusal = refusal(service.compile(request("a")));
            assertThat(refusal.reason()).isEqualTo(reason);
            assertThat(refusal).hasMessageContaining(text);
            // And the next one gets another process, not what is left of this one.
            refusal(service.compile(request("b")));
            assertThat(service.counters().children()).isEqualTo(2);
            assertThat(service.compiling()).isEmpty();
        }
    }

    @Test
    void shouldQuoteTheLastWordsOfAProcessWithoutItsControlCharacters() throws Exception {
        try (CompileService service = service("exit")) {
            assertThat(refusal(service.compile(request("a"))))
                    .hasMessageContaining("line 99998?[2J / line 99999?[2J");
        }
    }

    @Test
    void shouldNotTakeOneModulesAnswerForAnothers() throws Exception {
        try (CompileService service = service("twice")) {
            assertThat(service.compile(request("a")).get()).isEqualTo("a".getBytes(US_ASCII));
            assertThat(refusal(service.compile(request("b"))))
                    .hasMessageContaining("its answer is to another request");
        }
    }

    @Test
    void shouldKeepOneProcessForManyModules() throws Exception {
        try (CompileService service = service("echo")) {
            for (String wasm : List.of("a", "b", "")) {
                assertThat(service.compile(request(wasm)).get()).isEqualTo(wasm.getBytes(US_ASCII));
            }
            assertThat(service.counters().children()).isEqualTo(1);
            assertThat(service.counters().compiled()).isEqualTo(3);
            assertThat(service.counters().childBytes()).isPositive();
        }
    }

    @Test
    void shouldEndAProcessThatWasIdleForLongAndStartAnother() throws Exception {
        AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5); // it may pass its own end
        ChildCommand command =
                ChildCommand.java(FakeChild.class, directory.resolve("crash.log"), "echo");
        Set<ProcessHandle> others = ProcessHandle.current().children().collect(toSet());
        try (CompileService service =
                new CompileService(SETTINGS, command, FakeChild.IDENTITY, nanoTime::get)) {
            service.compile(request("a")).get(PATIENCE_S, TimeUnit.SECONDS);
            ProcessHandle child = onlyChild(others);

            nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(CompileLimits.IDLE_MS) - 1);
            service.look();
            assertThat(service.counters().childrenNow()).isEqualTo(1);
            service.compile(request("b")).get(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(service.counters().children()).as("it was kept, and used").isEqualTo(1);

            nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(CompileLimits.IDLE_MS) - 1);
            service.look();
            assertThat(child.isAlive()).as("idle since its last use only").isTrue();
            nanoTime.addAndGet(1);
            service.look();
            assertThat(service.counters().childrenNow()).isZero();
            child.onExit().get(PATIENCE_S, TimeUnit.SECONDS);

            service.compile(request("c")).get(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(onlyChild(others)).isNotEqualTo(child);
            assertThat(service.counters().children()).isEqualTo(2);
        }
    }

    private static ProcessHandle onlyChild(Set<ProcessHandle> others) {
        return ProcessHandle.current()
                .children()
                .filter(each -> !others.contains(each) && each.isAlive())
                .reduce((one, two) -> fail("two of them: " + one + " " + two))
                .orElseThrow();
    }

    @Test
    void shouldRefuseMoreThanItsQueueAndAllThatWaitWhenItCloses() throws Exception {
        List<CompletableFuture<byte[]>> waiting = new ArrayList<>();
        CompileService service = service("silent");
        for (int i = 0; i < CompileLimits.QUEUE_MAX; i++) {
            waiting.add(service.compile(request("a" + i)));
        }
        CompileRefusedException refusal = refusal(service.compile(request("one more")));
        assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal)
                .hasMessageContaining("too many modules wait")
                .hasMessageContaining("64");
        assertThat(service.compiling()).hasSize(CompileLimits.QUEUE_MAX);
        service.close();
        service.close();
        waiting.add(service.compile(request("late")));
        for (CompletableFuture<byte[]> each : waiting) {
            assertThat(refusal(each).reason()).isEqualTo(Reason.UNAVAILABLE);
        }
        assertThat(service.compiling()).isEmpty();
    }

    @Test
    void shouldRefuseBytesBeyondItsQueueButAnySingleModule() throws Exception {
        try (CompileService service = service("silent")) {
            byte[] large = new byte[(int) (CompileLimits.QUEUE_BYTES_MAX / 2) + 1];
            service.compile(new CompileRequest(Id.sha256(large), large, FORMAT));
            assertThat(
                            refusal(
                                    service.compile(
                                            new CompileRequest(Id.sha256(large), large, FORMAT))))
                    .hasMessageContaining("too many modules wait");
        }
    }

    @Test
    void shouldSayWhenNoProcessCanBeStarted() throws Exception {
        ChildCommand nothing =
                new ChildCommand(
                        List.of(directory.resolve("no-such-program").toString()), Map.of());
        try (CompileService service =
                new CompileService(CompileSettings.defaults(), nothing, FakeChild.IDENTITY)) {
            CompileRefusedException refusal = refusal(service.compile(request("a")));
            assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(refusal).hasMessageContaining("no-such-program");
        }
    }
}
