package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.FORMAT_64;
import static dev.flywheel.cu.guest.GuestBench.KEY;
import static dev.flywheel.cu.guest.GuestBench.MODULE;
import static dev.flywheel.cu.guest.GuestBench.PROCESS;
import static dev.flywheel.cu.guest.GuestBench.message;
import static dev.flywheel.cu.guest.GuestBench.wasm;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.cu.guest.ModuleRefusedException.Kind;
import dev.flywheel.cu.guest.compile.Bombs;
import dev.flywheel.cu.guest.compile.CompileProgress;
import dev.flywheel.cu.guest.compile.CompileProgress.Stage;
import dev.flywheel.cu.guest.compile.CompileSettings;
import dev.flywheel.protocol.Id;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules compiled in real processes, which are killed in every way. */
class CompileProcessTest {
    /** A process starts in half a second, and this machine may do ten other things. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);

    private static final long PLENTY_MS = 600_000;
    private static final long PLENTY_BYTES = 2L << 30;

    /** 37 KB that compile for more than 20 s. */
    private static final byte[] LONG = Bombs.nestedLoops(100, 4_096);

    /** 40 KB that take 3 GB within 20 s. */
    private static final byte[] LARGE = Bombs.nestedLoops(500, 4_096);

    /** With what aos reads of it. */
    private static final byte[] AOS_ENVIRONMENT =
            "{\"Process\":{\"Id\":\"p\",\"Owner\":\"o\",\"Tags\":[]},\"Module\":{\"Id\":\"m\",\"Owner\":\"o\",\"Tags\":[]}}"
                    .getBytes(UTF_8);

    private static final byte[] AOS_MESSAGE =
            """
            {"Id":"i","Owner":"o","From":"o","Target":"p","Tags":[{"name":"Action","value":"Eval"}],"Data":"1+1",\
            "Module":"m","Timestamp":1000,"Block-Height":101}"""
                    .getBytes(UTF_8);

    @TempDir Path directory;

    private GuestEngineOptions options(long cpuMs, long residentBytesMax) {
        return GuestEngineOptions.defaults(directory, KEY)
                .withCompileProcess(new CompileSettings(cpuMs, PLENTY_MS, residentBytesMax, 1));
    }

    private static void until(BooleanSupplier condition) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - startNs)
                    .as("nanoseconds waited for something that did not happen")
                    .isLessThan(PATIENCE_NS);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static List<ProcessHandle> children(ProcessHandle parent) {
        return parent.children()
                .filter(
                        child ->
                                child.info()
                                        .commandLine()
                                        .orElse("")
                                        .contains(CompilerMain.class.getName()))
                .toList();
    }

    private static ProcessHandle child() {
        List<ProcessHandle> children = children(ProcessHandle.current());
        assertThat(children).hasSize(1);
        return children.getFirst();
    }

    private static boolean isCompiling(GuestEngine engine) {
        return engine.compiling().stream().anyMatch(each -> each.stage() == Stage.COMPILING);
    }

    private static Evaluation evaluated(GuestBench bench, GuestModule module, byte[] message)
            throws Exception {
        return bench.call(
                () -> {
                    try (GuestProcess process =
                            module.newProcess(GuestProcessOptions.of(PROCESS))) {
                        return process.evaluate(
                                message, AOS_ENVIRONMENT, EvaluationLimits.DEFAULTS);
                    }
                });
    }

    @Test
    void shouldCompileModulesThatRunThoughItsProcessIsKilledMeanwhile() throws Exception {
        try (GuestBench bench = new GuestBench(options(PLENTY_MS, PLENTY_BYTES));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try (GuestModule echo = bench.module("echo", 64)) {
                assertThat(evaluated(bench, echo, message("Say", "x")).kind())
                        .isEqualTo(Evaluation.Kind.OK);
            }
            byte[] aos = Aos.module("aos2_0_6");
            Future<GuestModule> loading =
                    threads.submit(() -> bench.engine.load(MODULE, aos, FORMAT_64));
            until(() -> isCompiling(bench.engine));
            CompileProgress progress = bench.engine.compiling().getFirst();
            assertThat(progress.bytes()).isEqualTo(aos.length);
            assertThat(progress.functions()).isGreaterThan(600);
            assertThat(progress.sentence()).contains(MODULE.toString(), "is being compiled");
            child().destroyForcibly();
            try (GuestModule module = loading.get()) {
                Evaluation evaluation = evaluated(bench, module, AOS_MESSAGE);
                assertThat(evaluation.kind())
                        .as(evaluation.toString())
                        .isEqualTo(Evaluation.Kind.OK);
            }
            assertThat(bench.engine.compileCounters().children()).isEqualTo(2);
            assertThat(bench.engine.compileCounters().compiled()).isEqualTo(2);
        }
    }

    @Test
    void shouldKillACompileThatTakesLongAndRememberThatOverARestart() throws Exception {
        Id id = Id.sha256("long".getBytes(UTF_8));
        try (GuestEngine engine = GuestEngine.open(options(300, PLENTY_BYTES))) {
            assertThatThrownBy(() -> engine.load(id, LONG, FORMAT_64))
                    .isInstanceOfSatisfying(
                            ModuleRefusedException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
                    .hasMessageContainingAll(
                            "module " + id + " cannot be run",
                            "processor time ms=",
                            "max=300, setting compile.ms",
                            "stage=compiling",
                            "bytes=" + LONG.length);
            engine.load(MODULE, wasm("echo", 64), FORMAT_64).close();
            assertThat(engine.compileCounters().limited()).isEqualTo(1);
            assertThat(engine.compileCounters().children()).isEqualTo(2);
        }
        try (GuestEngine engine = GuestEngine.open(options(300, PLENTY_BYTES))) {
            assertThatThrownBy(() -> engine.load(id, LONG, FORMAT_64))
                    .isInstanceOf(ModuleRefusedException.class)
                    .hasMessageContainingAll("max=300", "it is not tried again before");
            assertThat(engine.compileCounters().children()).isZero();
        }
    }

    @Test
    void shouldKillACompileThatTakesMuchMemory() throws Exception {
        long most = 300L << 20;
        try (GuestEngine engine = GuestEngine.open(options(PLENTY_MS, most))) {
            assertThatThrownBy(() -> engine.load(MODULE, LARGE, FORMAT_64))
                    .isInstanceOf(ModuleRefusedException.class)
                    .hasMessageContainingAll("memory bytes=", "max=" + most, "compile.memory.mb");
            engine.load(MODULE, wasm("echo", 64), FORMAT_64).close();
        }
    }

    @Test
    void shouldRefuseWhatDoesNotCompileAsBeforeAndKeepTheProcess() throws Exception {
        try (GuestEngine engine = GuestEngine.open(options(PLENTY_MS, PLENTY_BYTES))) {
            for (int i = 0; i < 2; i++) { // the second time from the kept refusal
                assertThatThrownBy(() -> engine.load(MODULE, "no wasm".getBytes(UTF_8), FORMAT_64))
                        .isInstanceOf(ModuleRefusedException.class)
                        .hasMessageContainingAll(MODULE.toString(), "offset=0");
            }
            engine.load(MODULE, wasm("echo", 64), FORMAT_64).close();
            assertThat(engine.compileCounters().refused()).isEqualTo(1);
            assertThat(engine.compileCounters().children()).isEqualTo(1);
        }
    }

    @Test
    void shouldCompileAModuleOnceForAllWhoAsk() throws Exception {
        byte[] echo = wasm("counter", 64);
        try (GuestEngine engine = GuestEngine.open(options(PLENTY_MS, PLENTY_BYTES));
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<GuestModule>> loads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                loads.add(threads.submit(() -> engine.load(MODULE, echo, FORMAT_64)));
            }
            for (Future<GuestModule> load : loads) {
                load.get().close();
            }
            assertThat(engine.compileCounters().compiled()).isEqualTo(1);
        }
    }

    @Test
    void shouldEndTheProcessWhenTheEngineCloses() throws Exception {
        ProcessHandle child;
        Future<GuestModule> loading;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try (GuestEngine engine = GuestEngine.open(options(PLENTY_MS, PLENTY_BYTES))) {
                loading = threads.submit(() -> engine.load(MODULE, LONG, FORMAT_64));
                until(() -> isCompiling(engine));
                child = child();
            }
            child.onExit().get(PATIENCE_NS, TimeUnit.NANOSECONDS);
            assertThatThrownBy(loading::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            ModuleRefusedException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.NOT_NOW))
                    .hasMessageContaining("shutting down");
        }
    }

    @Test
    void shouldEndTheProcessInTheMiddleOfACompileWhenItsNodeIsKilled() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Node.class.getName(), directory.toString()));
        Process node =
                new ProcessBuilder(command)
                        .redirectError(directory.resolve("errors").toFile())
                        .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(node.getInputStream(), UTF_8))) {
            assertThat(lines.lines().anyMatch(Node.COMPILING::equals))
                    .as(Files.readString(directory.resolve("errors")))
                    .isTrue();
            ProcessHandle child = children(node.toHandle()).getFirst();
            node.destroyForcibly();
            try {
                child.onExit().get(PATIENCE_NS, TimeUnit.NANOSECONDS);
            } finally {
                child.destroyForcibly(); // nobody else would
            }
        } finally {
            node.destroyForcibly();
        }
    }

    /** What is killed above: compiles, and says so. */
    static final class Node {
        static final String COMPILING = "compiling now";

        private Node() {}

        public static void main(String[] arguments) {
            GuestEngine engine =
                    GuestEngine.open(
                            GuestEngineOptions.defaults(Path.of(arguments[0]), KEY)
                                    .withCompileProcess(CompileSettings.defaults()));
            Thread.ofPlatform()
                    .start(
                            () -> {
                                try {
                                    engine.load(MODULE, LONG, FORMAT_64).close();
                                } catch (ModuleRefusedException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            until(() -> isCompiling(engine));
            byte[] line = (COMPILING + "\n").getBytes(UTF_8);
            System.out.write(line, 0, line.length);
            System.out.flush();
        }
    }
}
