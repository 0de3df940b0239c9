package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.ENVIRONMENT;
import static dev.flywheel.cu.guest.GuestBench.MODULE;
import static dev.flywheel.cu.guest.GuestBench.PROCESS;
import static dev.flywheel.cu.guest.GuestBench.message;
import static dev.flywheel.cu.guest.GuestBench.wasm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.wasmtime.Engine;
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
        assertRefused(
                wasm("echo", 64),
                GuestBench.FORMAT_32,
                "exports no function handle (i32, i32) -> (i32), but",
                "family V64, whose Module-Format is " + GuestBench.FORMAT_64);
        assertRefused(
                wasm("echo", 32),
                "wasm32-unknown-emscripten",
                "exports no function G",
                "family V4, whose Module-Format is " + GuestBench.FORMAT_32);
        assertRefused(
                form("v2"),
                "wasm32-unknown-emscripten3",
                "imports what its host does not have: env._emscripten_date_now",
                "family V2, whose Module-Format is wasm32-unknown-emscripten2");
        assertRefused(
                form("hbx"),
                GuestBench.FORMAT_64,
                "wasi_snapshot_preview1.proc_exit",
                "family HB, which runs without a Module-Format");
    }

    @Test
    void shouldRefuseAModuleWithoutATagThatLooksLikeNone() {
        assertRefused(
                Engine.wat2wasm("(module (func (export \"fac\")))"),
                "",
                "exports no function handle, so it is no program of an AO process");
        assertRefused(
                Engine.wat2wasm(
                        """
                        (module
                          (memory (export "memory") 1)
                          (func (export "handle") (param i32 i32) (result i32) (i32.const 0)))
                        """),
                "",
                "has no Module-Format",
                "publish it with one of");
    }

    @Test
    void shouldRefuseCppExceptionsThatTheHostIsToCatch() {
        assertRefused(
                Engine.wat2wasm(
                        """
                        (module
                          (import "env" "__cxa_find_matching_catch_2" (func (result i64)))
                          (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
                          (memory (export "memory") i64 1)
                          (func (export "_start"))
                          (func (export "handle") (param i64 i64) (result i64) (i64.const 0)))
                        """),
                "",
                "catches C++ exceptions with the help of its host",
                "-fwasm-exceptions");
    }

    /** The guest in the form of a family. */
    private static byte[] form(String name) {
        return wasm(name, "forms");
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
