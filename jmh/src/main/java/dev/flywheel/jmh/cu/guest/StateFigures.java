package dev.flywheel.jmh.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.Evaluation;
import dev.flywheel.cu.guest.EvaluationLimits;
import dev.flywheel.cu.guest.GuestModule;
import dev.flywheel.cu.guest.GuestProcess;
import dev.flywheel.cu.guest.GuestProcessOptions;
import dev.flywheel.cu.guest.GuestState;
import dev.flywheel.cu.guest.SleepingProcess;
import dev.flywheel.jmh.Interleaved;
import dev.flywheel.linux.Mapping;
import dev.flywheel.linux.PageFiles;
import dev.flywheel.linux.PageTracking;
import dev.flywheel.linux.RestorePoint;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What the state of a process costs: capturing what changed of 1 GiB, undoing protection of a
 * message of aos, sleeping and waking; each beside copying the memory. Wall clock, in one thread.
 * Run: {@code jmh/run.sh state}; after {@code --} any of {@code capture}, {@code message}, {@code
 * wake}.
 */
public final class StateFigures {
    private static final int PAGE = 4096;
    private static final long GIB = 1L << 30;
    private static final int CAPTURES = 20;

    /** After so many takes that found nothing, all pages are protected again. */
    private static final int IDLE_BEFORE = 8;

    private static final int MESSAGES = 400;
    private static final int WAKES = 400;
    private static final int LARGE_WAKES = 10;
    private static final byte[] ENVIRONMENT = Scenario.ENVIRONMENT.getBytes(UTF_8);

    private final Path root = Path.of(System.getProperty("flywheel.root", "."));
    private final Scenario scenario = new Scenario();

    private StateFigures() {}

    public static void main(String[] arguments) throws Exception {
        StateFigures figures = new StateFigures();
        List<String> wanted =
                arguments.length == 0 ? List.of("capture", "message", "wake") : List.of(arguments);
        for (String each : wanted) {
            switch (each) {
                case "capture" -> figures.capture();
                case "message" -> figures.message();
                case "wake" -> figures.wake();
                default -> throw new IllegalArgumentException("no part " + each);
            }
        }
    }

    // Capture -------------------------------------------------------------------------------------

    private void capture() {
        Interleaved times =
                new Interleaved(List.of("restore point", "memory copied to warm memory"));
        Random random = new Random(1);
        try (Mapping mapping = Mapping.reserve(GIB);
                Mapping copy = Mapping.reserve(GIB);
                PageTracking tracking = PageTracking.probe();
                RestorePoint point = tracking.restorePoint(mapping.segment(), GIB)) {
            MemorySegment memory = mapping.segment();
            for (long at = 0; at < GIB; at += Long.BYTES) {
                memory.set(ValueLayout.JAVA_LONG, at, random.nextLong());
            }
            copy.segment().copyFrom(memory);
            point.take(memory);
            for (int i = -3; i < CAPTURES; i++) {
                for (int k = 0; k < GIB / PAGE / 100; k++) {
                    long page = random.nextInt((int) (GIB / PAGE));
                    memory.set(ValueLayout.JAVA_LONG, page * PAGE, random.nextLong());
                }
                long start = System.nanoTime();
                point.take(memory);
                long taken = System.nanoTime();
                copy.segment().copyFrom(memory);
                long copied = System.nanoTime() - taken;
                for (int k = 0; k < IDLE_BEFORE; k++) {
                    point.take(memory);
                }
                long idling = System.nanoTime();
                point.take(memory);
                long idle = System.nanoTime() - idling;
                if (i >= 0) {
                    times.add("1 GiB, 1 % of its pages changed", 0, taken - start);
                    times.add("1 GiB, 1 % of its pages changed", 1, copied);
                    times.add("1 GiB, nothing changed", 0, idle);
                    times.add("1 GiB, nothing changed", 1, copied);
                }
            }
            System.out.printf(
                    "## Capture of what changed%n%nPages found by %s. Least / median of %d rounds in turns.%n%n",
                    tracking.description(), CAPTURES);
        }
        times.print(System.out);
    }

    // Message -------------------------------------------------------------------------------------

    /** Writes the pages that a message writes, with and without protection, and takes them. */
    private void message() throws Exception {
        Interleaved times =
                new Interleaved(
                        List.of(
                                "written and taken",
                                "of it taking",
                                "written without protection",
                                "memory copied to warm memory"));
        int[] pages;
        byte[] state;
        try (Modules modules = new Modules(root, "aos2_0_6", Modules.PLAIN)) {
            byte[][] states = new byte[2][];
            modules.callAnew(
                    process -> {
                        evaluate(process, scenario.spawn());
                        for (int i = 0; i < 10; i++) {
                            evaluate(process, scenario.eval("1+1"));
                        }
                        states[0] = bytes(process);
                        evaluate(process, scenario.eval("1+1"));
                        states[1] = bytes(process);
                        return new long[0];
                    });
            state = states[1];
            pages = different(states[0], state);
        }
        try (Mapping tracked = Mapping.reserve(state.length);
                Mapping plain = Mapping.reserve(state.length);
                PageTracking tracking = PageTracking.probe();
                RestorePoint point = tracking.restorePoint(tracked.segment(), state.length)) {
            fill(tracked.segment(), state);
            fill(plain.segment(), state);
            point.take(tracked.segment());
            String name = "pages of `1+1` on aos2_0_6: " + pages.length;
            for (int i = -50; i < MESSAGES; i++) {
                long start = System.nanoTime();
                write(plain.segment(), pages, i);
                long written = System.nanoTime();
                write(tracked.segment(), pages, i);
                long before = System.nanoTime();
                point.take(tracked.segment());
                long taken = System.nanoTime();
                if (i >= 0) {
                    times.add(name, 0, taken - written);
                    times.add(name, 1, taken - before);
                    times.add(name, 2, written - start);
                }
            }
            MemorySegment copy = plain.segment();
            for (int i = 0; i < CAPTURES; i++) {
                long start = System.nanoTime();
                copy.copyFrom(tracked.segment());
                times.add(name, 3, System.nanoTime() - start);
            }
        }
        System.out.printf(
                "%n## Protection of a message%n%nThe pages that the message changes are written, one word each,"
                        + " and taken; what protection adds is the first column less the third. Least / median of %d rounds in turns.%n%n",
                MESSAGES);
        times.print(System.out);
    }

    private static void write(MemorySegment memory, int[] pages, int value) {
        for (int page : pages) {
            memory.set(ValueLayout.JAVA_INT, (long) page * PAGE + 64, value);
        }
    }

    private static void fill(MemorySegment memory, byte[] state) {
        byte[] zeros = new byte[PAGE];
        for (int at = 0; at < state.length; at += PAGE) {
            if (!Arrays.equals(state, at, at + PAGE, zeros, 0, PAGE)) {
                MemorySegment.copy(state, at, memory, ValueLayout.JAVA_BYTE, at, PAGE);
            }
        }
    }

    private static int[] different(byte[] one, byte[] other) {
        List<Integer> pages = new ArrayList<>();
        for (int at = 0; at < one.length; at += PAGE) {
            if (!Arrays.equals(one, at, at + PAGE, other, at, at + PAGE)) {
                pages.add(at / PAGE);
            }
        }
        return pages.stream().mapToInt(Integer::intValue).toArray();
    }

    private static byte[] bytes(GuestProcess process) {
        return process.readState(each -> each.memory().toArray(ValueLayout.JAVA_BYTE));
    }

    // Wake ----------------------------------------------------------------------------------------

    private void wake() throws Exception {
        Interleaved times =
                new Interleaved(
                        List.of(
                                "wake",
                                "first `1+1` after it",
                                "`1+1` awake",
                                "put away",
                                "new instance, memory copied into it"));
        Path directory = Files.createTempDirectory("sleep");
        try {
            PageFiles files = PageFiles.open(directory, 8 * GIB);
            wake(times, files, "aos2_0_6", 0, WAKES);
            wake(times, files, "aos2_0_1", 850, LARGE_WAKES);
        } finally {
            try (Stream<Path> left = Files.list(directory)) {
                for (Path file : left.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
        System.out.printf(
                "%n## Sleep and wake%n%nLeast / median of %d (the large one: %d) rounds in turns; files in the page cache, as on a machine with room.%n%n",
                WAKES, LARGE_WAKES);
        times.print(System.out);
    }

    private void wake(Interleaved times, PageFiles files, String name, int heldMib, int rounds)
            throws Exception {
        try (Modules modules = new Modules(root, name, Modules.PLAIN)) {
            modules.callModule(
                    (module, options) -> {
                        GuestProcess process = module.newProcess(options);
                        evaluate(process, scenario.spawn());
                        evaluate(process, scenario.eval("1+1"));
                        if (heldMib > 0) {
                            hold(process, heldMib);
                        }
                        for (int i = -2; i < rounds; i++) {
                            process = round(times, files, module, options, process, i >= 0);
                        }
                        process.close();
                    });
        }
    }

    private GuestProcess round(
            Interleaved times,
            PageFiles files,
            GuestModule module,
            GuestProcessOptions options,
            GuestProcess process,
            boolean counts)
            throws Exception {
        long[] ns = new long[5];
        ns[2] = time(process);
        long start = System.nanoTime();
        SleepingProcess asleep = process.putAway(files);
        ns[3] = System.nanoTime() - start;
        start = System.nanoTime();
        GuestProcess woken = module.wake(options, asleep);
        ns[0] = System.nanoTime() - start;
        ns[1] = time(woken);
        ns[4] = copied(module, options, woken);
        time(woken); // what copying took out of the caches is there again
        String name = "a process of %d MiB".formatted(woken.memoryBytes() >> 20);
        for (int i = 0; counts && i < ns.length; i++) {
            times.add(name, i, ns[i]);
        }
        return woken;
    }

    /** As a host does that keeps memories as bytes. */
    private static long copied(
            GuestModule module, GuestProcessOptions options, GuestProcess process)
            throws Exception {
        long[] ns = new long[1];
        process.<Boolean, Exception>readState(
                (GuestState state) -> {
                    long start = System.nanoTime();
                    module.resumeProcess(options, state).close();
                    ns[0] = System.nanoTime() - start;
                    return true;
                });
        return ns[0];
    }

    private void hold(GuestProcess process, int mib) throws IOException {
        evaluate(
                process,
                scenario.eval(
                        "H={} for i=1,"
                                + mib
                                + " do H[i]=string.rep(string.char(i%250+1),1048576-64) end return #H"));
        if (process.memoryBytes() < (long) mib << 20) {
            throw new IOException("the process has not grown: bytes=" + process.memoryBytes());
        }
    }

    private long time(GuestProcess process) {
        byte[] message = scenario.eval("1+1").getBytes(UTF_8);
        long start = System.nanoTime();
        Evaluation got = process.evaluate(message, ENVIRONMENT, EvaluationLimits.DEFAULTS);
        long ns = System.nanoTime() - start;
        if (got.kind() != Evaluation.Kind.OK) {
            throw new IllegalStateException(got.kind() + " " + got.diagnostic());
        }
        return ns;
    }

    private static void evaluate(GuestProcess process, String message) {
        process.evaluate(message.getBytes(UTF_8), ENVIRONMENT, EvaluationLimits.DEFAULTS);
    }
}
