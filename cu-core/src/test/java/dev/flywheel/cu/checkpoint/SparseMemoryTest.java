package dev.flywheel.cu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.linux.Mapping;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A memory of 8 GiB costs the pages that were written, in time, heap, memory and on disk. */
class SparseMemoryTest {
    private static final Logger log = LoggerFactory.getLogger(SparseMemoryTest.class);
    private static final long BYTES = 8L << 30;
    private static final int PAGES = 2_000;
    private static final long STEP = BYTES / PAGES / TestProcess.UNIT * TestProcess.UNIT;

    @TempDir Path directory;

    private static long residentKib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("RssAnon:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new AssertionError("/proc/self/status has no RssAnon");
    }

    @Test
    @EnabledOnOs(OS.LINUX) // /proc tells what is resident
    void shouldCostThePagesThatExist() throws IOException {
        CheckpointStore store = CheckpointStore.open(directory, RetentionPolicy.defaults());
        try (TestProcess process = new TestProcess(1, BYTES);
                Mapping target = Mapping.reserve(BYTES)) {
            long start = System.nanoTime();
            process.growTo(BYTES);
            for (int i = 0; i < PAGES; i++) {
                process.memory().set(ValueLayout.JAVA_LONG, i * STEP, i + 1);
                process.changed.add(i * STEP, 8);
            }
            long before = residentKib();
            Checkpoint full = process.write(store);
            process.memory().set(ValueLayout.JAVA_LONG, BYTES - 8, -1);
            process.changed.add(BYTES - 8, 8);
            process.nonce++;
            Checkpoint delta = process.write(store);
            long written = System.nanoTime();
            store.newest(TestProcess.ORIGIN, 99).orElseThrow().restoreInto(target.segment());
            long restored = System.nanoTime();
            for (int i = 0; i < PAGES; i++) {
                assertThat(target.segment().get(ValueLayout.JAVA_LONG, i * STEP)).isEqualTo(i + 1);
            }
            assertThat(target.segment().get(ValueLayout.JAVA_LONG, BYTES - 8)).isEqualTo(-1);
            long grownKib = residentKib() - before;
            log.info(
                    "8 GiB, pages={}: writeMs={} restoreMs={} fullBytes={} deltaBytes={} grownKiB={}",
                    PAGES,
                    (written - start) / 1_000_000,
                    (restored - written) / 1_000_000,
                    full.sizes().bytes(),
                    delta.sizes().bytes(),
                    grownKib);
            assertThat(full.sizes().bytes()).isLessThan(1 << 20);
            assertThat(delta.sizes().bytes()).isLessThan(2 << 10);
            // The pages of the target, the tree, and what Java's heap grew by meanwhile.
            assertThat(grownKib).isLessThan(400 << 10);
        }
    }
}
