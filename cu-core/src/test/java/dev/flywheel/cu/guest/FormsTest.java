package dev.flywheel.cu.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.protocol.Id;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A guest in the form of each family of modules, against what the reference's loader for that
 * family answered: arguments, boot, environment, clock, files, growth, gas, endings; with the
 * memory after each evaluation. HyperBEAM's two forms (protected calls by imports, and by the older
 * exceptions) come without a tag, and their answers from a small host after its sources.
 */
class FormsTest {
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

    @ParameterizedTest
    @CsvSource({"v1, 390", "v2, 390", "e3, 390", "v4, 390", "v64, 390", "hb, 140", "hbx, 140"})
    void shouldServeEachFormAsItsOwnHostDoes(String form, int least) throws Exception {
        byte[] wasm = GuestBench.wasm(form, "forms");
        GoldenFindings findings = new GoldenFindings();
        for (GoldenScenario scenario : GoldenScenario.of("forms", form, GoldenRun.WARM)) {
            bench.call(
                    () -> {
                        findings.add(played(wasm, scenario));
                        return null;
                    });
        }
        assertThat(findings.differences()).isEmpty();
        assertThat(findings.compared()).hasSizeGreaterThan(least);
    }

    private static GoldenFindings played(byte[] wasm, GoldenScenario scenario) throws Exception {
        try (GuestModule module = bench.engine.load(Id.sha256(wasm), wasm, scenario.format());
                GoldenReplay replay = new GoldenReplay(module, scenario, true)) {
            return replay.play();
        }
    }
}
