package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.ENVIRONMENT;
import static dev.flywheel.cu.guest.GuestBench.PROCESS;
import static dev.flywheel.cu.guest.GuestBench.message;
import static dev.flywheel.cu.guest.GuestBench.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is undone leaves every byte as it was. */
class UndoTest {
    @TempDir static Path artefacts;
    private static GuestBench bench;

    @BeforeAll
    static void open() {
        bench = new GuestBench(artefacts);
    }

    @AfterAll
    static void close() {
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

    private static Evaluation evaluate(GuestProcess process, byte[] message) {
        return process.evaluate(message, ENVIRONMENT, EvaluationLimits.DEFAULTS);
    }

    private static Evaluation dryRun(GuestProcess process, byte[] message) {
        return process.dryRun(message, ENVIRONMENT, EvaluationLimits.DEFAULTS);
    }

    private static byte[] memory(GuestProcess process) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        process.writeMemory(out);
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldLeaveNothingOfADryRun(int width) throws Exception {
        with(
                "counter",
                width,
                process -> {
                    evaluate(process, message("Inc", ""));
                    byte[] before = memory(process);
                    Evaluation dry = dryRun(process, message("Inc", ""));
                    assertThat(dry.kind()).isEqualTo(Evaluation.Kind.OK);
                    assertThat(dry.memoryKept()).isFalse();
                    assertThat(text(dry.result().output())).isEqualTo("{\"data\":\"2\"}");
                    assertThat(memory(process)).isEqualTo(before);
                    assertThat(text(evaluate(process, message("Get", "")).result().output()))
                            .isEqualTo("{\"data\":\"1\"}");
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldUndoWritesAndGrowthByteForByte(int width) throws Exception {
        with(
                "toucher",
                width,
                process -> {
                    evaluate(process, message("Touch", "", "Pages", "300", "Stride", "3"));
                    byte[] before = memory(process);
                    String hash = process.stateHash();
                    // Within the memory that there is, then far beyond it.
                    dryRun(process, message("Touch", "", "Pages", "100", "Value", "77"));
                    assertThat(memory(process)).isEqualTo(before);
                    dryRun(process, message("Touch", "", "Pages", "500", "Stride", "40"));
                    assertThat(process.memoryBytes()).isEqualTo(before.length);
                    assertThat(memory(process)).isEqualTo(before);
                    assertThat(process.stateHash()).isEqualTo(hash);
                    // And goes on as if nothing had been.
                    Evaluation sum = evaluate(process, message("Sum", ""));
                    assertThat(text(sum.result().output())).isEqualTo("{\"data\":\"sum 300\"}");
                    evaluate(process, message("Touch", "", "Pages", "300", "Stride", "3"));
                    sum = evaluate(process, message("Sum", ""));
                    assertThat(text(sum.result().output())).isEqualTo("{\"data\":\"sum 600\"}");
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldComeToTheSameStateWithAndWithoutUndoneEvaluationsBetween(int width)
            throws Exception {
        String[] hashes = new String[2];
        for (int undone = 0; undone < 2; undone++) {
            int round = undone;
            with(
                    "toucher",
                    width,
                    process -> {
                        for (int i = 0; i < 6; i++) {
                            if (round == 1) {
                                dryRun(process, message("Touch", "", "Pages", "" + 400 * i));
                                dryRun(process, message("Sum", ""));
                            }
                            String first = "" + 900 * i;
                            evaluate(process, message("Touch", "", "Pages", "9", "First", first));
                        }
                        hashes[round] = process.stateHash();
                    });
        }
        assertThat(hashes[1]).isEqualTo(hashes[0]);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldCatchLongjmpsInsideTheGuest(int width) throws Exception {
        with(
                "catcher",
                width,
                process -> {
                    Evaluation failing =
                            evaluate(process, message("Fail", "", "Times", "100", "Depth", "5"));
                    assertThat(text(failing.result().output()))
                            .isEqualTo("{\"data\":\"caught 500, returned 0, crooked 0\"}");
                    Evaluation fine = evaluate(process, message("Do", "", "Times", "10"));
                    assertThat(text(fine.result().output()))
                            .isEqualTo("{\"data\":\"caught 0, returned 10, crooked 0\"}");
                });
    }
}
