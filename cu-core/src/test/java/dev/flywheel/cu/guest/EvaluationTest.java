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

    /** The reference throws at the charge that passes the limit; the guest may get further here. */
    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldRunOutOfGasAtTheFirstUnitAboveTheLimit(int width) throws Exception {
        String format =
                width == 64
                        ? "wasm64-unknown-emscripten-draft_2024_10_16-metering"
                        : "wasm32-unknown-emscripten-metering";
        byte[] message = message("Inc", "", "By", "2");
        try (GuestBench bench = new GuestBench(artefacts)) {
            bench.call(
                    () -> {
                        byte[] wasm = GuestBench.wasm("counter", width);
                        try (GuestModule module =
                                        bench.engine.load(GuestBench.MODULE, wasm, format);
                                GuestProcess process =
                                        module.newProcess(GuestProcessOptions.of(PROCESS))) {
                            long gas =
                                    process.dryRun(message, ENVIRONMENT, limit(Long.MAX_VALUE))
                                            .result()
                                            .gasUsed()
                                            .orElseThrow();
                            assertThat(gas).isGreaterThan(100_000);
                            for (long limit : new long[] {gas - 1, gas - 91, gas / 2, 1, 0}) {
                                Evaluation over =
                                        process.evaluate(message, ENVIRONMENT, limit(limit));
                                assertThat(over.diagnostic()).isEqualTo("Error: out of gas!");
                                assertThat(over.memoryKept()).isFalse();
                            }
                            Evaluation met = process.evaluate(message, ENVIRONMENT, limit(gas));
                            assertThat(text(met.result().output())).isEqualTo("{\"data\":\"2\"}");
                            assertThat(met.result().gasUsed()).hasValue(gas);
                            return null;
                        }
                    });
        }
    }

    private static EvaluationLimits limit(long gas) {
        return new EvaluationLimits(gas, GuestLimits.DEFAULT_WALL_CLOCK_MS);
    }
}
