package dev.flywheel.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds of memories that sleep and wake, whatever way changed pages are found. */
abstract class SleepingMemoryContract {
    static final long PAGE = GrowingMemory.PAGE;
    static final int PAGES = 2_048;
    private static final int RESERVED = 4_096;

    /** As many are read; more are mapped. */
    private static final int FEW = PageTrackingLimits.READ_PAGES_MAX;

    @TempDir Path directory;
    private PageTracking tracking;
    private PageFiles files;

    abstract PageTracking open();

    @BeforeEach
    void begin() throws IOException {
        tracking = open();
        files = PageFiles.open(directory.resolve("sleep"), 1 << 30);
    }

    @AfterEach
    void end() throws IOException {
        tracking.close();
        try (Stream<Path> left = Files.list(directory.resolve("sleep"))) {
            assertThat(left).as("files that nobody uses").isEmpty();
        }
        assertThat(files.bytes()).isZero();
    }

    /** A memory that goes through naps: each time another place in the machine. */
    final class Sleeper implements AutoCloseable {
        GrowingMemory memory;
        RestorePoint point;

        Sleeper() {
            memory = new GrowingMemory(PAGES, RESERVED);
            point = tracking.restorePoint(memory.view(), memory.reservedBytes);
        }

        void change(int pages, int below, Random random) {
            for (int i = 0; i < pages; i++) {
                memory.change(random.nextInt(below), random);
            }
        }

        SleepingMemory sleep(@Nullable PageFile image) throws IOException {
            memory.close();
            return point.putAway(files, image);
        }

        void wake(SleepingMemory from) throws IOException {
            memory = new GrowingMemory(from.byteSize() / PAGE, RESERVED);
            point = tracking.wake(memory.view(), memory.reservedBytes, from);
        }

        void nap(@Nullable PageFile image) throws IOException {
            wake(sleep(image));
        }

        @Override
        public void close() {
            point.close();
            memory.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "0, 2000", "5, 5", "300, 40", "300, 2000", "2000, 3", "2000, 2000"})
    void shouldGoOnAsIfItHadNeverSlept(int imagePages, int changes) throws IOException {
        Random random = new Random(imagePages * 31L + changes);
        try (Sleeper sleeper = new Sleeper()) {
            sleeper.change(imagePages, PAGES, random);
            sleeper.point.take(sleeper.memory.view());
            PageFile image = imagePages == 0 ? null : sleeper.point.image(files, 1 << 30);
            for (int nap = 0; nap < 6; nap++) {
                sleeper.change(changes, (int) sleeper.memory.pages(), random);
                sleeper.point.take(sleeper.memory.view());
                byte[] good = sleeper.memory.bytes();
                sleeper.change(3, PAGES, random); // not taken
                sleeper.nap(image);
                String as = "nap=" + nap;
                assertThat(sleeper.memory.bytes()).as(as).isEqualTo(good);
                assertThat(sleeper.point.takenBytes()).isEqualTo(good.length);
                sleeper.change(changes, PAGES, random);
                sleeper.memory.discard(random.nextInt(PAGES), 1);
                sleeper.point.restore(sleeper.memory.view());
                assertThat(sleeper.memory.bytes()).as(as).isEqualTo(good);
                assertThat(GrowingMemory.bytesOf(sleeper.point)).as(as).isEqualTo(good);
                sleeper.memory.grow(16);
            }
            if (image != null) {
                image.release();
            }
        }
    }

    @Test
    void shouldLeaveForksAsTheyAreThroughNaps() throws IOException {
        for (int changes : List.of(40, 2_000)) {
            Random random = new Random(changes);
            try (Sleeper sleeper = new Sleeper();
                    GrowingMemory target = new GrowingMemory(PAGES, PAGES)) {
                sleeper.change(changes, PAGES, random);
                sleeper.point.take(sleeper.memory.view());
                sleeper.nap(null);
                byte[] first = sleeper.memory.bytes();
                MemoryFork ofWoken = sleeper.point.fork();
                sleeper.change(changes, PAGES, random);
                sleeper.point.take(sleeper.memory.view());
                byte[] second = sleeper.memory.bytes();
                MemoryFork ofNext = sleeper.point.fork();
                ofNext.mapOver(target.view());
                sleeper.nap(null);
                sleeper.change(changes, PAGES, random);
                sleeper.point.take(sleeper.memory.view());
                sleeper.nap(null);
                assertThat(ofWoken.view().toArray(JAVA_BYTE)).isEqualTo(first);
                assertThat(target.bytes()).isEqualTo(second);
                ofWoken.mapOver(target.view());
                assertThat(target.bytes()).isEqualTo(first);
                ofWoken.close();
                ofNext.close();
            }
        }
    }

    /** What it woke from becomes what it sleeps as, which a fork has mapped all the time. */
    @Test
    void shouldLeaveForksOfOneThatOnlyWoke() throws IOException {
        Random random = new Random(8);
        try (Sleeper sleeper = new Sleeper()) {
            sleeper.change(3_000, PAGES, random);
            sleeper.point.take(sleeper.memory.view());
            sleeper.nap(null);
            byte[] first = sleeper.memory.bytes();
            MemoryFork fork = sleeper.point.fork();
            sleeper.nap(null);
            for (int nap = 0; nap < 2; nap++) {
                sleeper.change(3_000, PAGES, random);
                sleeper.point.take(sleeper.memory.view());
                byte[] good = sleeper.memory.bytes();
                sleeper.nap(null);
                assertThat(sleeper.memory.bytes()).isEqualTo(good);
            }
            assertThat(fork.view().toArray(JAVA_BYTE)).isEqualTo(first);
            fork.close();
            sleeper.nap(null);
            // Also what it has only mapped counts.
            assertThat(sleeper.point.image(files, 500 * PAGE)).isNull();
        }
    }

    @Test
    void shouldDeleteAllAtTheEnd() throws IOException {
        Sleeper sleeper = new Sleeper();
        sleeper.memory.change(1, new Random(9));
        sleeper.point.take(sleeper.memory.view());
        SleepingMemory asleep = sleeper.sleep(null);
        files.close();
        assertThat(list()).isEmpty();
        asleep.close();
    }

    @Test
    void shouldTakeOnlyWhatDiffersFromAnImage() throws IOException {
        Random random = new Random(5);
        try (Sleeper one = new Sleeper();
                Sleeper other = new Sleeper()) {
            one.change(500, PAGES, random);
            one.point.take(one.memory.view());
            assertThat(one.point.image(files, 9 * PAGE)).isNull();
            PageFile image = Objects.requireNonNull(one.point.image(files, 1 << 30));
            MemorySegment.copy(one.memory.view(), 0, other.memory.view(), 0, PAGES * PAGE);
            other.change(9, PAGES, random);
            other.memory.discard(0, PAGES / 2); // zero where the image is not
            other.point.take(other.memory.view());
            byte[] good = other.memory.bytes();
            SleepingMemory asleep = other.sleep(image);
            assertThat(asleep.diskBytes()).isLessThan(300 * PAGE);
            SleepingMemory same = one.sleep(image);
            assertThat(same.diskBytes()).isZero();
            image.release();
            other.wake(asleep);
            one.wake(same);
            assertThat(other.memory.bytes()).isEqualTo(good);
        }
    }

    @Test
    void shouldNoticeThatPagesWereChangedOrAreMissing() throws IOException {
        Random random = new Random(6);
        for (boolean cut : List.of(true, false)) {
            try (Sleeper sleeper = new Sleeper()) {
                sleeper.change(20, FEW, random);
                sleeper.point.take(sleeper.memory.view());
                SleepingMemory asleep = sleeper.sleep(null);
                Path file = list().getFirst();
                byte[] bytes = Files.readAllBytes(file);
                try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
                    if (cut) {
                        damaged.setLength(PAGE);
                    } else {
                        int at = firstNotZero(bytes);
                        damaged.seek(at);
                        damaged.write(bytes[at] ^ 1);
                    }
                }
                assertThatThrownBy(() -> sleeper.wake(asleep))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining(file.toString());
                asleep.close();
            }
        }
    }

    private static int firstNotZero(byte[] bytes) {
        int at = 0;
        while (bytes[at] == 0) {
            at++;
        }
        return at;
    }

    @Test
    void shouldRefuseWhatHasNoRoomAndLeaveNothing() throws IOException {
        files = PageFiles.open(directory.resolve("sleep"), 10 * PAGE);
        refuse("bytesMax=" + 10 * PAGE);
        files =
                PageFiles.open(
                        directory.resolve("sleep"),
                        1 << 30,
                        () -> PageTrackingLimits.DISK_BYTES_LEFT_MIN);
        refuse("diskBytesLeft=");
    }

    private void refuse(String because) {
        Random random = new Random(7);
        Sleeper sleeper = new Sleeper();
        sleeper.change(500, PAGES, random);
        sleeper.point.take(sleeper.memory.view());
        assertThatThrownBy(() -> sleeper.sleep(null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no room")
                .hasMessageContaining(because);
        assertThatThrownBy(sleeper.point::fork).isInstanceOf(IllegalStateException.class);
        sleeper.close();
    }

    @Test
    void shouldDeleteWhatAnEarlierRunHasLeft() throws IOException {
        Path left = directory.resolve("sleep/17.pages");
        Files.write(left, new byte[100]);
        files = PageFiles.open(directory.resolve("sleep"), 10 * PAGE);
        assertThat(left).doesNotExist();
    }

    @Test
    void shouldRefuseAMemoryOfAnotherLength() throws IOException {
        try (Sleeper sleeper = new Sleeper()) {
            sleeper.point.take(sleeper.memory.view());
            SleepingMemory asleep = sleeper.sleep(null);
            try (GrowingMemory shorter = new GrowingMemory(PAGES - 1, RESERVED)) {
                assertThatThrownBy(
                                () -> tracking.wake(shorter.view(), shorter.reservedBytes, asleep))
                        .hasMessageContaining("another length");
            }
            asleep.close();
        }
    }

    List<Path> list() throws IOException {
        try (Stream<Path> left = Files.list(directory.resolve("sleep"))) {
            return left.sorted().toList();
        }
    }
}
