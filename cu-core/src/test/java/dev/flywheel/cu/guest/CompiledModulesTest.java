package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.FORMAT_64;
import static dev.flywheel.cu.guest.GuestBench.MODULE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.cu.guest.compile.CompileLimits;
import dev.flywheel.cu.guest.compile.CompileRefusedException;
import dev.flywheel.cu.guest.compile.CompileRefusedException.Reason;
import dev.flywheel.cu.guest.compile.CompileRequest;
import dev.flywheel.cu.guest.compile.InProcessCompiler;
import dev.flywheel.cu.guest.compile.ModuleCompiler;
import dev.flywheel.wasmtime.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of compiles, with compilers that do as they are told. */
class CompiledModulesTest {
    private static final byte[] WASM = "module".getBytes(UTF_8);

    @TempDir Path directory;
    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private final Engine engine = new Engine(EngineIdentity.options(GuestLimits.WASM_STACK_BYTES));

    /** Refuses each module, and counts. */
    private static final class Refusing implements ModuleCompiler {
        private final Reason reason;
        private final String limits;
        private int asked;

        Refusing(Reason reason, String limits) {
            this.reason = reason;
            this.limits = limits;
        }

        @Override
        public CompletableFuture<byte[]> compile(CompileRequest request) {
            asked++;
            return CompletableFuture.failedFuture(
                    new CompileRefusedException(reason, "for reason " + asked));
        }

        @Override
        public String limits() {
            return limits;
        }

        @Override
        public void close() {}
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private CompiledModules modules(ModuleCompiler compiler, String identity) {
        return new CompiledModules(
                engine,
                identity,
                compiler,
                GuestEngineOptions.defaults(directory, GuestBench.KEY),
                () -> now);
    }

    private static CompileRequest request(byte[] wasm) {
        return new CompileRequest(MODULE, wasm, FORMAT_64);
    }

    private void assertRefused(ModuleCompiler compiler, String... texts) {
        assertThatThrownBy(() -> modules(compiler, "one").get(request(WASM)))
                .isInstanceOf(ModuleRefusedException.class)
                .hasMessageContaining("module " + MODULE + " cannot be run: ")
                .hasMessageContainingAll(texts);
    }

    @Test
    void shouldKeepForEverWhatIsTheModulesFault() {
        Refusing compiler = new Refusing(Reason.MODULE, "limits");
        assertRefused(compiler, "for reason 1");
        now = now.plusSeconds(10L * 365 * 86_400);
        assertRefused(compiler, "for reason 1");
        // Other passes or another engine: asked again.
        assertThatThrownBy(() -> modules(compiler, "two").get(request(WASM)))
                .hasMessageContaining("for reason 2");
    }

    @Test
    void shouldKeepForHoursWhatIsALimitOfThisHost() {
        for (Reason reason : List.of(Reason.LIMIT, Reason.CRASH)) {
            Refusing compiler = new Refusing(reason, "limits of " + reason);
            assertRefused(compiler, "for reason 1");
            now = now.plusMillis(CompileLimits.REFUSAL_MS - 1);
            assertRefused(compiler, "for reason 1", "it is not tried again before 2026-11-");
            now = now.plusMillis(1);
            assertRefused(compiler, "for reason 2");
            // Somebody raised the limits.
            assertRefused(new Refusing(reason, "others"), "for reason 1");
        }
    }

    @Test
    void shouldKeepNothingWhenThereWasNoCompiler() throws IOException {
        Refusing compiler = new Refusing(Reason.UNAVAILABLE, "limits");
        assertThatThrownBy(() -> modules(compiler, "one").get(request(WASM)))
                .isInstanceOfSatisfying(
                        ModuleRefusedException.class,
                        e -> assertThat(e.kind()).isEqualTo(ModuleRefusedException.Kind.NOT_NOW));
        assertRefused(compiler, "for reason 2");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void shouldCompileAgainWhenAKeptRefusalIsDamaged() throws IOException {
        Refusing compiler = new Refusing(Reason.MODULE, "limits");
        assertRefused(compiler, "for reason 1");
        Path file;
        try (Stream<Path> files = Files.list(directory)) {
            file = files.findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[0] ^= 1; // the time until it holds
        Files.write(file, bytes);
        assertRefused(compiler, "for reason 2");
    }

    @Test
    void shouldNeverTakeARefusalForAnArtefact() throws Exception {
        assertRefused(new Refusing(Reason.MODULE, "limits"), "for reason 1");
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replace(".refusal", ".artefact");
                Files.copy(file, file.resolveSibling(name));
            }
        }
        assertRefused(new Refusing(Reason.MODULE, "limits"), "for reason 1");
    }

    @Test
    void shouldAskOnceForAllWhoWait() throws Exception {
        byte[] echo = GuestBench.wasm("echo", 64);
        CompletableFuture<Integer> go = new CompletableFuture<>();
        List<CompileRequest> asked = new ArrayList<>();
        InProcessCompiler real = new InProcessCompiler(engine);
        ModuleCompiler slow =
                new ModuleCompiler() {
                    @Override
                    public CompletableFuture<byte[]> compile(CompileRequest request) {
                        asked.add(request);
                        return go.thenCompose(number -> real.compile(request));
                    }

                    @Override
                    public String limits() {
                        return "none";
                    }

                    @Override
                    public void close() {}
                };
        CompiledModules modules = modules(slow, "one");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<CompiledModule>> gets = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                gets.add(threads.submit(() -> modules.get(request(echo))));
            }
            go.complete(1);
            for (Future<CompiledModule> get : gets) {
                get.get().module().close();
            }
        }
        modules.get(request(echo)).module().close();
        assertThat(asked).hasSize(1);
    }
}
