package dev.flywheel.cu.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.cu.guest.hostile.HostileModule;
import dev.flywheel.cu.module.ModulePipeline;
import dev.flywheel.cu.module.Pass;
import dev.flywheel.cu.module.PreparationOptions;
import dev.flywheel.cu.module.RewrittenModule;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Some 600 broken and hostile modules, each by the whole way that a module goes here: refused with
 * the place and the reason, or run within limits. The one JVM takes them all.
 */
class HostileModulesTest {

    /** Nothing of this takes a second; a compiler that is tricked takes a minute. */
    private static final int PATIENCE_S = 20;

    private static final EvaluationLimits SHORT = new EvaluationLimits(1_000_000_000L, 50);

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

    static List<HostileModule> modules() {
        return HostileModule.all();
    }

    @Test
    void shouldBeManyAndHaveNames() {
        Set<String> names = new HashSet<>();
        modules()
                .forEach(module -> assertThat(names.add(module.name())).as(module.name()).isTrue());
        assertThat(names).hasSizeGreaterThan(400);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("modules")
    @Timeout(
            value = PATIENCE_S,
            unit = TimeUnit.SECONDS,
            threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldRefuseOrRunWithinLimits(HostileModule hostile) throws Exception {
        if (hostile.fate() == HostileModule.Fate.REFUSED) {
            assertThatThrownBy(() -> load(hostile).close(), "%s", hostile.name())
                    .isInstanceOf(ModuleRefusedException.class)
                    .hasMessageStartingWith("module " + GuestBench.MODULE + " cannot be run: ")
                    .hasMessageContainingAll(fragments(hostile));
            return;
        }
        try (GuestModule module = load(hostile)) {
            if (hostile.fate() == HostileModule.Fate.FAILS_AT_START) {
                assertThatThrownBy(() -> start(module).close(), "%s", hostile.name())
                        .isInstanceOf(ModuleRefusedException.class)
                        .hasMessageStartingWith("module " + GuestBench.MODULE + " cannot be run: ")
                        .hasMessageContainingAll(fragments(hostile));
                return;
            }
            try (GuestProcess process = start(module)) {
                assertThat(evaluate(process, hostile)).isEqualTo(expected(hostile.fate()));
                // And again: nothing is worse for it.
                assertThat(evaluate(process, hostile)).isEqualTo(expected(hostile.fate()));
            }
        }
    }

    @Test
    void shouldPrepareWhatIsJustWithinTheLimits() throws Exception {
        List<Pass> passes = ModulePipeline.passes(PreparationOptions.UNMETERED);
        assertThat(passes.removeLast()).isEqualTo(Pass.INTERRUPT);
        for (byte[] wasm : HostileModule.justWithinTheLimits()) {
            assertThat(RewrittenModule.of(wasm, passes).wasm()).isEqualTo(wasm);
            ModulePipeline.prepare(wasm, PreparationOptions.UNMETERED);
        }
    }

    private static Evaluation.Kind evaluate(GuestProcess process, HostileModule hostile)
            throws Exception {
        Evaluation evaluation =
                bench.call(
                        () ->
                                process.evaluate(
                                        GuestBench.message("Eval", "x"),
                                        GuestBench.ENVIRONMENT,
                                        SHORT));
        for (String fragment : hostile.fragments()) {
            assertThat(evaluation.diagnostic()).contains(fragment);
        }
        return evaluation.kind();
    }

    private static Evaluation.Kind expected(HostileModule.Fate fate) {
        return switch (fate) {
            case THROWS -> Evaluation.Kind.THROWN;
            case LIMITED -> Evaluation.Kind.HOST_LIMIT;
            case RUNS -> Evaluation.Kind.OK;
            default -> throw new IllegalArgumentException("gets no evaluation: " + fate);
        };
    }

    private static GuestModule load(HostileModule hostile) throws ModuleRefusedException {
        return bench.engine.load(GuestBench.MODULE, hostile.wasm(), hostile.format());
    }

    private static GuestProcess start(GuestModule module) throws Exception {
        return bench.call(() -> module.newProcess(GuestProcessOptions.of(GuestBench.PROCESS)));
    }

    private static String[] fragments(HostileModule hostile) {
        return hostile.fragments().toArray(String[]::new);
    }
}
