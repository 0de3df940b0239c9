package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.ENVIRONMENT;
import static dev.flywheel.cu.guest.GuestBench.message;
import static dev.flywheel.cu.guest.GuestBench.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.protocol.Id;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrencyTest {
    private static final int PROCESSES = 12;
    private static final int MESSAGES = 40;

    @TempDir Path artefacts;

    private static GuestProcess process(GuestModule module, int i) throws ModuleRefusedException {
        return module.newProcess(
                GuestProcessOptions.of(Id.sha256(("process " + i).getBytes(UTF_8))));
    }

    @Test
    void shouldEvaluateManyProcessesInParallelWithoutMixingThemUp() throws Exception {
        try (GuestBench bench = new GuestBench(artefacts);
                GuestModule module = bench.module("counter", 64);
                ExecutorService threads = Executors.newFixedThreadPool(4, bench.engine.threads())) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                int by = i + 1;
                answers.add(threads.submit(() -> count(module, by)));
            }
            for (int i = 0; i < PROCESSES; i++) {
                assertThat(answers.get(i).get())
                        .isEqualTo("{\"data\":\"" + MESSAGES * (i + 1) + "\"}");
            }
        }
    }

    private static String count(GuestModule module, int by) throws ModuleRefusedException {
        try (GuestProcess process = process(module, by)) {
            String last = "";
            for (int i = 0; i < MESSAGES; i++) {
                byte[] message = message("Inc", "", "By", "" + by);
                process.dryRun(message, ENVIRONMENT, EvaluationLimits.DEFAULTS);
                last =
                        text(
                                process.evaluate(message, ENVIRONMENT, EvaluationLimits.DEFAULTS)
                                        .result()
                                        .output());
            }
            return last;
        }
    }

    @Test
    void shouldEndOneEvaluationFromAnotherThreadAndLeaveTheOthersAlone() throws Exception {
        try (GuestBench bench = new GuestBench(artefacts);
                GuestModule module = bench.module("misbehaver", 64);
                ExecutorService threads = Executors.newFixedThreadPool(2, bench.engine.threads());
                GuestProcess looping = threads.submit(() -> process(module, 1)).get();
                GuestProcess other = threads.submit(() -> process(module, 2)).get()) {
            Future<Evaluation> endless = evaluate(threads, looping, "Loop");
            Evaluation fine = evaluate(threads, other, "Nothing").get();
            assertThat(fine.kind()).isEqualTo(Evaluation.Kind.OK);
            assertThatThrownBy(() -> refusedWhileBusy(endless, looping))
                    .hasMessageContaining("process is in another call");
            Evaluation ended = interruptUntilDone(endless, looping);
            assertThat(ended.kind()).isEqualTo(Evaluation.Kind.HOST_LIMIT);
            assertThat(ended.diagnostic()).contains("interrupted by this host");
            // An interrupt with nothing to end is forgotten.
            looping.interrupt();
            Evaluation after = evaluate(threads, looping, "Count").get();
            assertThat(text(after.result().output())).isEqualTo("{\"data\":\"0\"}");
        }
    }

    /** The endless loop may not have begun yet: calls again until it is in the way. */
    private static void refusedWhileBusy(Future<Evaluation> running, GuestProcess process) {
        while (!running.isDone()) {
            process.stateHash();
        }
    }

    private static Evaluation interruptUntilDone(Future<Evaluation> running, GuestProcess process)
            throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < end) {
            process.interrupt();
            try {
                return running.get(10, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                assertThat(running).isNotDone();
            }
        }
        throw new AssertionError("not interrupted within a minute");
    }

    private static Future<Evaluation> evaluate(
            ExecutorService threads, GuestProcess process, String action) {
        return threads.submit(
                () ->
                        process.evaluate(
                                message(action, ""), ENVIRONMENT, EvaluationLimits.DEFAULTS));
    }
}
