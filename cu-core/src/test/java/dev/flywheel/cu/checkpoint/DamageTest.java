package dev.flywheel.cu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whatever byte of a checkpoint is damaged, it is noticed and the one before is used. */
class DamageTest {
    private static final Logger log = LoggerFactory.getLogger(DamageTest.class);

    @TempDir Path directory;

    static void flip(Path file, long offset, int bits) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ bits)).flip();
            channel.write(one, offset);
        }
    }

    /** Two checkpoints, the second one small; returns its file. */
    private Path two(CheckpointStore store, byte[][] first) throws IOException {
        try (TestProcess process = new TestProcess(3, TestProcess.UNIT)) {
            process.growTo(TestProcess.UNIT);
            for (int i = 0; ; i++) {
                process.memory().asSlice(i * 20_000L, 9).fill((byte) 7);
                process.changed.add(i * 20_000L, 9);
                process.nonce++;
                Path file = process.write(store).file();
                if (i == 1) {
                    return file;
                }
                first[0] = process.bytes();
            }
        }
    }

    private void assertFirstIsUsed(CheckpointStore store, byte[] first, String what)
            throws IOException {
        Checkpoint found = store.newest(TestProcess.ORIGIN, 99).orElseThrow();
        assertThat(found.manifest().name().nonce()).as(what).isEqualTo(1);
        assertThat(Arrays.equals(TestProcess.restored(found), first)).as(what).isTrue();
    }

    @Test
    void shouldNoticeEveryFlippedByteOfASmallOne() throws IOException {
        CheckpointStore store = CheckpointStore.open(directory, RetentionPolicy.defaults());
        byte[][] first = new byte[1][];
        Path file = two(store, first);
        Random random = new Random(1);
        long size = Files.size(file);
        for (long at = 0; at < size; at++) {
            int bits = 1 << random.nextInt(8);
            flip(file, at, bits);
            assertFirstIsUsed(store, first[0], "offset=" + at);
            flip(file, at, bits);
        }
        log.info("flipped each of bytes={}", size);
        assertThat(store.newest(TestProcess.ORIGIN, 99).orElseThrow().manifest().name().nonce())
                .isEqualTo(2);
    }

    @Test
    void shouldNoticeEveryLengthThatASmallOneIsCutTo() throws IOException {
        CheckpointStore store = CheckpointStore.open(directory, RetentionPolicy.defaults());
        byte[][] first = new byte[1][];
        Path file = two(store, first);
        for (long length = Files.size(file) - 1; length >= 0; length--) {
            try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
                cut.setLength(length);
            }
            assertFirstIsUsed(store, first[0], "length=" + length);
        }
        Files.write(file, new byte[1], StandardOpenOption.APPEND);
        assertFirstIsUsed(store, first[0], "one byte");
    }

    @Test
    void shouldNoticeFlipsAnywhereInALargeOne() throws IOException {
        int flips = Integer.getInteger("checkpoint.flips", 2_000);
        CheckpointStore store = CheckpointStore.open(directory, RetentionPolicy.defaults());
        Path file;
        byte[] memory;
        try (TestProcess process = new TestProcess(4, 4 << 20)) {
            process.growTo(4 << 20);
            process.step(1_000);
            file = process.write(store).file();
            memory = process.bytes();
        }
        Random random = new Random(5);
        long size = Files.size(file);
        for (int i = 0; i < flips; i++) {
            long at = random.nextLong(size);
            int bits = 1 + random.nextInt(255);
            flip(file, at, bits);
            try {
                CheckpointTool.verify(file, bytes -> {});
                throw new AssertionError("not noticed: offset=" + at + " bits=" + bits);
            } catch (CheckpointDamagedException e) {
                assertThat(e.file()).isEqualTo(file);
                assertThat(e.offset()).isLessThanOrEqualTo(size);
            }
            flip(file, at, bits);
        }
        log.info("flips={} in a file of bytes={}", flips, size);
        assertThat(TestProcess.restored(CheckpointTool.verify(file, bytes -> {})))
                .isEqualTo(memory);
    }

    @Test
    void shouldNameTheFrameThatIsDamaged() throws IOException {
        CheckpointStore store = CheckpointStore.open(directory, RetentionPolicy.defaults());
        try (TestProcess process = new TestProcess(4, 4 << 20)) {
            process.growTo(4 << 20);
            process.step(1_000);
            Path file = process.write(store).file();
            long second;
            try (CheckpointReader reader = CheckpointReader.open(CheckpointFiles.disk(), file)) {
                second = reader.table().offset(1);
            }
            flip(file, second + 5_000, 1);
            assertThatThrownBy(() -> CheckpointTool.verify(file, bytes -> {}))
                    .isInstanceOf(CheckpointDamagedException.class)
                    .hasMessageContaining("file=" + file + " offset=" + second);
        }
    }
}
