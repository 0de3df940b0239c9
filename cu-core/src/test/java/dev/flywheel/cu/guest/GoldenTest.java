package dev.flywheel.cu.guest;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the reference answered, byte for byte, and the memory that it left. Other recordings are
 * replayed instead with {@code -Dsurefire.extra.args=-Dgolden=FOLDER}.
 */
class GoldenTest {
    /** Stands for the recordings among the test resources. */
    private static final String RESOURCES = "";

    @TempDir Path artefacts;

    @ParameterizedTest
    @CsvSource({"aos2_0_6, 1000", "aos2_0_4_32, 1000"})
    void shouldAnswerAsTheReferenceWithTheSameMemory(String module, int least) throws Exception {
        String folder = System.getProperty("golden", RESOURCES);
        try (GuestBench bench = new GuestBench(artefacts)) {
            GoldenReplay replay = new GoldenReplay(bench, Aos.module(module));
            bench.call(
                    () -> {
                        try (InputStream lines = open(folder, module + ".jsonl.gz")) {
                            replay.run(lines);
                        }
                        return null;
                    });
            assertThat(replay.differences()).isEmpty();
            assertThat(replay.compared()).isGreaterThan(least);
        }
    }

    private static InputStream open(String folder, String file) throws Exception {
        return folder.equals(RESOURCES)
                ? requireNonNull(GoldenTest.class.getResourceAsStream("/golden/eval/" + file))
                : Files.newInputStream(Path.of(folder, file));
    }
}
