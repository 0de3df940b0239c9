package dev.flywheel.cu.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryBudgetTest {
    private static final long GIB = 1L << 30;

    @TempDir Path directory;

    @Test
    void shouldTakeAShareOfWhatIsThereBesidesTheHeap() {
        assertThat(MemoryBudget.of(new MachineMemory(64 * GIB, 11 * GIB, GIB)))
                .isEqualTo(10 * GIB / 100 * 60);
    }

    @Test
    void shouldFollowTheContainerWhereThatAllowsLess() {
        assertThat(MemoryBudget.of(new MachineMemory(11 * GIB, 60 * GIB, GIB)))
                .isEqualTo(10 * GIB / 100 * 60);
    }

    @Test
    void shouldLeaveRoomForSomeProcessesOnTheSmallestMachine() {
        assertThat(MemoryBudget.of(new MachineMemory(GIB / 2, GIB / 4, GIB)))
                .isEqualTo(MemoryBudget.BYTES_MIN);
    }

    @Test
    void shouldReadWhatIsAvailable() throws IOException {
        Path file = directory.resolve("meminfo");
        Files.writeString(file, "MemTotal: 9 kB\nMemAvailable:    20824468 kB\nBuffers: 1 kB\n");
        assertThat(MachineMemory.availableBytes(file, 7)).isEqualTo(20_824_468L << 10);
        Files.writeString(file, "MemTotal: 9 kB\n");
        assertThat(MachineMemory.availableBytes(file, 7)).isEqualTo(7);
        assertThat(MachineMemory.availableBytes(directory.resolve("none"), 7)).isEqualTo(7);
    }

    @Test
    void shouldFindThisMachine() {
        MachineMemory here = MachineMemory.now();
        assertThat(here.totalBytes()).isPositive();
        assertThat(here.availableBytes()).isPositive();
        assertThat(here.heapBytesMax()).isEqualTo(Runtime.getRuntime().maxMemory());
    }
}
