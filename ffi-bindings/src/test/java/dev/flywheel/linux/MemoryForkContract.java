package dev.flywheel.linux;

import static dev.flywheel.linux.GrowingMemory.PAGE;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a fork of a memory promises, however pages are found and wherever the copy lies. */
abstract class MemoryForkContract {

    private static final int ENOMEM = 12;

    // What is closed when open() skips the test: holds nothing.
    private PageTracking tracking = PageTracking.probe("compare");

    abstract PageTracking open();

    abstract MemoryCopy copy(long bytes, PageOwner owner);

    @BeforeEach
    void openTracking() {
        tracking = open();
    }

    @AfterEach
    void closeTracking() {
        tracking.close();
    }

    private RestorePoint point(GrowingMemory memory) {
        return point(memory, PageOwner.SYSTEM);
    }

    private RestorePoint point(GrowingMemory memory, PageOwner owner) {
        return tracking.restorePoint(memory.view(), copy(memory.reservedBytes, owner));
    }

    /** A fork, what it must show, and the memory it is mapped over, with what that must hold. */
    private static final class Expected implements AutoCloseable {
        final MemoryFork fork;
        final byte[] bytes;
        final GrowingMemory target;
        byte[] inTarget;

        Expected(MemoryFork fork, byte[] bytes) {
            this.fork = fork;
            this.bytes = bytes;
            this.target = new GrowingMemory(bytes.length / PAGE + 3, bytes.length / PAGE + 8);
            this.inTarget = target.bytes();
        }

        void mapOver() {
            fork.mapOver(target.view());
            System.arraycopy(bytes, 0, inTarget, 0, bytes.length);
        }

        void write(Random random) {
            target.change(random.nextLong(target.pages()), random);
            inTarget = target.bytes();
        }

        void check(String round) {
            fork.requireWhole();
            assertThat(fork.view().toArray(JAVA_BYTE)).as(round).isEqualTo(bytes);
            assertThat(target.bytes()).as(round).isEqualTo(inTarget);
        }

        @Override
        public void close() {
            fork.close();
            target.close();
        }
    }

    @Test
    void shouldKeepEveryByteWhateverIsTakenWrittenAndClosed() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Expected> open = new ArrayList<>();
        try (GrowingMemory memory = new GrowingMemory(300, 1024);
                RestorePoint point = point(memory)) {
            changeSome(memory, random);
            point.take(memory.view());
            byte[] good = memory.bytes();
            for (int i = 0; i < 120; i++) {
                String round = "seed=" + seed + " round=" + i;
                changeSome(memory, random);
                if (random.nextInt(10) == 0) {
                    memory.grow(random.nextInt(1, 20));
                }
                if (random.nextInt(4) == 0) {
                    point.restore(memory.view());
                    assertThat(memory.bytes())
                            .as(round)
                            .isEqualTo(Arrays.copyOf(good, (int) memory.view().byteSize()));
                } else {
                    point.take(memory.view());
                    good = memory.bytes();
                }
                assertThat(GrowingMemory.bytesOf(point)).as(round).isEqualTo(good);
                if (random.nextBoolean()) {
                    open.add(new Expected(point.fork(), good));
                }
                for (Expected each : open) {
                    switch (random.nextInt(6)) {
                        case 0 -> each.mapOver();
                        case 1 -> each.write(random);
                        case 2 -> {
                            each.fork.release();
                            each.mapOver();
                        }
                        default -> each.check(round);
                    }
                }
                if (open.size() > 8) {
                    open.remove(random.nextInt(open.size())).close();
                }
            }
            open.forEach(each -> each.check("seed=" + seed));
        }
        // And without the restore point.
        for (Expected each : open) {
            each.mapOver();
            each.check("seed=" + seed);
            each.close();
        }
    }

    @Test
    void shouldShowWritesInATargetToNobodyElse() {
        try (GrowingMemory memory = new GrowingMemory(64, 64);
                RestorePoint point = point(memory)) {
            memory.view().fill((byte) 1);
            point.take(memory.view());
            try (Expected one = new Expected(point.fork(), memory.bytes());
                    Expected other = new Expected(point.fork(), memory.bytes())) {
                one.mapOver();
                other.mapOver();
                one.target.view().fill((byte) 2);
                assertThat(other.target.bytes()).isEqualTo(other.inTarget);
                assertThat(one.fork.view().toArray(JAVA_BYTE)).containsOnly(1);
                assertThat(GrowingMemory.bytesOf(point)).containsOnly(1);
                assertThat(point.restore(memory.view())).isZero();
            }
        }
    }

    @Test
    void shouldReplaceWhateverWasInTheTarget() {
        try (GrowingMemory memory = new GrowingMemory(2048, 2048);
                RestorePoint point = point(memory)) {
            memory.change(5, new Random(1));
            memory.change(2000, new Random(1));
            point.take(memory.view());
            try (Expected fork = new Expected(point.fork(), memory.bytes());
                    GrowingMemory another = new GrowingMemory(2048, 2048)) {
                fork.target.view().fill((byte) 9);
                fork.inTarget = fork.target.bytes();
                fork.mapOver();
                fork.check("over what was there");
                memory.view().fill((byte) 7);
                point.take(memory.view());
                another.view().fill((byte) 8);
                fork.fork.mapOver(another.view());
                assertThat(another.bytes()).isEqualTo(fork.bytes);
                point.take(memory.view());
                assertThat(another.bytes()).isEqualTo(fork.bytes);
            }
        }
    }

    @Test
    void shouldReadAndWriteInAForkWhileTakesGoOn() throws Exception {
        int pages = 256;
        try (GrowingMemory memory = new GrowingMemory(pages, pages);
                RestorePoint point = point(memory);
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            AtomicBoolean done = new AtomicBoolean();
            for (long round = 1; round <= 20; round++) {
                fill(memory.view(), round);
                point.take(memory.view());
                done.set(false);
                try (MemoryFork fork = point.fork();
                        GrowingMemory target = new GrowingMemory(pages, pages)) {
                    fork.mapOver(target.view());
                    long expected = round;
                    Future<?> reader = threads.submit(() -> readUntil(done, fork.view(), expected));
                    Future<?> writer =
                            threads.submit(() -> writeUntil(done, target.view(), expected));
                    for (long next = 1; next <= 5; next++) {
                        fill(memory.view(), 1000 * round + next);
                        point.take(memory.view());
                    }
                    done.set(true);
                    reader.get();
                    writer.get();
                }
            }
        }
    }

    private static void fill(MemorySegment memory, long value) {
        for (long at = 0; at < memory.byteSize(); at += 512) {
            memory.set(JAVA_LONG, at, value);
        }
    }

    private static void readUntil(AtomicBoolean done, MemorySegment view, long expected) {
        boolean last;
        do {
            last = done.get();
            for (long at = 0; at < view.byteSize(); at += 512) {
                assertThat(view.get(JAVA_LONG, at)).isEqualTo(expected);
            }
        } while (!last);
    }

    /** Counts up in every third page from what is there, and reads the others. */
    private static void writeUntil(AtomicBoolean done, MemorySegment memory, long expected) {
        long counted = 0;
        boolean last;
        do {
            last = done.get();
            for (long at = 0; at < memory.byteSize(); at += 512) {
                boolean mine = at / PAGE % 3 == 0;
                long value = memory.get(JAVA_LONG, at);
                assertThat(value).isEqualTo(mine ? expected + counted : expected);
                if (mine) {
                    memory.set(JAVA_LONG, at, value + 1);
                }
            }
            counted++;
        } while (!last);
    }

    @Test
    @EnabledOnOs(OS.LINUX) // /proc tells what is mapped
    void shouldLeaveNothingOfAThousandForks() throws Exception {
        Random random = new Random(3);
        long[] before = new long[2];
        for (int round = 0; round < 2; round++) {
            try (GrowingMemory memory = new GrowingMemory(64, 64);
                    RestorePoint point = point(memory)) {
                memory.view().fill((byte) 1);
                point.take(memory.view());
                for (int i = 0; i < 1000; i++) {
                    try (Expected fork = new Expected(point.fork(), memory.bytes())) {
                        fork.mapOver();
                        fork.write(random);
                        memory.change(i % 64, random);
                        point.take(memory.view());
                        fork.check("i=" + i);
                    }
                }
            }
            // The first round loads classes and lets the JVM settle.
            if (round == 0) {
                before[0] = mappings();
                before[1] = PageTrackerContract.openDescriptors();
            }
        }
        assertThat(mappings()).isLessThanOrEqualTo(before[0] + 20);
        assertThat(PageTrackerContract.openDescriptors()).isLessThanOrEqualTo(before[1]);
    }

    @Test
    @EnabledOnOs(OS.LINUX) // /proc tells what is mapped
    void shouldNotAddMappingsWithEachTake() throws Exception {
        Random random = new Random(4);
        try (GrowingMemory memory = new GrowingMemory(512, 512);
                RestorePoint point = point(memory)) {
            memory.view().fill((byte) 1);
            point.take(memory.view());
            try (Expected fork = new Expected(point.fork(), memory.bytes())) {
                fork.mapOver();
                long before = mappings();
                for (int i = 0; i < 300; i++) {
                    changeSome(memory, random);
                    point.take(memory.view());
                }
                assertThat(mappings()).isLessThanOrEqualTo(before + 20);
                fork.check("after 300 takes");
            }
        }
    }

    @Test
    void shouldSpendOnEachPageOfAnOpenForkOnceAndNothingOnClosedOnes() {
        AtomicInteger calls = new AtomicInteger();
        PageOwner counting =
                (address, bytes) -> {
                    calls.incrementAndGet();
                    return PageOwner.SYSTEM.own(address, bytes);
                };
        try (GrowingMemory memory = new GrowingMemory(64, 64);
                RestorePoint point = point(memory, counting)) {
            assumeThat(isMapped(point, memory)).isTrue();
            try (MemoryFork fork = point.fork()) {
                for (int i = 0; i < 10; i++) {
                    memory.change(3, new Random(i));
                    point.take(memory.view());
                }
                assertThat(calls).hasValue(1);
                assertThat(fork.isWhole()).isTrue();
            }
            memory.change(4, new Random(1));
            point.take(memory.view());
            assertThat(calls).hasValue(1);
        }
    }

    @Test
    void shouldLoseTheForkAndNotTheTakeWhenThereIsNoRoom() {
        AtomicBoolean full = new AtomicBoolean();
        PageOwner owner =
                (address, bytes) -> full.get() ? -ENOMEM : PageOwner.SYSTEM.own(address, bytes);
        try (GrowingMemory memory = new GrowingMemory(64, 64);
                RestorePoint point = point(memory, owner)) {
            assumeThat(isMapped(point, memory)).isTrue();
            try (MemoryFork fork = point.fork();
                    GrowingMemory target = new GrowingMemory(64, 64)) {
                fork.mapOver(target.view());
                MemorySegment view = fork.view();
                full.set(true);
                memory.change(3, new Random(1));
                point.take(memory.view());
                full.set(false);
                assertThat(GrowingMemory.bytesOf(point)).isEqualTo(memory.bytes());
                assertThat(view.byteSize()).isEqualTo(64 * PAGE);
                assertThat(fork.isWhole()).isFalse();
                assertThatIllegalStateException()
                        .isThrownBy(fork::requireWhole)
                        .withMessageContaining("lost");
                assertThatIllegalStateException().isThrownBy(fork::view);
                assertThatIllegalStateException().isThrownBy(() -> fork.mapOver(target.view()));
                try (Expected next = new Expected(point.fork(), memory.bytes())) {
                    memory.change(3, new Random(2));
                    point.take(memory.view());
                    next.check("the next fork is whole");
                }
            }
        }
    }

    /** After a first take of pages that are not zero. */
    private static boolean isMapped(RestorePoint point, GrowingMemory memory) {
        memory.view().fill((byte) 1);
        point.take(memory.view());
        try (MemoryFork fork = point.fork()) {
            return fork instanceof MappedFork;
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX) // /proc tells what is resident
    void shouldTakeNoRoomForHolesThatAreRead() throws Exception {
        long pages = (256L << 20) / PAGE;
        try (GrowingMemory memory = new GrowingMemory(pages, pages);
                RestorePoint point = point(memory)) {
            for (long page = 0; page < 200; page++) {
                memory.change(page, new Random(page));
            }
            memory.change(pages - 1, new Random(1));
            point.take(memory.view());
            try (MemoryFork fork = point.fork();
                    GrowingMemory target = new GrowingMemory(pages, pages)) {
                long before = residentBytes();
                fork.mapOver(target.view());
                assertThat(target.view().mismatch(fork.view())).isNegative();
                assertThat(memory.view().mismatch(fork.view())).isNegative();
                assertThat(residentBytes() - before).isLessThan(32L << 20);
            }
        }
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        try (GrowingMemory memory = new GrowingMemory(16, 64);
                GrowingMemory small = new GrowingMemory(8, 64)) {
            RestorePoint point = point(memory);
            assertThatIllegalStateException().isThrownBy(point::fork);
            point.take(memory.view());
            MemoryFork fork = point.fork();
            assertThatIllegalArgumentException().isThrownBy(() -> fork.mapOver(small.view()));
            fork.close();
            fork.close();
            assertThatIllegalStateException().isThrownBy(fork::view);
            assertThatIllegalStateException().isThrownBy(() -> fork.mapOver(memory.view()));
            point.close();
            assertThatIllegalStateException().isThrownBy(point::fork);
        }
    }

    @Test
    void shouldForkAnEmptyMemoryAndForgetATargetThatHasEnded() {
        try (GrowingMemory memory = new GrowingMemory(4, 64);
                RestorePoint point = point(memory)) {
            point.take(memory.view().asSlice(0, 0));
            try (MemoryFork empty = point.fork()) {
                assertThat(empty.view().byteSize()).isZero();
                empty.mapOver(memory.view());
                memory.change(1, new Random(1));
                point.take(memory.view());
                try (MemoryFork fork = point.fork()) {
                    GrowingMemory target = new GrowingMemory(4, 64);
                    fork.mapOver(target.view());
                    target.close();
                    memory.change(1, new Random(2));
                    point.take(memory.view());
                    fork.release();
                    fork.requireWhole();
                }
            }
        }
    }

    private static long mappings() throws Exception {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.count();
        }
    }

    /** Each page once, however often it is mapped. */
    private static long residentBytes() throws Exception {
        try (var lines = Files.lines(Path.of("/proc/self/smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .sum()
                    * 1024;
        }
    }

    private static void changeSome(GrowingMemory memory, Random random) {
        for (int i = random.nextInt(40); i > 0; i--) {
            memory.change(random.nextLong(memory.pages()), random);
        }
    }
}
