package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.ENVIRONMENT;
import static dev.flywheel.cu.guest.GuestBench.MODULE;
import static dev.flywheel.cu.guest.GuestBench.PROCESS;
import static dev.flywheel.cu.guest.GuestBench.message;
import static dev.flywheel.cu.guest.GuestBench.wasm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs of a C compiler that are no modules for this host are refused with their reason; {@link
 * HostileModulesTest} has those made by hand.
 */
class RefusalTest {
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

    private static void assertRefused(byte[] wasm, String format, String... reasons) {
        assertThatThrownBy(() -> bench.engine.load(MODULE, wasm, format))
                .isInstanceOf(ModuleRefusedException.class)
                .hasMessageContaining(MODULE.toString())
                .hasMessageContainingAll(reasons);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldRefuseAModuleWithoutHandleAndOneWithUnknownImports(int width) {
        String format = GuestBench.format(width);
        assertRefused(wasm("nohandle", width), format, "exports no function handle");
        assertRefused(
                wasm("unknownimport", width), format, "env.no_such_function", "(i32) -> (i32)");
    }

    @Test
    void shouldRefuseAnUnknownFormatAndOneOfAnotherFamily() {
        assertRefused(wasm("echo", 64), "wasm32-unknown-unknown", "Module-Format is unknown");
        assertRefused(wasm("echo", 64), GuestBench.FORMAT_32, "family V64", "family V4");
        assertRefused(wasm("echo", 32), "wasm32-unknown-emscripten", "family V4", "family V1");
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldRefuseAModuleThatTrapsAtItsStart(int width) throws Exception {
        try (GuestModule module = bench.module("badstart", width)) {
            assertThatThrownBy(
                            () ->
                                    bench.call(
                                            () ->
                                                    module.newProcess(
                                                            GuestProcessOptions.of(PROCESS))))
                    .isInstanceOf(ModuleRefusedException.class)
                    .hasMessageContaining("fails while it starts: RuntimeError: unreachable");
        }
    }

    @Test
    void shouldRefuseAProcessWhoseLimitIsBelowTheModulesMinimum() throws Exception {
        try (GuestModule module = bench.module("echo", 64)) {
            assertThatThrownBy(
                            () ->
                                    bench.call(
                                            () ->
                                                    module.newProcess(
                                                            new GuestProcessOptions(
                                                                    PROCESS, 1 << 20))))
                    .isInstanceOf(ModuleRefusedException.class)
                    .hasMessageContaining("memoryBytes=20971520");
        }
    }

    @Test
    void shouldRefuseThreadsWithoutRoomForAGuestsStack() throws Exception {
        try (GuestModule module = bench.module("echo", 64);
                GuestProcess process =
                        bench.call(() -> module.newProcess(GuestProcessOptions.of(PROCESS)))) {
            Throwable[] thrown = new Throwable[1];
            Thread small =
                    new Thread(
                            null,
                            () -> {
                                try {
                                    process.evaluate(
                                            message("Say", ""),
                                            ENVIRONMENT,
                                            EvaluationLimits.DEFAULTS);
                                } catch (IllegalStateException e) {
                                    thrown[0] = e;
                                }
                            },
                            "small",
                            1 << 20);
            small.start();
            small.join();
            assertThat(thrown[0]).hasMessageContaining("stack is too small");
            // And the process is none the worse for it.
            Evaluation fine =
                    bench.call(
                            () ->
                                    process.evaluate(
                                            message("Say", "x"),
                                            ENVIRONMENT,
                                            EvaluationLimits.DEFAULTS));
            assertThat(fine.kind()).isEqualTo(Evaluation.Kind.OK);
        }
    }

    @Test
    void shouldRefuseCallsAfterClose() throws Exception {
        try (GuestModule module = bench.module("echo", 64)) {
            GuestProcess process =
                    bench.call(() -> module.newProcess(GuestProcessOptions.of(PROCESS)));
            process.close();
            process.close();
            assertThatThrownBy(process::stateHash).hasMessageContaining("process is closed");
            assertThatThrownBy(
                            () ->
                                    bench.call(
                                            () ->
                                                    process.evaluate(
                                                            message("Say", ""),
                                                            ENVIRONMENT,
                                                            EvaluationLimits.DEFAULTS)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("process is closed");
        }
    }
}
