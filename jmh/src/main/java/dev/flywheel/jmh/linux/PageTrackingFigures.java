package dev.flywheel.jmh.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.flywheel.jmh.Interleaved;
import dev.flywheel.linux.Mapping;
import dev.flywheel.linux.PageTracking;
import dev.flywheel.linux.RestorePoint;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Restore points of each method in turns, over memories that are not zero: what a guest's writes, a
 * take and a restore cost, in CPU time, when each round writes other pages, and when all write the
 * same. Prints a table. Takes 6 GiB of memory. Run: {@code jmh/run.sh pages}.
 */
public final class PageTrackingFigures {
    private static final List<String> METHODS = List.of("compare", "userfaultfd", "private-file");
    private static final int PAGE_BYTES = 4096;
    private static final int WARM_UP_ROUNDS = 5;
    private static final int ROUNDS = 25;
    private static final long SEED = 0x5eed;

    private record Load(String name, long bytes, int pages, boolean same) {}

    private static final List<Load> LOADS =
            List.of(
                    new Load("1 GiB, 2,621 pages, others each time", 1L << 30, 2621, false),
                    new Load("1 GiB, 2,621 pages, the same", 1L << 30, 2621, true),
                    new Load("64 MiB, 276 pages, others each time", 64L << 20, 276, false),
                    new Load("64 MiB, 276 pages, the same", 64L << 20, 276, true));

    private PageTrackingFigures() {}

    public static void main(String[] arguments) {
        List<PageTracking> trackings = new ArrayList<>();
        for (String method : METHODS) {
            PageTracking tracking = PageTracking.probe(method);
            System.out.println("- " + tracking.description());
            trackings.add(tracking);
        }
        Interleaved times = new Interleaved(METHODS);
        for (Load load : LOADS) {
            measure(load, trackings, times);
        }
        System.out.println(
                "\nLeast / median of "
                        + ROUNDS
                        + " rounds in turns, CPU time. Each round: write a word of each page, take, write"
                        + " again, restore.\n");
        times.print(System.out);
        trackings.forEach(PageTracking::close);
    }

    private static void measure(Load load, List<PageTracking> trackings, Interleaved times) {
        List<Mapping> memories = new ArrayList<>();
        List<RestorePoint> points = new ArrayList<>();
        for (PageTracking tracking : trackings) {
            Mapping memory = Mapping.reserve(load.bytes());
            memory.segment().fill((byte) 1);
            RestorePoint point = tracking.restorePoint(memory.segment(), load.bytes());
            point.take(memory.segment());
            memories.add(memory);
            points.add(point);
        }
        Random random = new Random(SEED);
        long[] pages = pages(load, random);
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            pages = load.same() ? pages : pages(load, random);
            for (int method = 0; method < points.size(); method++) {
                MemorySegment memory = memories.get(method).segment();
                RestorePoint point = points.get(method);
                long start = Interleaved.cpuNs();
                write(memory, pages, random.nextLong());
                long written = Interleaved.cpuNs();
                point.take(memory);
                long taken = Interleaved.cpuNs();
                write(memory, pages, random.nextLong());
                long again = Interleaved.cpuNs();
                point.restore(memory);
                long restored = Interleaved.cpuNs();
                if (round >= 0) {
                    times.add(load.name() + ": write", method, written - start);
                    times.add(load.name() + ": take", method, taken - written);
                    times.add(load.name() + ": restore", method, restored - again);
                }
            }
        }
        points.forEach(RestorePoint::close);
        memories.forEach(Mapping::close);
    }

    private static long[] pages(Load load, Random random) {
        return random.longs(0, load.bytes() / PAGE_BYTES).distinct().limit(load.pages()).toArray();
    }

    private static void write(MemorySegment memory, long[] pages, long value) {
        for (long page : pages) {
            memory.set(JAVA_LONG, page * PAGE_BYTES, value);
        }
    }
}
