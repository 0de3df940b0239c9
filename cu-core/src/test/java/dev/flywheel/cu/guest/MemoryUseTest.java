package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.ENVIRONMENT;
import static dev.flywheel.cu.guest.GuestBench.PROCESS;
import static dev.flywheel.cu.guest.GuestBench.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.checkpoint.CheckpointLimits;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process says that it takes. */
class MemoryUseTest {
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

    @Test
    void shouldAddUp() {
        MemoryUse sum = new MemoryUse(3, 2, 1).plus(new MemoryUse(30, 20, 10));
        assertThat(sum).isEqualTo(new MemoryUse(33, 22, 11));
        assertThat(sum.minus(new MemoryUse(30, 20, 10))).isEqualTo(new MemoryUse(3, 2, 1));
    }
}
