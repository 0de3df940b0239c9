package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.ENVIRONMENT;
import static dev.flywheel.cu.guest.GuestBench.PROCESS;
import static dev.flywheel.cu.guest.GuestBench.message;
import static dev.flywheel.cu.guest.GuestBench.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationTest {
    @TempDir Path artefacts;

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldAnswerWithTheMessagesData(int width) throws Exception {
        try (GuestBench bench = new GuestBench(artefacts)) {
            Evaluation evaluation =
                    bench.call(
                            () -> {
                                try (GuestModule module = bench.module("echo", width);
                                        GuestProcess process =
                                                module.newProcess(
                                                        GuestProcessOptions.of(PROCESS))) {
                                    return process.evaluate(
                                            message("Say", "hé😀"),
                                            ENVIRONMENT,
                                            EvaluationLimits.DEFAULTS);
                                }
                            });
            assertThat(evaluation.kind()).isEqualTo(Evaluation.Kind.OK);
            assertThat(evaluation.memoryKept()).isTrue();
            assertThat(text(evaluation.result().output())).isEqualTo("{\"data\":\"hé😀\"}");
            assertThat(evaluation.result().gasUsed()).hasValue(0);
            assertThat(evaluation.diagnostic()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldKeepStateBetweenMessages(int width) throws Exception {
        try (GuestBench bench = new GuestBench(artefacts)) {
            bench.call(
                    () -> {
                        try (GuestModule module = bench.module("counter", width);
                                GuestProcess process =
                                        module.newProcess(GuestProcessOptions.of(PROCESS))) {
                            for (int i = 1; i <= 3; i++) {
                                Evaluation counted =
                                        process.evaluate(
                                                message("Inc", "", "By", "2"),
                                                ENVIRONMENT,
                                                EvaluationLimits.DEFAULTS);
                                assertThat(text(counted.result().output()))
                                        .isEqualTo("{\"data\":\"" + 2 * i + "\"}");
                            }
                            return null;
                        }
                    });
        }
    }
}
