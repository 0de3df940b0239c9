package dev.flywheel.cu.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoldenTest {
    @TempDir Path artefacts;

    @ParameterizedTest
    @ValueSource(strings = {"aos2_0_6", "aos2_0_4_32"})
    void shouldAnswerAsTheReferenceWithTheSameMemory(String module) throws Exception {
        Path golden = Path.of(System.getProperty("golden", "/work/shared/golden/eval"));
        try (GuestBench bench = new GuestBench(artefacts)) {
            GoldenReplay replay = new GoldenReplay(bench, Aos.module(module));
            bench.call(
                    () -> {
                        replay.run(golden.resolve(module + ".jsonl.gz"));
                        return null;
                    });
            assertThat(replay.differences()).isEmpty();
            assertThat(replay.compared()).isPositive();
        }
    }
}
