package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.ENVIRONMENT;
import static dev.flywheel.cu.guest.GuestBench.PROCESS;
import static dev.flywheel.cu.guest.GuestBench.message;
import static dev.flywheel.cu.guest.GuestBench.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A fork answers from its moment, whatever becomes of the process. */
class GuestForkTest {
    @TempDir static Path artefacts;
    private static GuestBench bench;
    private static ExecutorService threads;

    @BeforeAll
    static void open() {
        bench = new GuestBench(artefacts);
        threads = Executors.newFixedThreadPool(3, bench.engine.threads());
    }

    @AfterAll
    static void close() {
        threads.close();
        bench.close();
    }

    private interface Work {
        void on(GuestProcess process) throws Exception;
    }

    private static void with(String guest, int width, Work work) throws Exception {
        bench.call(
                () -> {
                    try (GuestModule module = bench.module(guest, width);
                            GuestProcess process =
                                    module.newProcess(GuestProcessOptions.of(PROCESS))) {
                        work.on(process);
                        return null;
                    }
                });
    }

    private static Evaluation evaluate(GuestProcess process, String action, String... tags) {
        return process.evaluate(message(action, "", tags), ENVIRONMENT, EvaluationLimits.DEFAULTS);
    }

    private static String dryRun(GuestFork fork, String action, String... tags) {
        Evaluation got =
                fork.dryRun(message(action, "", tags), ENVIRONMENT, EvaluationLimits.DEFAULTS);
        assertThat(got.kind()).as(got.diagnostic()).isEqualTo(Evaluation.Kind.OK);
        assertThat(got.memoryKept()).isFalse();
        return text(got.result().output());
    }

    private static String data(Object value) {
        return "{\"data\":\"" + value + "\"}";
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldAnswerEachTimeFromItsMoment(int width) throws Exception {
        with(
                "counter",
                width,
                process -> {
                    List<GuestFork> forks = new ArrayList<>();
                    for (int i = 0; i < 40; i++) {
                        forks.add(process.fork());
                        evaluate(process, "Inc");
                        int some = i / 2;
                        assertThat(dryRun(forks.get(some), "Inc")).isEqualTo(data(some + 1));
                        assertThat(dryRun(forks.get(some), "Get")).isEqualTo(data(some));
                    }
                    String hash = process.stateHash();
                    for (int i = 0; i < 40; i++) {
                        assertThat(dryRun(forks.get(i), "Inc")).isEqualTo(data(i + 1));
                        forks.get(i).close();
                    }
                    assertThat(process.stateHash()).isEqualTo(hash);
                    assertThat(text(evaluate(process, "Get").result().output()))
                            .isEqualTo(data(40));
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldForkWhileAnEvaluationRuns(int width) throws Exception {
        with(
                "misbehaver",
                width,
                process -> {
                    for (int i = 0; i < 3; i++) {
                        evaluate(process, "Nothing");
                    }
                    String hash = process.stateHash();
                    Future<Evaluation> endless =
                            threads.submit(
                                    () -> process.evaluate(message("Loop", ""), ENVIRONMENT, LONG));
                    waitUntilBusy(process, endless);
                    try (GuestFork fork = process.fork();
                            GuestFork snapshot = process.fork()) {
                        assertThat(dryRun(fork, "Count")).isEqualTo(data(3));
                        assertThat(snapshot.read(GuestState::hash)).isEqualTo(hash);
                        assertThat(endless).isNotDone();
                        // Each is ended on its own.
                        Future<Evaluation> other =
                                threads.submit(
                                        () -> fork.dryRun(message("Loop", ""), ENVIRONMENT, LONG));
                        assertThat(interrupted(other, fork::interrupt).kind())
                                .isEqualTo(Evaluation.Kind.HOST_LIMIT);
                        assertThat(endless).isNotDone();
                        interrupted(endless, process::interrupt);
                        assertThat(dryRun(fork, "Count")).isEqualTo(data(3));
                    }
                    assertThat(process.stateHash()).isEqualTo(hash);
                });
    }

    private static final EvaluationLimits LONG = EvaluationLimits.DEFAULTS;

    private static void waitUntilBusy(GuestProcess process, Future<Evaluation> endless) {
        while (!process.isBusy()) {
            assertThat(endless).isNotDone();
            Thread.onSpinWait();
        }
    }

    private static Evaluation interrupted(Future<Evaluation> running, Runnable interrupt)
            throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < end) {
            interrupt.run();
            try {
                return running.get(10, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                assertThat(running).isNotDone();
            }
        }
        throw new AssertionError("not interrupted within a minute");
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldAnswerConsistentlyWhileMessagesAreEvaluated(int width) throws Exception {
        with(
                "counter",
                width,
                process -> {
                    AtomicBoolean done = new AtomicBoolean();
                    List<Future<Integer>> readers = new ArrayList<>();
                    for (int i = 0; i < 2; i++) {
                        readers.add(threads.submit(() -> readUntil(done, process)));
                    }
                    for (int i = 0; i < 400; i++) {
                        evaluate(process, "Inc");
                    }
                    done.set(true);
                    for (Future<Integer> reader : readers) {
                        assertThat(reader.get()).isPositive();
                    }
                    assertThat(text(evaluate(process, "Get").result().output()))
                            .isEqualTo(data(400));
                });
    }

    private static int readUntil(AtomicBoolean done, GuestProcess process) {
        int forks = 0;
        int last = 0;
        while (!done.get()) {
            try (GuestFork fork = process.fork()) {
                int count = number(dryRun(fork, "Get"));
                assertThat(count).isGreaterThanOrEqualTo(last);
                assertThat(number(dryRun(fork, "Inc"))).isEqualTo(count + 1);
                assertThat(number(dryRun(fork, "Get"))).isEqualTo(count);
                last = count;
                forks++;
            }
        }
        return forks;
    }

    private static int number(String output) {
        return Integer.parseInt(output.replaceAll("\\D", ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldOutliveTheProcessAndItsInstances(int width) throws Exception {
        bench.call(
                () -> {
                    try (GuestModule module = bench.module("toucher", width)) {
                        GuestProcess process = module.newProcess(GuestProcessOptions.of(PROCESS));
                        evaluate(process, "Touch", "Pages", "300", "Stride", "3");
                        String hash = process.stateHash();
                        GuestFork fork = process.fork();
                        GuestFork snapshot = process.fork();
                        // Grown and undone: the process has another instance then.
                        process.dryRun(
                                message("Touch", "", "Pages", "500", "Stride", "40"),
                                ENVIRONMENT,
                                LONG);
                        evaluate(process, "Touch", "Pages", "300", "Value", "7");
                        assertThat(dryRun(fork, "Sum")).isEqualTo(data("sum 300"));
                        process.close();
                        assertThatIllegalStateException()
                                .isThrownBy(process::fork)
                                .withMessageContaining("process is closed");
                        assertThatIllegalStateException().isThrownBy(process::fork);
                        // Also when the fork itself grows, which needs another instance.
                        dryRun(fork, "Touch", "Pages", "500", "Stride", "40");
                        assertThat(dryRun(fork, "Sum")).isEqualTo(data("sum 300"));
                        assertThat(snapshot.read(GuestState::hash)).isEqualTo(hash);
                        snapshot.close();
                        fork.close();
                        fork.close();
                        assertThatIllegalStateException()
                                .isThrownBy(() -> dryRun(fork, "Sum"))
                                .withMessageContaining("fork is closed");
                        assertThatIllegalStateException()
                                .isThrownBy(() -> snapshot.read(GuestState::hash));
                    }
                    return null;
                });
    }
}
