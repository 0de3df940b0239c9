package dev.flywheel.cu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Images of memories, as the reference has them, in and out. */
class MemoryImageTest {
    @TempDir Path directory;

    private static byte[] memory(int units) {
        byte[] memory = new byte[units * TestProcess.UNIT];
        Random random = new Random(2);
        for (int i = 0; i < memory.length; i += 3 * TestProcess.PAGE) {
            byte[] some = new byte[1_000];
            random.nextBytes(some);
            System.arraycopy(some, 0, memory, i, some.length);
        }
        return memory;
    }

    private static byte[] coded(byte[] memory, MemoryImage.Coding coding) throws IOException {
        if (coding == MemoryImage.Coding.RAW) {
            return memory;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(memory);
        }
        return out.toByteArray();
    }

    private CheckpointStore store() throws IOException {
        return CheckpointStore.open(directory, RetentionPolicy.defaults());
    }

    private static CheckpointState state() {
        return TestProcess.state(5, new LinkedHashMap<>());
    }

    @ParameterizedTest
    @EnumSource(MemoryImage.Coding.class)
    void shouldGiveBackWhatCameIn(MemoryImage.Coding coding) throws IOException {
        byte[] memory = memory(40);
        CheckpointStore store = store();
        Checkpoint made =
                store.importImage(
                        new ByteArrayInputStream(coded(memory, coding)), coding, state(), 1 << 24);
        assertThat(made.manifest().globals()).isEmpty();
        assertThat(made.manifest().memoryBytes()).isEqualTo(memory.length);
        assertThat(
                        MemoryImage.check(
                                new ByteArrayInputStream(coded(memory, coding)), coding, 1 << 24))
                .isEqualTo(memory.length);
        Checkpoint found = store.newest(TestProcess.ORIGIN, 5).orElseThrow();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        found.export(out);
        assertThat(out.toByteArray()).isEqualTo(memory);
        assertThat(TestProcess.restored(found)).isEqualTo(memory);
    }

    @Test
    void shouldExportWhatChainsOfDeltasMake() throws IOException {
        CheckpointStore store = store();
        try (TestProcess process = new TestProcess(1, 4 << 20)) {
            process.growTo(1 << 20);
            for (int i = 0; i < 6; i++) {
                process.step(50);
                process.growTo(process.memory().byteSize() + TestProcess.UNIT);
                process.write(store);
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            store.newest(TestProcess.ORIGIN, 99).orElseThrow().export(out);
            assertThat(out.toByteArray()).isEqualTo(process.bytes());
        }
    }

    private void refused(InputStream in, MemoryImage.Coding coding, long max, String why)
            throws IOException {
        assertThatThrownBy(() -> store().importImage(in, coding, state(), max))
                .isInstanceOf(MemoryImage.RefusedException.class)
                .hasMessageContaining(why);
        try (Stream<Path> all = Files.walk(directory)) {
            assertThat(all.filter(Files::isRegularFile)).isEmpty();
        }
        in.reset();
        assertThatThrownBy(() -> MemoryImage.check(in, coding, max))
                .isInstanceOf(MemoryImage.RefusedException.class)
                .hasMessageContaining(why);
    }

    @Test
    void shouldRefuseWhatIsNoImage() throws IOException {
        MemoryImage.Coding gzip = MemoryImage.Coding.GZIP;
        refused(new ByteArrayInputStream(new byte[0]), MemoryImage.Coding.RAW, 1 << 20, "bytes=0");
        refused(new ByteArrayInputStream(new byte[0]), gzip, 1 << 20, "no gzip");
        refused(
                new ByteArrayInputStream(new byte[70_000]),
                MemoryImage.Coding.RAW,
                1 << 20,
                "bytes=70000");
        refused(new ByteArrayInputStream(memory(2)), gzip, 1 << 20, "no gzip");
        byte[] packed = coded(memory(4), gzip);
        for (int cut : new int[] {5, 40, packed.length / 2, packed.length - 1}) {
            refused(
                    new ByteArrayInputStream(Arrays.copyOf(packed, cut)),
                    gzip,
                    1 << 20,
                    cut < 10 ? "no gzip" : "cut short");
        }
        packed[packed.length - 6] ^= 1;
        refused(new ByteArrayInputStream(packed), gzip, 1 << 20, "damaged gzip");
        refused(new ByteArrayInputStream(memory(3)), MemoryImage.Coding.RAW, 2 << 16, "longer");
    }

    @Test
    void shouldRefuseGzipBombsWithoutHoldingThem() throws IOException {
        byte[] bomb = coded(new byte[256 << 20], MemoryImage.Coding.GZIP);
        CheckpointStore store = store();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(
                        () ->
                                store.importImage(
                                        new ByteArrayInputStream(bomb),
                                        MemoryImage.Coding.GZIP,
                                        state(),
                                        64 << 20))
                .isInstanceOf(MemoryImage.RefusedException.class)
                .hasMessageContaining("longer than a memory may be: max=67108864");
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
    }
}
