package dev.flywheel.cu.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.GoldenFindings.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the reference answered to all recorded messages, byte for byte, and the memory that it left;
 * {@link GoldenPart} says how much of it each build plays.
 */
class GoldenTest {
    private static final Logger log = LoggerFactory.getLogger(GoldenTest.class);
    private static final List<String> MODULES =
            List.of(
                    "aos",
                    "aos2_0_1",
                    "aos2_0_3",
                    "aos2_0_4_32",
                    "aos2_0_6",
                    "process",
                    "sqlite",
                    "llama");

    @TempDir Path artefacts;

    @Test
    void shouldAnswerAsTheReferenceWithTheSameMemory() throws Exception {
        play(GoldenRun.WARM);
    }

    @Test
    void shouldAnswerTheSameInANewInstanceForEachMessage() throws Exception {
        play(GoldenRun.NEW_INSTANCES);
    }

    @Test
    void shouldUseTheSameGasUnderTheMeteredFormat() throws Exception {
        play(GoldenRun.METERED);
    }

    private void play(GoldenRun run) throws Exception {
        GoldenFindings findings = new GoldenFindings();
        int threads = Runtime.getRuntime().availableProcessors();
        try (GuestBench bench = new GuestBench(artefacts);
                GoldenModules modules = new GoldenModules(bench.engine);
                ExecutorService guests =
                        Executors.newFixedThreadPool(threads, bench.engine.threads())) {
            List<Future<GoldenFindings>> plays = new ArrayList<>();
            for (String module : MODULES) {
                for (GoldenScenario scenario : GoldenScenario.of(module, run)) {
                    if (GoldenPart.includes(scenario)) {
                        plays.add(guests.submit(play(modules, scenario)));
                    }
                }
            }
            for (Future<GoldenFindings> play : plays) {
                findings.add(play.get());
            }
        }
        log.info("compared: run={} fields={}", run, findings.counts());
        check(run, findings);
    }

    private static Callable<GoldenFindings> play(GoldenModules modules, GoldenScenario scenario) {
        return () -> {
            GuestModule module = modules.load(scenario);
            long start = System.nanoTime();
            try (GoldenReplay replay = new GoldenReplay(module, scenario, GoldenPart.LONG)) {
                return replay.play();
            } finally {
                log.info("played: {} ms={}", scenario, (System.nanoTime() - start) / 1_000_000);
            }
        };
    }

    /** What differs must be known to, and what is known to differ must do so. */
    private static void check(GoldenRun run, GoldenFindings findings) throws Exception {
        Set<Place> known = KnownDifferences.read();
        Map<Place, String> unknown = new HashMap<>(findings.differences());
        unknown.keySet().removeAll(known);
        assertThat(unknown).isEmpty();
        List<Place> gone =
                findings.compared().stream()
                        .filter(known::contains)
                        .filter(place -> !findings.differences().containsKey(place))
                        .toList();
        assertThat(gone).as("listed as different, and equal").isEmpty();
        if (GoldenPart.LONG) {
            known.removeIf(place -> place.run() != run || !GoldenPart.includes(place.module()));
            known.removeAll(findings.compared());
            assertThat(known).as("listed as different, and not compared").isEmpty();
        }
    }
}
