package dev.flywheel.linux;

import static dev.flywheel.linux.GrowingMemory.PAGE;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a restore point promises, whatever its method. */
abstract class RestorePointContract {

    // What is closed when open() skips the test: holds nothing.
    private PageTracking tracking = PageTracking.probe("compare");

    abstract PageTracking open();

    @BeforeEach
    void openTracking() {
        tracking = open();
    }

    @AfterEach
    void closeTracking() {
        tracking.close();
    }

    @Test
    void shouldPutBackEveryByteOfTheLastTake() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (GrowingMemory memory = new GrowingMemory(256, 2048);
                RestorePoint point = tracking.restorePoint(memory.view(), memory.reservedBytes)) {
            changeSome(memory, random);
            point.take(memory.view());
            byte[] good = memory.bytes();
            for (int round = 0; round < 60; round++) {
                changeSome(memory, random);
                if (random.nextInt(6) == 0) {
                    memory.grow(random.nextInt(1, 20));
                    changeSome(memory, random);
                }
                if (random.nextBoolean()) {
                    point.take(memory.view());
                    good = memory.bytes();
                } else {
                    point.restore(memory.view());
                    assertThat(memory.bytes())
                            .as("seed=%d round=%d", seed, round)
                            .isEqualTo(Arrays.copyOf(good, (int) memory.view().byteSize()));
                }
                assertThat(GrowingMemory.bytesOf(point))
                        .as("seed=%d round=%d", seed, round)
                        .isEqualTo(good);
            }
        }
    }

    @Test
    void shouldCopyOnlyWhatWasWritten() {
        Random random = new Random(5);
        try (GrowingMemory memory = new GrowingMemory(4096, 8192);
                RestorePoint point = tracking.restorePoint(memory.view(), memory.reservedBytes)) {
            memory.change(100, random);
            assertThat(point.take(memory.view())).isEqualTo(PAGE);
            assertThat(point.take(memory.view())).isZero();
            memory.change(100, random);
            memory.change(4000, random);
            assertThat(point.restore(memory.view())).isEqualTo(2 * PAGE);
            assertThat(PageTrackerContract.pages(point.lastPages())).containsExactly(100L, 4000L);
            assertThat(point.restore(memory.view())).isZero();
            memory.change(4000, random);
            assertThat(point.take(memory.view())).isEqualTo(PAGE);
            assertThat(PageTrackerContract.pages(point.lastPages())).containsExactly(4000L);
        }
    }

    @Test
    void shouldTellTheBytesOfPagesThatWereEverNotZeroAtATake() {
        Random random = new Random(6);
        try (GrowingMemory memory = new GrowingMemory(4096, 8192);
                RestorePoint point = tracking.restorePoint(memory.view(), memory.reservedBytes)) {
            memory.change(100, random);
            memory.change(4000, random);
            assertThat(point.keptBytes()).isZero();
            point.take(memory.view());
            assertThat(point.keptBytes()).isEqualTo(2 * PAGE);
            memory.change(200, random);
            point.restore(memory.view());
            assertThat(point.keptBytes()).isEqualTo(2 * PAGE);
            memory.view().asSlice(100 * PAGE, PAGE).fill((byte) 0);
            point.take(memory.view());
            assertThat(point.keptBytes()).isEqualTo(2 * PAGE);
        }
    }

    @Test
    void shouldPutBackDiscardedPages() {
        try (GrowingMemory memory = new GrowingMemory(64, 64);
                RestorePoint point = tracking.restorePoint(memory.view(), memory.reservedBytes)) {
            memory.view().fill((byte) 3);
            point.take(memory.view());
            memory.discard(0, 64);
            point.restore(memory.view());
            assertThat(memory.view().toArray(JAVA_BYTE)).containsOnly(3);
        }
    }

    @Test
    void shouldKnowTheBytesOfAMappedFileBeforeTheyAreRead(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("data");
        byte[] data = new byte[(int) (32 * PAGE)];
        new Random(3).nextBytes(data);
        Files.write(file, data);
        try (Arena arena = Arena.ofShared();
                FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            // Private: writes stay in memory, as with an engine that maps a module's data.
            MemorySegment memory = channel.map(MapMode.PRIVATE, 0, data.length, arena);
            try (RestorePoint point = tracking.restorePoint(memory, data.length)) {
                point.take(memory);
                memory.fill((byte) 0);
                point.restore(memory);
                assertThat(memory.toArray(JAVA_BYTE)).isEqualTo(data);
            }
        }
    }

    @Test
    void shouldRefuseRestoreBeforeTakeAndUseAfterClose() {
        try (GrowingMemory memory = new GrowingMemory(16, 64)) {
            RestorePoint point = tracking.restorePoint(memory.view(), memory.reservedBytes);
            assertThatIllegalStateException().isThrownBy(() -> point.restore(memory.view()));
            point.take(memory.view());
            point.close();
            point.close();
            assertThatIllegalStateException().isThrownBy(() -> point.take(memory.view()));
            assertThatIllegalStateException().isThrownBy(() -> point.restore(memory.view()));
        }
    }

    @Test
    void shouldCopeWithAnEmptyMemory() {
        try (GrowingMemory memory = new GrowingMemory(1, 64);
                RestorePoint point =
                        tracking.restorePoint(memory.view().asSlice(0, 0), memory.reservedBytes)) {
            assertThat(point.take(memory.view().asSlice(0, 0))).isZero();
            memory.change(0, new Random(1));
            assertThat(point.restore(memory.view())).isEqualTo(PAGE);
            assertThat(memory.view().toArray(JAVA_BYTE)).containsOnly(0);
        }
    }

    private static void changeSome(GrowingMemory memory, Random random) {
        for (int i = random.nextInt(40); i > 0; i--) {
            memory.change(random.nextLong(memory.pages()), random);
        }
    }
}
