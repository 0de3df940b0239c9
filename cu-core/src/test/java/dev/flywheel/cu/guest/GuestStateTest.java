package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.ENVIRONMENT;
import static dev.flywheel.cu.guest.GuestBench.PROCESS;
import static dev.flywheel.cu.guest.GuestBench.message;
import static dev.flywheel.cu.guest.GuestBench.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.cu.guest.hostile.AoModule;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
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

    /** Counts messages in a global of each type, and answers with the letter of their sum. */
    private static byte[] countingInGlobals() {
        int answer = 16 + "{'ok':true,'response':{'Output':{'data':'".length();
        return new AoModule()
                .with(
                        "globals",
                        """
                        (global $a (mut i32) (i32.const 0))
                        (global $b (mut i64) (i64.const 0))
                        (global $c (mut f32) (f32.const 0))
                        (global $d (mut f64) (f64.const 0))
                        (global $e (mut f32) (f32.const 0))
                        (global $f (mut f64) (f64.const 0))""")
                .handle(
                        """
                        (global.set $a (i32.add (global.get $a) (i32.const 1)))
                        (global.set $b (i64.add (global.get $b) (i64.const 1)))
                        (global.set $c (f32.add (global.get $c) (f32.const 1)))
                        (global.set $d (f64.add (global.get $d) (f64.const 1)))
                        ;; not every copy keeps the bits of these
                        (global.set $e (f32.const nan:0x000001))
                        (global.set $f (f64.const -nan:0x0000000000001))
                        (i32.store8 (i64.const %d)
                          (i32.add (i32.const 65)
                            (i32.add
                              (i32.add (global.get $a) (i32.wrap_i64 (global.get $b)))
                              (i32.add (i32.trunc_f32_s (global.get $c))
                                       (i32.trunc_f64_s (global.get $d))))))
                        (i64.const 16)"""
                                .formatted(answer))
                .wasm();
    }

    @Test
    void shouldGoOnWithTheSameGlobals() throws Exception {
        try (GuestBench bench = new GuestBench(artefacts);
                GuestModule module =
                        bench.engine.load(
                                GuestBench.MODULE, countingInGlobals(), GuestBench.FORMAT_64)) {
            bench.call(
                    () -> {
                        try (GuestProcess first = module.newProcess(OPTIONS)) {
                            for (int i = 0; i < 3; i++) {
                                evaluate(first, "Count");
                            }
                            try (GuestProcess second = resumed(module, first)) {
                                assertThat(second.stateHash()).isEqualTo(first.stateHash());
                                for (GuestProcess each : List.of(first, second)) {
                                    each.dryRun(
                                            message("Count", ""),
                                            ENVIRONMENT,
                                            EvaluationLimits.DEFAULTS);
                                    assertThat(text(evaluate(each, "Count").result().output()))
                                            .isEqualTo(
                                                    "{\"data\":\"" + (char) ('A' + 4 * 4) + "\"}");
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
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 65_536, 2 * 65_536, 2 * 65_536 + 8})
    void shouldHashAllOfTheMemoryAndThenTheGlobals(int length) throws Exception {
        byte[] memory = new byte[length];
        List<Long> globals = List.of(1L, Long.MIN_VALUE);
        String before = hash(memory, globals);
        assertThat(hash(memory, List.of(2L, Long.MIN_VALUE))).isNotEqualTo(before);
        for (int i = 0; i < length; i++) {
            memory[i] = (byte) (i * 31 + i / 251);
        }
        ByteBuffer all = ByteBuffer.allocate(length + 2 * Long.BYTES).put(memory);
        globals.forEach(all::putLong);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(all.array());
        assertThat(hash(memory, globals)).isEqualTo(HexFormat.of().formatHex(digest));
    }

    private static String hash(byte[] memory, List<Long> globals) {
        return new GuestState(MemorySegment.ofArray(memory), globals).hash();
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldRefuseAStateBeyondTheLimitOfTheProcess(int width) throws Exception {
        try (GuestBench bench = new GuestBench(artefacts);
                GuestModule module = bench.module("counter", width)) {
            bench.call(
                    () -> {
                        try (GuestProcess process = module.newProcess(OPTIONS)) {
                            GuestProcessOptions small =
                                    new GuestProcessOptions(PROCESS, process.memoryBytes());
                            List<Long> globals = process.readState(GuestState::globals);
                            byte[] longer = new byte[(int) process.memoryBytes() + 65_536];
                            GuestState state =
                                    new GuestState(MemorySegment.ofArray(longer), globals);
                            assertThatThrownBy(() -> module.resumeProcess(small, state))
                                    .isInstanceOf(IllegalArgumentException.class)
                                    .hasMessageContaining(
                                            "the process's limit is bytes="
                                                    + process.memoryBytes());
                            module.resumeProcess(OPTIONS, state).close();
                        }
                        return null;
                    });
        }
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
