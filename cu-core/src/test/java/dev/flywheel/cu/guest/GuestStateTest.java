package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.ENVIRONMENT;
import static dev.flywheel.cu.guest.GuestBench.PROCESS;
import static dev.flywheel.cu.guest.GuestBench.message;
import static dev.flywheel.cu.guest.GuestBench.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process goes on in another instance as it would have in its own. */
class GuestStateTest {
    private static final GuestProcessOptions OPTIONS = GuestProcessOptions.of(PROCESS);

    @TempDir Path artefacts;

    private static Evaluation evaluate(GuestProcess process, String action, String... tags) {
        return process.evaluate(message(action, "", tags), ENVIRONMENT, EvaluationLimits.DEFAULTS);
    }

    private static GuestProcess resumed(GuestModule module, GuestProcess process)
            throws ModuleRefusedException {
        return process.<GuestProcess, ModuleRefusedException>readState(
                state -> module.resumeProcess(OPTIONS, state));
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldGoOnInAnotherInstanceWithTheSameState(int width) throws Exception {
        try (GuestBench bench = new GuestBench(artefacts);
                GuestModule module = bench.module("toucher", width)) {
            bench.call(
                    () -> {
                        try (GuestProcess first = module.newProcess(OPTIONS)) {
                            evaluate(first, "Touch", "Pages", "300", "Stride", "3");
                            try (GuestProcess second = resumed(module, first)) {
                                assertThat(second.stateHash()).isEqualTo(first.stateHash());
                                assertThat(second.memoryBytes()).isEqualTo(first.memoryBytes());
                                for (GuestProcess each : List.of(first, second)) {
                                    // What is undone comes back to the state that was taken over.
                                    each.dryRun(
                                            message("Touch", "", "Pages", "500", "Stride", "40"),
                                            ENVIRONMENT,
                                            EvaluationLimits.DEFAULTS);
                                    evaluate(each, "Touch", "Pages", "9", "First", "900");
                                    assertThat(text(evaluate(each, "Sum").result().output()))
                                            .isEqualTo("{\"data\":\"sum 309\"}");
                                }
                                assertThat(second.stateHash()).isEqualTo(first.stateHash());
                            }
                        }
                        return null;
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldTellStatesApartByMemoryAndByGlobals(int width) throws Exception {
        try (GuestBench bench = new GuestBench(artefacts);
                GuestModule module = bench.module("counter", width)) {
            bench.call(
                    () -> {
                        try (GuestProcess process = module.newProcess(OPTIONS)) {
                            String before = process.stateHash();
                            evaluate(process, "Inc");
                            assertThat(process.stateHash()).isNotEqualTo(before);
                        }
                        return null;
                    });
        }
        MemorySegment memory = MemorySegment.ofArray(new byte[8]);
        assertThat(new GuestState(memory, List.of(1L)).hash())
                .isNotEqualTo(new GuestState(memory, List.of(2L)).hash())
                .isEqualTo(new GuestState(memory, List.of(1L)).hash());
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldRefuseAStateOfAnotherModule(int width) throws Exception {
        try (GuestBench bench = new GuestBench(artefacts);
                GuestModule module = bench.module("counter", width)) {
            bench.call(
                    () -> {
                        try (GuestProcess process = module.newProcess(OPTIONS)) {
                            process.readState(
                                    state -> {
                                        refused(module, state, 0, 1);
                                        refused(module, state, 1, 0);
                                        refused(module, state, 65_536, 0);
                                        return state;
                                    });
                        }
                        return null;
                    });
        }
    }

    private static void refused(GuestModule module, GuestState state, long cut, int more) {
        List<Long> globals =
                more == 0
                        ? state.globals()
                        : java.util.Collections.nCopies(state.globals().size() + more, 0L);
        MemorySegment memory = state.memory().asSlice(0, state.memory().byteSize() - cut);
        assertThatThrownBy(() -> module.resumeProcess(OPTIONS, new GuestState(memory, globals)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the state has");
    }
}
