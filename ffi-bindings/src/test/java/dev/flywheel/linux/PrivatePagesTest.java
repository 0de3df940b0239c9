package dev.flywheel.linux;

import static dev.flywheel.linux.GrowingMemory.PAGE;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What is particular to memory that is mapped from its copy. */
@EnabledOnOs(OS.LINUX)
final class PrivatePagesTest {

    private static final int ENOMEM = 12;
    private static final long CHUNK_PAGES = PrivatePages.CHUNK_BYTES / PAGE;

    private PageMap pageMap;

    @BeforeEach
    void openPageMap() {
        try {
            pageMap = PageMap.open();
        } catch (MethodUnusableException e) {
            pageMap = abort("private-file: " + e.getMessage());
        }
    }

    @AfterEach
    void closePageMap() {
        pageMap.close();
    }

    private static MemoryCopy copyFor(GrowingMemory memory) {
        MemoryCopy copy = MemoryCopy.forkable(memory.reservedBytes, PageOwner.SYSTEM);
        assumeThat(copy.isForkable()).isTrue();
        return copy;
    }

    private RestorePoint point(GrowingMemory memory) {
        MemoryCopy copy = copyFor(memory);
        return new TrackedRestorePoint(
                PrivatePages.over(pageMap, memory.view(), copy), copy, false);
    }

    @Test
    void shouldTakeRoomOnceForPagesThatAreNotWritten() throws Exception {
        long pages = (16L << 20) / PAGE;
        try (GrowingMemory memory = new GrowingMemory(pages, pages);
                RestorePoint point = point(memory)) {
            memory.view().fill((byte) 1);
            long before = ownBytes(memory);
            point.take(memory.view());
            assertThat(before).isGreaterThanOrEqualTo(16L << 20);
            assertThat(ownBytes(memory)).isZero();
            memory.change(7, new Random(1));
            assertThat(ownBytes(memory)).isEqualTo(PAGE);
            // Reading gives the memory no page of its own.
            MemorySegment rest = memory.view().asSlice(8 * PAGE);
            assertThat(rest.asSlice(1).mismatch(rest.asSlice(0, rest.byteSize() - 1))).isNegative();
            assertThat(ownBytes(memory)).isEqualTo(PAGE);
        }
    }

    @Test
    void shouldGiveBackPagesThatStayAsTheyAre() throws Exception {
        try (GrowingMemory memory = new GrowingMemory(1024, 1024);
                RestorePoint point = point(memory)) {
            memory.view().fill((byte) 1);
            point.take(memory.view());
            memory.view().fill((byte) 2);
            point.take(memory.view());
            assertThat(ownBytes(memory)).isEqualTo(1024 * PAGE);
            // A restore point compares what always changed now and then only.
            for (int i = 0; i < 60; i++) {
                point.take(memory.view());
            }
            assertThat(point.take(memory.view())).isZero();
            assertThat(ownBytes(memory)).isZero();
            assertThat(memory.view().toArray(JAVA_BYTE)).containsOnly(2);
        }
    }

    @Test
    void shouldLeaveWhatLiesBehindTheMemoryInaccessible() throws Exception {
        // The present end lies within a chunk.
        long pages = 2 * CHUNK_PAGES + 1;
        try (GrowingMemory memory = new GrowingMemory(pages, 8 * CHUNK_PAGES);
                RestorePoint point = point(memory)) {
            memory.view().fill((byte) 1);
            point.take(memory.view());
            assertThat(accessibleBytes(memory)).isEqualTo(pages * PAGE);
            memory.grow(CHUNK_PAGES);
            memory.view().asSlice(pages * PAGE).fill((byte) 2);
            assertThat(point.take(memory.view())).isEqualTo(CHUNK_PAGES * PAGE);
            assertThat(accessibleBytes(memory)).isEqualTo((pages + CHUNK_PAGES) * PAGE);
            assertThat(memory.view().get(JAVA_BYTE, pages * PAGE - 1)).isEqualTo((byte) 1);
            assertThat(memory.view().get(JAVA_BYTE, pages * PAGE)).isEqualTo((byte) 2);
            memory.discard(0, memory.pages());
            assertThat(point.restore(memory.view())).isZero();
        }
    }

    @Test
    void shouldMapFewPiecesHoweverPagesAreScattered() throws Exception {
        long pages = (512L << 20) / PAGE;
        Random random = new Random(7);
        try (GrowingMemory memory = new GrowingMemory(pages, pages);
                RestorePoint point = point(memory)) {
            for (int take = 0; take < 200; take++) {
                // Ascending, descending, anywhere.
                long page =
                        switch (take % 3) {
                            case 0 -> 3 * CHUNK_PAGES * take;
                            case 1 -> pages - 1 - 3 * CHUNK_PAGES * take;
                            default -> random.nextLong(pages);
                        };
                memory.change(page, random);
                assertThat(point.take(memory.view())).isEqualTo(PAGE);
            }
            assertThat(mappings(memory).size()).isLessThan(4 * PageTrackingLimits.PIECES);
        }
    }

    @Test
    void shouldKeepPagesThatMayNotBeMapped() {
        checkWithMapper((address, from, to) -> -ENOMEM);
    }

    @Test
    void shouldPutBackWhatARefusedMappingTookAway() {
        checkWithMapper(
                (address, from, to) -> {
                    CLibrary.munmap(address + from, to - from);
                    return -ENOMEM;
                });
    }

    /** Every other mapping is refused. */
    private void checkWithMapper(PrivatePages.Mapper refusing) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (GrowingMemory memory = new GrowingMemory(512, 2048)) {
            MemoryCopy copy = copyFor(memory);
            AtomicInteger calls = new AtomicInteger();
            PrivatePages.Mapper mapper =
                    (address, from, to) ->
                            calls.incrementAndGet() % 2 == 1
                                    ? refusing.map(address, from, to)
                                    : copy.mapOver(address, from, to);
            PrivatePages pages = PrivatePages.over(pageMap, memory.view(), copy, mapper);
            try (RestorePoint point = new TrackedRestorePoint(pages, copy, false)) {
                memory.change(5, random);
                point.take(memory.view());
                byte[] good = memory.bytes();
                for (int round = 0; round < 150; round++) {
                    String name = "seed=" + seed + " round=" + round;
                    for (int i = random.nextInt(8) * random.nextInt(2); i > 0; i--) {
                        memory.change(random.nextLong(memory.pages()), random);
                    }
                    if (random.nextInt(10) == 0) {
                        memory.grow(8);
                    }
                    byte[] now = memory.bytes();
                    if (random.nextBoolean()) {
                        point.take(memory.view());
                        good = now;
                    } else {
                        point.restore(memory.view());
                    }
                    byte[] expected = Arrays.copyOf(good, now.length);
                    assertThat(memory.bytes()).as(name).isEqualTo(expected);
                    pages.clear(memory.view());
                    assertThat(memory.bytes()).as(name + " cleared").isEqualTo(expected);
                }
            }
            assertThat(calls.get()).isGreaterThan(1);
        }
    }

    /** Bytes that the memory has of its own, beside files. */
    private static long ownBytes(GrowingMemory memory) throws IOException {
        long sum = 0;
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                inside = isInside(memory, line);
            } else if (inside && line.startsWith("Anonymous:")) {
                sum += Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        return sum;
    }

    private static long accessibleBytes(GrowingMemory memory) throws IOException {
        return mappings(memory).stream()
                .filter(line -> line.contains(" rw-p "))
                .mapToLong(line -> bound(line, 1) - bound(line, 0))
                .sum();
    }

    private static List<String> mappings(GrowingMemory memory) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> isInside(memory, line)).toList();
        }
    }

    private static boolean isInside(GrowingMemory memory, String line) {
        long first = bound(line, 0);
        return Long.compareUnsigned(first, memory.address) >= 0
                && Long.compareUnsigned(first, memory.address + memory.reservedBytes) < 0;
    }

    private static long bound(String line, int i) {
        return Long.parseUnsignedLong(line.split(" ", 2)[0].split("-")[i], 16);
    }
}
