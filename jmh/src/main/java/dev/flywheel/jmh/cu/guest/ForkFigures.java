package dev.flywheel.jmh.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.Evaluation;
import dev.flywheel.cu.guest.EvaluationLimits;
import dev.flywheel.cu.guest.GuestFork;
import dev.flywheel.cu.guest.GuestProcess;
import dev.flywheel.jmh.Interleaved;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Dry runs of {@code 1+1} on forks, beside one on the process itself and beside a copy of the whole
 * memory, which is what the reference's unit makes for each; then what open forks add to a message
 * of the process. By length of memory, of which a process of aos touches little. Wall time, in
 * turns; prints tables. Run: {@code jmh/run.sh forks}; with {@code -- MODULE:MIB...} others.
 */
public final class ForkFigures {
    /** Modules whose memories grow so far, and those lengths in MiB. */
    private static final List<String> CASES = List.of("aos2_0_6:64", "aos2_0_1:1024", "llama:8192");

    private static final long MIB = 1 << 20;

    private static final int WARM_UP_ROUNDS = 150;
    private static final int ROUNDS = 300;

    /** A copy of gigabytes takes seconds. */
    private static final int COPIES = 3;

    private static final byte[] ENVIRONMENT = Scenario.ENVIRONMENT.getBytes(UTF_8);

    private final Scenario scenario = new Scenario();
    private final Interleaved dryRuns =
            new Interleaved(
                    List.of(
                            "on the process",
                            "new fork",
                            "open fork, again",
                            "fork and close alone",
                            "snapshot and close",
                            "copy of the memory alone"));
    private final Interleaved messages =
            new Interleaved(
                    List.of(
                            "no fork",
                            "1 fork of before",
                            "1 older fork",
                            "100 forks of before",
                            "100 older forks"));

    private ForkFigures() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(System.getProperty("flywheel.root", "."));
        ForkFigures figures = new ForkFigures();
        for (String each : arguments.length == 0 ? CASES : List.of(arguments)) {
            String[] words = each.split(":", 2);
            try (Modules modules = new Modules(root, words[0], Modules.PLAIN)) {
                modules.callInLonger(
                        Long.parseLong(words[1]) * MIB,
                        process -> {
                            evaluate(process, figures.scenario.spawn());
                            evaluate(process, figures.scenario.eval("1+1"));
                            return new long[0];
                        },
                        process -> {
                            String name = words[0] + ", " + process.memoryBytes() / MIB + " MiB";
                            figures.dryRuns(name, process);
                            figures.messages(name, process);
                            return new long[0];
                        });
            }
        }
        System.out.println("## A dry run\n\nLeast / median of " + ROUNDS + " rounds in turns.\n");
        figures.dryRuns.print(System.out);
        System.out.println(
                "\n## A message while forks are open\n\nLeast / median of "
                        + ROUNDS
                        + " rounds in turns (of 100 forks of before: "
                        + ROUNDS / 10
                        + ").\n");
        figures.messages.print(System.out);
    }

    private void dryRuns(String name, GuestProcess process) {
        try (GuestFork open = process.fork()) {
            for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
                byte[] message = scenario.eval("1+1").getBytes(UTF_8);
                long[] times = new long[5];
                long start = System.nanoTime();
                check(process.dryRun(message, ENVIRONMENT, EvaluationLimits.DEFAULTS));
                times[0] = System.nanoTime() - start;
                start = System.nanoTime();
                try (GuestFork fork = process.fork()) {
                    check(fork.dryRun(message, ENVIRONMENT, EvaluationLimits.DEFAULTS));
                }
                times[1] = System.nanoTime() - start;
                start = System.nanoTime();
                check(open.dryRun(message, ENVIRONMENT, EvaluationLimits.DEFAULTS));
                times[2] = System.nanoTime() - start;
                start = System.nanoTime();
                process.fork().close();
                times[3] = System.nanoTime() - start;
                start = System.nanoTime();
                process.fork().close();
                times[4] = System.nanoTime() - start;
                for (int i = 0; round >= 0 && i < times.length; i++) {
                    dryRuns.add(name, i, times[i]);
                }
            }
        }
        for (int i = 0; i < COPIES; i++) {
            long start = System.nanoTime();
            copy(process);
            dryRuns.add(name, 5, System.nanoTime() - start);
        }
    }

    /** Into memory that was never touched, as a new instance's is. */
    private static void copy(GuestProcess process) {
        try (ZeroMemory to = new ZeroMemory(process.memoryBytes())) {
            process.readState(
                    state -> {
                        to.fill(state.memory());
                        return true;
                    });
        }
    }

    private void messages(String name, GuestProcess process) {
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            boolean counts = round >= 0;
            add(counts, name, 0, time(process));
            for (int forks : new int[] {1, 100}) {
                if (forks > 1 && round % 10 != 0) {
                    continue;
                }
                List<GuestFork> open = new ArrayList<>();
                for (int i = 0; i < forks; i++) {
                    open.add(process.fork());
                }
                int variant = forks == 1 ? 1 : 3;
                add(counts, name, variant, time(process));
                // Has its old pages of most that a message changes by now.
                add(counts, name, variant + 1, time(process));
                open.forEach(GuestFork::close);
            }
        }
    }

    private void add(boolean counts, String name, int variant, long ns) {
        if (counts) {
            messages.add(name, variant, ns);
        }
    }

    private long time(GuestProcess process) {
        byte[] message = scenario.eval("1+1").getBytes(UTF_8);
        long start = System.nanoTime();
        check(process.evaluate(message, ENVIRONMENT, EvaluationLimits.DEFAULTS));
        return System.nanoTime() - start;
    }

    private static void evaluate(GuestProcess process, String message) {
        process.evaluate(message.getBytes(UTF_8), ENVIRONMENT, EvaluationLimits.DEFAULTS);
    }

    private static void check(Evaluation got) {
        if (got.kind() != Evaluation.Kind.OK) {
            throw new IllegalStateException(got.kind() + " " + got.diagnostic());
        }
    }
}
