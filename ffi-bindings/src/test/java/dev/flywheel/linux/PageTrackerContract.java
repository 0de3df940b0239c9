package dev.flywheel.linux;

import static dev.flywheel.linux.GrowingMemory.PAGE;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a page tracker promises, whatever its method. */
abstract class PageTrackerContract {

    // What is closed when open() skips the test: holds nothing.
    private PageTracking tracking = PageTracking.probe("compare");
    private final PageRanges dirty = new PageRanges();

    abstract PageTracking open();

    /** Descriptors that a tracker has of its own. */
    long descriptorsForATracker() {
        return 0;
    }

    @BeforeEach
    void openTracking() {
        tracking = open();
    }

    @AfterEach
    void closeTracking() {
        tracking.close();
    }

    @Test
    void shouldReportExactlyTheChangedPages() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (GrowingMemory memory = new GrowingMemory(1024, 4096);
                PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes)) {
            tracker.arm(memory.view());
            for (int round = 0; round < 50; round++) {
                SortedSet<Long> changed = new TreeSet<>();
                for (int i = random.nextInt(300); i > 0; i--) {
                    long page = random.nextLong(memory.pages());
                    if (changed.add(page)) {
                        memory.change(page, random);
                    }
                }
                long bytes = tracker.collect(memory.view(), dirty);
                assertThat(pages(dirty)).as("seed=%d round=%d", seed, round).isEqualTo(changed);
                assertThat(bytes).isEqualTo(changed.size() * PAGE).isEqualTo(dirty.bytes());
                if (random.nextInt(8) == 0) {
                    memory.grow(random.nextInt(1, 64));
                }
            }
        }
    }

    @Test
    void shouldReportNothingWhenNothingWasWritten() {
        try (GrowingMemory memory = new GrowingMemory(512, 512);
                PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes)) {
            memory.view().fill((byte) 7);
            tracker.arm(memory.view());
            assertThat(tracker.collect(memory.view(), dirty)).isZero();
            assertThat(dirty.count()).isZero();
            // Reading is not writing, be the page there or not.
            assertThat(memory.view().get(JAVA_BYTE, 3 * PAGE)).isEqualTo((byte) 7);
            assertThat(tracker.collect(memory.view(), dirty)).isZero();
        }
    }

    @Test
    void shouldTakeReadingForWritingAtMostOnceInMemoryNeverTouched() {
        try (GrowingMemory memory = new GrowingMemory(64, 512);
                PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes)) {
            tracker.arm(memory.view());
            assertThat(memory.view().get(JAVA_BYTE, 5 * PAGE)).isZero();
            assertThat(tracker.collect(memory.view(), dirty)).isIn(0L, PAGE);
            assertThat(memory.view().get(JAVA_BYTE, 5 * PAGE)).isZero();
            assertThat(memory.view().get(JAVA_BYTE, 6 * PAGE)).isZero();
            assertThat(tracker.collect(memory.view(), dirty)).isZero();
            memory.change(5, new Random(1));
            assertThat(tracker.collect(memory.view(), dirty)).isEqualTo(PAGE);
            assertThat(pages(dirty)).containsExactly(5L);
        }
    }

    @Test
    void shouldForgetWhatWasWrittenBeforeItIsArmed() {
        try (GrowingMemory memory = new GrowingMemory(64, 64);
                PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes)) {
            memory.change(1, new Random(1));
            tracker.arm(memory.view());
            memory.change(2, new Random(2));
            tracker.arm(memory.view());
            memory.change(3, new Random(3));
            tracker.collect(memory.view(), dirty);
            assertThat(pages(dirty)).containsExactly(3L);
        }
    }

    @Test
    void shouldReportAgainAfterItArmedItself() {
        try (GrowingMemory memory = new GrowingMemory(64, 64);
                PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes)) {
            tracker.arm(memory.view());
            for (int i = 0; i < 3; i++) {
                memory.change(9, new Random(i));
                assertThat(tracker.collect(memory.view(), dirty)).isEqualTo(PAGE);
                assertThat(pages(dirty)).containsExactly(9L);
            }
        }
    }

    @Test
    void shouldReportOnlyWrittenPagesOfGrownMemory() {
        try (GrowingMemory memory = new GrowingMemory(16, 100_000);
                PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes)) {
            tracker.arm(memory.view());
            memory.grow(50_000);
            memory.change(3, new Random(1));
            memory.change(16, new Random(1));
            memory.change(50_015, new Random(1));
            tracker.collect(memory.view(), dirty);
            assertThat(pages(dirty)).containsExactly(3L, 16L, 50_015L);
            memory.change(40_000, new Random(1));
            memory.grow(10);
            tracker.collect(memory.view(), dirty);
            assertThat(pages(dirty)).containsExactly(40_000L);
        }
    }

    @Test
    void shouldReportDiscardedPages() {
        try (GrowingMemory memory = new GrowingMemory(64, 64);
                PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes)) {
            memory.view().fill((byte) 1);
            tracker.arm(memory.view());
            byte[] before = memory.bytes();
            memory.discard(10, 4);
            SortedSet<Long> changed = new TreeSet<>();
            for (long page = 10; page < 14; page++) {
                // Some methods put the bytes of the last question where there were none.
                if (memory.view().get(JAVA_BYTE, page * PAGE) != before[(int) (page * PAGE)]) {
                    changed.add(page);
                }
            }
            tracker.collect(memory.view(), dirty);
            assertThat(pages(dirty)).isEqualTo(changed);
            assertThat(tracker.collect(memory.view(), dirty)).isZero();
            memory.change(11, new Random(1));
            tracker.collect(memory.view(), dirty);
            assertThat(pages(dirty)).containsExactly(11L);
        }
    }

    @Test
    void shouldJoinNeighboursIntoOneRange() {
        try (GrowingMemory memory = new GrowingMemory(64, 64);
                PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes)) {
            tracker.arm(memory.view());
            for (long page : new long[] {4, 5, 6, 20}) {
                memory.change(page, new Random(page));
            }
            tracker.collect(memory.view(), dirty);
            assertThat(dirty)
                    .hasToString(
                            "PageRanges["
                                    + 4 * PAGE
                                    + "+"
                                    + 3 * PAGE
                                    + ", "
                                    + 20 * PAGE
                                    + "+"
                                    + PAGE
                                    + "]");
        }
    }

    @Test
    void shouldListMoreRangesThanOneCallToTheKernelReturns() {
        int ranges = 3 * PageTrackingLimits.SCAN_REGIONS + 7;
        try (GrowingMemory memory = new GrowingMemory(2L * ranges, 2L * ranges);
                PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes)) {
            tracker.arm(memory.view());
            for (int i = 0; i < ranges; i++) {
                memory.change(2L * i, new Random(i));
            }
            tracker.collect(memory.view(), dirty);
            assertThat(dirty.count()).isEqualTo(ranges);
            assertThat(dirty.bytes()).isEqualTo(ranges * PAGE);
            assertThat(tracker.collect(memory.view(), dirty)).isZero();
        }
    }

    @Test
    void shouldTrackFewPagesOfALargeReservation() {
        long reserved = (8L << 30) / PAGE;
        long used = (1L << 30) / PAGE;
        try (GrowingMemory memory = new GrowingMemory(16, reserved);
                PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes)) {
            tracker.arm(memory.view());
            memory.change(7, new Random(7));
            memory.grow(used - 16);
            memory.change(used - 1, new Random(8));
            memory.change(used / 2, new Random(9));
            tracker.collect(memory.view(), dirty);
            assertThat(pages(dirty)).containsExactly(7L, used / 2, used - 1);
        }
    }

    @Test
    void shouldSeeWritesOfOtherThreads() throws Exception {
        try (GrowingMemory memory = new GrowingMemory(64, 64);
                PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes);
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            tracker.arm(memory.view());
            other.submit(() -> memory.change(30, new Random(1))).get();
            other.submit(() -> tracker.collect(memory.view(), dirty)).get();
            assertThat(pages(dirty)).containsExactly(30L);
        }
    }

    @Test
    void shouldSeeWhatTheKernelWrites() throws Exception {
        Path file = Files.createTempFile("pages", ".bin");
        try (GrowingMemory memory = new GrowingMemory(64, 64);
                PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes);
                var channel = Files.newByteChannel(file)) {
            Files.write(file, new byte[] {1, 2, 3});
            tracker.arm(memory.view());
            channel.read(memory.view().asSlice(12 * PAGE, 3).asByteBuffer());
            tracker.collect(memory.view(), dirty);
            assertThat(pages(dirty)).containsExactly(12L);
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void shouldKeepManyTrackersApartAndLeakNoDescriptors() throws Exception {
        long before = openDescriptors();
        List<AutoCloseable> all = new ArrayList<>();
        try (PageTracking own = open()) {
            List<GrowingMemory> memories = new ArrayList<>();
            List<PageTracker> trackers = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                GrowingMemory memory = new GrowingMemory(16, 64);
                PageTracker tracker = own.over(memory.view(), memory.reservedBytes);
                tracker.arm(memory.view());
                memories.add(memory);
                trackers.add(tracker);
                all.add(tracker);
                all.add(memory);
            }
            assertThat(openDescriptors())
                    .isLessThanOrEqualTo(before + 8 + 1000 * descriptorsForATracker());
            for (int i = 0; i < 1000; i++) {
                memories.get(i).change(i % 16, new Random(i));
            }
            for (int i = 0; i < 1000; i++) {
                trackers.get(i).collect(memories.get(i).view(), dirty);
                assertThat(pages(dirty)).containsExactly((long) i % 16);
            }
            for (AutoCloseable each : all) {
                each.close();
            }
        }
        assertThat(openDescriptors()).isLessThanOrEqualTo(before);
    }

    @Test
    void shouldRefuseUseAfterCloseOfTrackerOrMemory() {
        GrowingMemory memory = new GrowingMemory(16, 64);
        PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes);
        PageTracker second;
        var view = memory.view();
        tracker.close();
        tracker.close();
        assertThatIllegalStateException().isThrownBy(() -> tracker.arm(memory.view()));
        assertThatIllegalStateException().isThrownBy(() -> tracker.collect(memory.view(), dirty));
        second = tracking.over(memory.view(), memory.reservedBytes);
        memory.close();
        assertThatIllegalStateException().isThrownBy(() -> second.collect(view, dirty));
        second.close();
    }

    @Test
    void shouldTrackTheSameMemoryAgainAfterClose() {
        try (GrowingMemory memory = new GrowingMemory(16, 64)) {
            for (int i = 0; i < 3; i++) {
                try (PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes)) {
                    tracker.arm(memory.view());
                    memory.change(2, new Random(i));
                    tracker.collect(memory.view(), dirty);
                    assertThat(pages(dirty)).containsExactly(2L);
                }
                memory.change(3, new Random(i));
            }
        }
    }

    @Test
    void shouldLeaveALaterMemoryAtTheSameAddressAlone() {
        GrowingMemory gone = new GrowingMemory(16, 64);
        PageTracker late = tracking.over(gone.view(), gone.reservedBytes);
        late.arm(gone.view());
        gone.close();
        // The system gives the freed addresses to the next mapping of this size; if it does not,
        // this tests less.
        try (GrowingMemory next = new GrowingMemory(16, 64);
                PageTracker tracker = tracking.over(next.view(), next.reservedBytes)) {
            tracker.arm(next.view());
            late.close();
            next.change(3, new Random(1));
            tracker.collect(next.view(), dirty);
            assertThat(pages(dirty)).containsExactly(3L);
        }
    }

    @Test
    void shouldRefuseRangesThatAreNotTheMemorys() {
        try (GrowingMemory memory = new GrowingMemory(16, 64);
                GrowingMemory other = new GrowingMemory(16, 64);
                PageTracker tracker = tracking.over(memory.view(), memory.reservedBytes)) {
            assertThatIllegalArgumentException().isThrownBy(() -> tracker.arm(other.view()));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> tracking.over(memory.view(), PAGE));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> tracking.over(memory.view(), 64 * PAGE + 1));
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> tracking.over(memory.view().asSlice(8), memory.reservedBytes));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> tracking.over(memory.view(), 1L << 40));
        }
    }

    static SortedSet<Long> pages(PageRanges ranges) {
        SortedSet<Long> pages = new TreeSet<>();
        for (int i = 0; i < ranges.count(); i++) {
            for (long at = ranges.offset(i); at < ranges.offset(i) + ranges.length(i); at += PAGE) {
                pages.add(at / PAGE);
            }
        }
        return pages;
    }

    /** Descriptors of this process: of /proc/self on Linux, /dev/fd elsewhere. */
    static long openDescriptors() throws Exception {
        try (Stream<Path> all =
                Files.list(
                        Path.of(
                                Files.exists(Path.of("/proc/self/fd"))
                                        ? "/proc/self/fd"
                                        : "/dev/fd"))) {
            return all.count();
        }
    }
}
