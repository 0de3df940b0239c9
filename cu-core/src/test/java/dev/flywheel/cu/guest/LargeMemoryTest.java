package dev.flywheel.cu.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Memory that a guest reserves and does not touch costs nothing. */
class LargeMemoryTest {
    private static final Logger log = LoggerFactory.getLogger(LargeMemoryTest.class);
    private static final long MODEL_MEMORY_BYTES = 19_200L * 65_536;
    private static final long MODEL_MEMORY_BYTES_MAX = 160_000L * 65_536;
    private static final long KIB = 1024;

    @TempDir Path artefacts;

    @Test
    @EnabledOnOs(OS.LINUX) // /proc tells what is resident
    void shouldReserveAModelsMemoryWithoutTouchingIt() throws Exception {
        GoldenScenario scenario = GoldenScenario.of("llama", GoldenRun.WARM).getFirst();
        try (GuestBench bench = new GuestBench(artefacts);
                GoldenModules modules = new GoldenModules(bench.engine)) {
            GuestModule module = modules.load(scenario);
            assertThat(module.memoryPagesMax() * 65_536).isEqualTo(MODEL_MEMORY_BYTES_MAX);
            bench.call(
                    () -> {
                        evaluate(module, scenario);
                        return null;
                    });
        }
    }

    private static void evaluate(GuestModule module, GoldenScenario scenario) throws Exception {
        long residentBefore = processResidentBytes();
        try (GuestProcess process = module.newProcess(GuestProcessOptions.of(GuestBench.PROCESS))) {
            for (GoldenStep step : scenario.steps()) {
                Evaluation evaluation =
                        process.evaluate(
                                step.message(), step.environment(), EvaluationLimits.DEFAULTS);
                assertThat(evaluation.kind()).isNotEqualTo(Evaluation.Kind.HOST_LIMIT);
            }
            assertThat(process.memoryBytes()).isEqualTo(MODEL_MEMORY_BYTES);
            long memory = process.readState(LargeMemoryTest::residentBytes);
            long all = processResidentBytes() - residentBefore;
            log.info(
                    "model: memoryBytes={} residentBytes={} grownBytes={}",
                    MODEL_MEMORY_BYTES,
                    memory,
                    all);
            // The guest's own part, then all with the copy to fall back to and what Java took.
            assertThat(memory).isPositive().isLessThan(MODEL_MEMORY_BYTES / 32);
            assertThat(all).isLessThan(MODEL_MEMORY_BYTES / 8);
        }
    }

    private static long processResidentBytes() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * KIB;
            }
        }
        throw new AssertionError("/proc/self/status has no VmRSS");
    }

    /** Resident bytes of the mappings that the memory lies in. */
    private static long residentBytes(GuestState state) throws Exception {
        long start = state.memory().address();
        long end = start + state.memory().byteSize();
        List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        long resident = 0;
        boolean inside = false;
        for (String line : lines) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                String[] range = line.substring(0, line.indexOf(' ')).split("-", 2);
                long from = Long.parseUnsignedLong(range[0], 16);
                long to = Long.parseUnsignedLong(range[1], 16);
                inside = from < end && to > start;
            } else if (inside && line.startsWith("Rss:")) {
                resident += Long.parseLong(line.replaceAll("\\D", "")) * KIB;
            }
        }
        return resident;
    }
}
