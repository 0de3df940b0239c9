package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.PROCESS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forks of real processes. */
class AosForkTest {
    private static final Logger log = LoggerFactory.getLogger(AosForkTest.class);
    private static final int FORKS = 100;
    private static final long KIB = 1024;

    /** Pages that a dry run of aos touches, its thread, its instance: far from a memory. */
    private static final long FORK_BYTES_MAX = 2 << 20;

    private static final long LOOP_MS = 3_000;

    @TempDir Path artefacts;

    /** Everything that an evaluation says but for the time that it took. */
    private static List<Object> said(Evaluation evaluation) {
        return List.of(
                evaluation.kind(),
                new String(evaluation.result().toResultJson(), StandardCharsets.UTF_8),
                evaluation.diagnostic());
    }

    @ParameterizedTest
    @CsvSource({
        "aos2_0_6, core, WARM",
        "aos2_0_6, core, METERED",
        "aos2_0_4_32, core, WARM",
        "sqlite, sql, WARM"
    })
    void shouldAnswerAsTheProcessItself(String name, String scenario, GoldenRun run)
            throws Exception {
        GoldenScenario found =
                GoldenScenario.of(name, run).stream()
                        .filter(each -> each.name().equals(scenario))
                        .findFirst()
                        .orElseThrow();
        try (GuestBench bench = new GuestBench(artefacts);
                GoldenModules modules = new GoldenModules(bench.engine);
                ExecutorService other = Executors.newSingleThreadExecutor(bench.engine.threads())) {
            GuestModule module = modules.load(found);
            bench.call(
                    () -> {
                        try (GuestProcess process =
                                module.newProcess(GuestProcessOptions.of(PROCESS))) {
                            for (GoldenStep step : found.steps()) {
                                compare(process, step, other);
                            }
                        }
                        return null;
                    });
        }
    }

    private static void compare(GuestProcess process, GoldenStep step, ExecutorService other)
            throws Exception {
        EvaluationLimits limits = EvaluationLimits.DEFAULTS;
        byte[] message = step.message();
        byte[] environment = step.environment();
        try (GuestFork fork = process.fork()) {
            String hash = process.stateHash();
            List<Object> expected = said(process.dryRun(message, environment, limits));
            for (int i = 0; i < 2; i++) {
                Evaluation got =
                        other.submit(() -> fork.dryRun(message, environment, limits)).get();
                assertThat(said(got)).as(step.name()).isEqualTo(expected);
            }
            assertThat(process.stateHash()).as(step.name()).isEqualTo(hash);
            // The fork on its thread, while the process evaluates on this one.
            Future<Evaluation> meanwhile =
                    other.submit(() -> fork.dryRun(message, environment, limits));
            assertThat(said(process.evaluate(message, environment, limits)))
                    .as(step.name())
                    .isEqualTo(expected);
            assertThat(said(meanwhile.get())).as(step.name()).isEqualTo(expected);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX) // /proc tells what is resident
    void shouldTakeOnlyThePagesThatAHundredForksTouch() throws Exception {
        takeOnlyWhatIsTouched("aos2_0_6", 40);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @EnabledIfSystemProperty(named = "flywheel.forks.long", matches = "true")
    void shouldTakeOnlyThePagesThatAHundredForksOfALargeMemoryTouch() throws Exception {
        takeOnlyWhatIsTouched("aos2_0_1", 800); // the module's memory grows to 1 GiB at most
    }

    private void takeOnlyWhatIsTouched(String name, int heldMib) throws Exception {
        GoldenScenario found = GoldenScenario.of(name, GoldenRun.WARM).getFirst();
        GoldenStep step =
                found.steps().stream()
                        .filter(each -> text(each).contains("\"Data\":\"1+1\""))
                        .findFirst()
                        .orElseThrow();
        try (GuestBench bench = new GuestBench(artefacts);
                GoldenModules modules = new GoldenModules(bench.engine);
                ExecutorService threads =
                        Executors.newFixedThreadPool(FORKS, bench.engine.threads())) {
            GuestModule module = modules.load(found);
            bench.call(
                    () -> {
                        try (GuestProcess process =
                                module.newProcess(GuestProcessOptions.of(PROCESS))) {
                            GoldenStep first = found.steps().getFirst();
                            process.evaluate(
                                    first.message(),
                                    first.environment(),
                                    EvaluationLimits.DEFAULTS);
                            String hold =
                                    "H={} for i=1,"
                                            + heldMib
                                            + " do H[i]=string.rep(string.char(i%250+1),1048576-64) end return #H";
                            Evaluation held =
                                    process.evaluate(
                                            code(step, hold),
                                            step.environment(),
                                            EvaluationLimits.DEFAULTS);
                            assertThat(held.kind()).isEqualTo(Evaluation.Kind.OK);
                            measure(process, step, threads);
                        }
                        return null;
                    });
        }
    }

    /** All of them loop at once, which the time limit ends. */
    private static void measure(GuestProcess process, GoldenStep step, ExecutorService threads)
            throws Exception {
        byte[] loop = code(step, "return (function() while true do end end)()");
        long before = residentBytes();
        long peak = before;
        List<GuestFork> forks = new ArrayList<>();
        List<Future<Evaluation>> running = new ArrayList<>();
        for (int i = 0; i < FORKS; i++) {
            GuestFork fork = process.fork();
            forks.add(fork);
            EvaluationLimits limits =
                    new EvaluationLimits(EvaluationLimits.DEFAULT_GAS_LIMIT, LOOP_MS);
            running.add(threads.submit(() -> fork.dryRun(loop, step.environment(), limits)));
        }
        while (!running.stream().allMatch(Future::isDone)) {
            peak = Math.max(peak, residentBytes());
        }
        for (Future<Evaluation> each : running) {
            assertThat(each.get().kind()).isEqualTo(Evaluation.Kind.HOST_LIMIT);
        }
        forks.forEach(GuestFork::close);
        log.info(
                "forks={} memoryBytes={} grownBytes={}, a fork bytes={}",
                FORKS,
                process.memoryBytes(),
                peak - before,
                (peak - before) / FORKS);
        assertThat(process.memoryBytes()).isGreaterThan(40L << 20);
        assertThat(peak - before).isLessThan(FORKS * FORK_BYTES_MAX);
    }

    private static String text(GoldenStep step) {
        return new String(step.message(), StandardCharsets.UTF_8);
    }

    private static byte[] code(GoldenStep step, String code) {
        return text(step)
                .replace("\"Data\":\"1+1\"", "\"Data\":\"" + code + "\"")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Each page once, however often it is mapped. */
    private static long residentBytes() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps_rollup"))) {
            if (line.startsWith("Pss:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * KIB;
            }
        }
        throw new AssertionError("/proc/self/smaps_rollup has no Pss");
    }
}
