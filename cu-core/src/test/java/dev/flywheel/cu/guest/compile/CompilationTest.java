package dev.flywheel.cu.guest.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flywheel.cu.guest.compile.CompileRefusedException.Reason;
import dev.flywheel.cu.module.ModulePipeline;
import dev.flywheel.cu.module.PreparationOptions;
import dev.flywheel.cu.module.PreparedModule;
import dev.flywheel.wasmtime.CompileException;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.EngineOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whose offsets a refusal names. */
class CompilationTest {
    private static final String METERED = "wasm32-unknown-emscripten-metering";

    private static final String PLAIN = "wasm32-unknown-emscripten4";

    /** Gas makes the first body longer: offsets of the second are other ones afterwards. */
    private static final String WRONG_TYPE =
            """
            (module
              (func (param i32) (result i32)
                (loop (br_if 0 (local.get 0))) (i32.div_s (local.get 0) (i32.const 3)))
              (func (result i32) (i64.const 1)))
            """;

    private static Engine engine;

    @BeforeAll
    static void open() {
        engine = new Engine(EngineOptions.builder().build());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static CompileException refused(byte[] wasm) {
        return catchThrowableOfType(CompileException.class, () -> engine.validate(wasm));
    }

    private static PreparedModule prepared(String wat) throws Exception {
        return ModulePipeline.prepare(Engine.wat2wasm(wat), new PreparationOptions(true, false));
    }

    @Test
    void shouldNameTheOffsetOfTheModuleAsPublished() throws Exception {
        byte[] wasm = Engine.wat2wasm(WRONG_TYPE);
        String published = refused(wasm).getMessage();
        assertThat(published)
                .contains("type mismatch", "offset")
                .isNotEqualTo(refused(prepared(WRONG_TYPE).wasm()).getMessage());
        assertThatThrownBy(() -> Compilation.artefact(METERED, wasm, engine, functions -> {}))
                .isInstanceOf(CompileRefusedException.class)
                .hasMessage("it does not compile: " + published);
    }

    @Test
    void shouldOwnUpToARewrittenFormThatIsNotValid() throws Exception {
        byte[] valid = Engine.wat2wasm("(module (func (result i32) (i32.const 1)))");
        PreparedModule broken = prepared(WRONG_TYPE);
        CompileException cause = refused(broken.wasm());
        CompileRefusedException refusal = Compilation.refusal(valid, broken, engine, cause);
        assertThat(refusal.reason()).isEqualTo(Reason.MODULE);
        assertThat(refusal)
                .hasMessageStartingWith("it does not compile: it is valid, but")
                .hasMessageContainingAll(
                        "a fault of this unit",
                        String.valueOf(cause.getMessage()),
                        "an offset of the rewritten form");
    }

    @Test
    void shouldPassOnWhatIsNoMatterOfValidity() throws Exception {
        String valid = "(module (table i64 1 funcref))";
        CompileException cause =
                catchThrowableOfType(
                        CompileException.class, () -> engine.compile(Engine.wat2wasm(valid)));
        assertThat(Compilation.refusal(Engine.wat2wasm(valid), prepared("(module)"), engine, cause))
                .hasMessage("it does not compile: 64-bit tables are not supported");
    }

    @Test
    void shouldSayThatOffsetsAreOfTheFormWithTodaysExceptions() throws Exception {
        byte[] older = // (func (try (do) (catch_all)) (result i32) (i64.const 1)), in the older
                // form
                java.util.HexFormat.of()
                        .parseHex(
                                "0061736d01000000" // a module
                                        + "0105016000017f" // a type: () -> i32
                                        + "03020100" // a function of it
                                        + "0a0d010b000640190b" // a body: try catch_all end
                                        + "4201" // i64.const 1
                                        + "1a41000b"); // drop, i32.const 0, end
        assertThat(refused(older)).as("the engine does not read it").isNotNull();
        Compilation.artefact(PLAIN, older, engine, functions -> {});
        byte[] wrong = older.clone();
        wrong[wrong.length - 4] = 0x01; // nop instead of drop
        assertThatThrownBy(() -> Compilation.artefact(PLAIN, wrong, engine, functions -> {}))
                .isInstanceOf(CompileRefusedException.class)
                .hasMessageContainingAll("type mismatch", "with today's exceptions");
    }
}
