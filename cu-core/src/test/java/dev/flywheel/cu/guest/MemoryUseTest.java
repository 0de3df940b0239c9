package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.ENVIRONMENT;
import static dev.flywheel.cu.guest.GuestBench.PROCESS;
import static dev.flywheel.cu.guest.GuestBench.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.checkpoint.CheckpointLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a process says that it takes. */
class MemoryUseTest {
    private static final Logger log = LoggerFactory.getLogger(MemoryUseTest.class);
    private static final int PROCESSES = 40;
    private static final long KIB = 1024;

    @TempDir Path artefacts;

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldCountPagesTwiceAndThoseOfNoCheckpointYet(int width) throws Exception {
        try (GuestBench bench = new GuestBench(artefacts);
                GuestModule module = bench.module("counter", width)) {
            bench.call(
                    () -> {
                        try (GuestProcess process =
                                module.newProcess(GuestProcessOptions.of(PROCESS))) {
                            count(process);
                        }
                        return null;
                    });
        }
    }

    private static void count(GuestProcess process) {
        MemoryUse fresh = process.memoryUse();
        assertThat(fresh.reservedBytes()).isEqualTo(process.memoryBytes());
        assertThat(fresh.residentBytes())
                .isGreaterThan(GuestLimits.INSTANCE_BYTES)
                .isLessThan(2 * fresh.reservedBytes() + GuestLimits.INSTANCE_BYTES);
        assertThat(fresh.dirtyBytes()).isZero();
        process.evaluate(message("Inc", ""), ENVIRONMENT, EvaluationLimits.DEFAULTS);
        MemoryUse after = process.memoryUse();
        assertThat(after.residentBytes()).isGreaterThanOrEqualTo(fresh.residentBytes());
        int pages = process.takeChanges().count();
        assertThat(after.dirtyBytes())
                .isPositive()
                .isEqualTo((long) pages * CheckpointLimits.PAGE_BYTES);
        assertThat(process.memoryUse().dirtyBytes()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"aos2_0_6, core", "sqlite, sql"})
    @EnabledOnOs(OS.LINUX) // /proc tells what is resident
    void shouldComeNearToWhatTheSystemCounts(String name, String scenario) throws Exception {
        GoldenScenario found =
                GoldenScenario.of(name, GoldenRun.WARM).stream()
                        .filter(each -> each.name().equals(scenario))
                        .findFirst()
                        .orElseThrow();
        try (GuestBench bench = new GuestBench(artefacts);
                GoldenModules modules = new GoldenModules(bench.engine)) {
            GuestModule module = modules.load(found);
            bench.call(
                    () -> {
                        compare(name, module, found.steps());
                        return null;
                    });
        }
    }

    private static void compare(String name, GuestModule module, List<GoldenStep> steps)
            throws Exception {
        List<GuestProcess> processes = new ArrayList<>();
        try {
            // What Java takes once, and goes on to keep.
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(evaluated(module, steps));
            }
            processes.forEach(GuestProcess::close);
            processes.clear();
            long before = systemBytes();
            long estimate = 0;
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(evaluated(module, steps));
                estimate += processes.getLast().memoryUse().residentBytes();
            }
            long counted = systemBytes() - before;
            log.info(
                    "module={} processes={} countedKiBEach={} estimatedKiBEach={}",
                    name,
                    PROCESSES,
                    counted / PROCESSES / KIB,
                    estimate / PROCESSES / KIB);
            assertThat(estimate).isBetween(counted / 2, counted * 2);
        } finally {
            processes.forEach(GuestProcess::close);
        }
    }

    private static GuestProcess evaluated(GuestModule module, List<GoldenStep> steps)
            throws Exception {
        GuestProcess process = module.newProcess(GuestProcessOptions.of(PROCESS));
        for (GoldenStep step : steps) {
            process.evaluate(step.message(), step.environment(), EvaluationLimits.DEFAULTS);
        }
        return process;
    }

    /** What this program takes, pages of several mappings once. */
    private static long systemBytes() throws Exception {
        System.gc();
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps_rollup"))) {
            if (line.startsWith("Pss:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * KIB;
            }
        }
        throw new AssertionError("/proc/self/smaps_rollup has no Pss");
    }

    @Test
    void shouldAddUp() {
        MemoryUse sum = new MemoryUse(3, 2, 1).plus(new MemoryUse(30, 20, 10));
        assertThat(sum).isEqualTo(new MemoryUse(33, 22, 11));
        assertThat(sum.minus(new MemoryUse(30, 20, 10))).isEqualTo(new MemoryUse(3, 2, 1));
    }
}
