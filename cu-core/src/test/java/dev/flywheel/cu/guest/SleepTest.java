package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.PROCESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.linux.PageFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes that sleep between messages. */
class SleepTest {
    @TempDir Path artefacts;
    @TempDir Path directory;

    private PageFiles files() throws IOException {
        return PageFiles.open(directory, 1L << 30);
    }

    private static String said(Evaluation evaluation) {
        return evaluation.kind()
                + new String(evaluation.result().toResultJson(), StandardCharsets.UTF_8)
                + evaluation.diagnostic();
    }

    private static GoldenScenario scenario(String module, String name, GoldenRun run)
            throws IOException {
        return GoldenScenario.of(module, run).stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "aos2_0_6, core, WARM",
        "aos2_0_6, core, METERED",
        "aos2_0_4_32, core, WARM",
        "sqlite, sql, WARM"
    })
    void shouldAnswerAsOneThatIsAwake(String module, String name, GoldenRun run) throws Exception {
        GoldenScenario found = scenario(module, name, run);
        PageFiles files = files();
        try (GuestBench bench = new GuestBench(artefacts);
                GoldenModules modules = new GoldenModules(bench.engine)) {
            GuestModule loaded = modules.load(found);
            bench.call(
                    () -> {
                        GuestProcessOptions options = GuestProcessOptions.of(PROCESS);
                        GuestProcess napping = loaded.newProcess(options);
                        try (GuestProcess awake = loaded.newProcess(options)) {
                            for (GoldenStep step : found.steps()) {
                                assertThat(said(evaluate(napping, step)))
                                        .as(step.name())
                                        .isEqualTo(said(evaluate(awake, step)));
                                napping = loaded.wake(options, napping.putAway(files));
                                assertThat(napping.stateHash())
                                        .as(step.name())
                                        .isEqualTo(awake.stateHash());
                            }
                        }
                        napping.close();
                        return null;
                    });
        }
        assertThat(files.bytes()).isZero();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    private static Evaluation evaluate(GuestProcess process, GoldenStep step) {
        return process.evaluate(step.message(), step.environment(), EvaluationLimits.DEFAULTS);
    }

    /** Two processes of a module, of which the second has only its own pages on the disk. */
    @Test
    void shouldShareWhatProcessesOfAModuleHaveInCommon() throws Exception {
        GoldenScenario found = scenario("aos2_0_6", "core", GoldenRun.WARM);
        PageFiles files = files();
        try (GuestBench bench = new GuestBench(artefacts);
                GoldenModules modules = new GoldenModules(bench.engine)) {
            GuestModule loaded = modules.load(found);
            bench.call(
                    () -> {
                        GuestProcessOptions options = GuestProcessOptions.of(PROCESS);
                        List<SleepingProcess> asleep = new ArrayList<>();
                        for (int i = 0; i < 2; i++) {
                            GuestProcess process = loaded.newProcess(options);
                            evaluate(process, found.steps().get(0));
                            evaluate(process, found.steps().get(i));
                            asleep.add(process.putAway(files));
                        }
                        assertThat(asleep.getFirst().diskBytes()).isZero();
                        assertThat(asleep.getLast().diskBytes()).isBetween(1L, 1L << 20);
                        asleep.forEach(SleepingProcess::close);
                        return null;
                    });
        }
        assertThat(files.bytes()).isZero();
    }
}
