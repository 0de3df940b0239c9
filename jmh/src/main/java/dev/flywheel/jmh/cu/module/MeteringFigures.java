package dev.flywheel.jmh.cu.module;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.EvaluationLimits;
import dev.flywheel.cu.guest.GuestProcess;
import dev.flywheel.jmh.Interleaved;
import dev.flywheel.jmh.cu.guest.Modules;
import dev.flywheel.jmh.cu.guest.Scenario;
import java.nio.file.Path;
import java.util.List;

/**
 * What counting gas costs: the golden scenario in a module as published and in the same module
 * metered, for both formats. CPU time of the thread, in turns. Prints tables. Run: {@code
 * jmh/run.sh metering}.
 */
public final class MeteringFigures {

    private static final int ROUNDS = 12;
    private static final List<String> NAMES = List.of("unmetered", "metered");

    private MeteringFigures() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(System.getProperty("flywheel.root", "."));
        System.out.println(
                "CPU time of the thread, least / median of "
                        + ROUNDS
                        + " rounds in turns. Goal: at most 1.3 for all messages together.");
        for (String module : List.of("aos2_0_4_32", "aos2_0_6")) {
            measure(root, module);
        }
    }

    private static void measure(Path root, String name) throws Exception {
        Interleaved each = new Interleaved(NAMES);
        Interleaved all = new Interleaved(NAMES);
        try (Modules plain = new Modules(root, name, Modules.PLAIN);
                Modules metered = new Modules(root, name, Modules.metered(plain.format()))) {
            List<Modules> variants = List.of(plain, metered);
            List<String> messages = new Scenario().golden();
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < variants.size(); i++) {
                    long[] times = variants.get(i).callAnew(process -> times(process, messages));
                    long sum = 0;
                    long small = 0;
                    for (int k = 0; k < times.length; k++) {
                        each.add(k == 0 ? "the process itself" : code(k), i, times[k]);
                        sum += times[k];
                        small +=
                                Scenario.CODE.get(Math.max(0, k - 1)).startsWith("B=")
                                        ? 0
                                        : times[k];
                    }
                    all.add("all messages", i, sum);
                    all.add("all but the one that fills 40 MiB", i, small);
                }
            }
        }
        System.out.println("\n## " + name + "\n");
        each.print(System.out);
        System.out.println();
        all.print(System.out);
    }

    private static String code(int message) {
        return "`" + Scenario.CODE.get(message - 1).replace("|", "\\|") + "`";
    }

    private static long[] times(GuestProcess process, List<String> messages) {
        byte[] environment = Scenario.ENVIRONMENT.getBytes(UTF_8);
        long[] times = new long[messages.size()];
        for (int i = 0; i < times.length; i++) {
            byte[] message = messages.get(i).getBytes(UTF_8);
            long start = Interleaved.cpuNs();
            process.evaluate(message, environment, EvaluationLimits.DEFAULTS);
            times[i] = Interleaved.cpuNs() - start;
        }
        return times;
    }
}
