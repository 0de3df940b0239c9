package dev.flywheel.wasmtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LiveObjectsCheck.class)
class ModuleTest {

    private static final byte[] SEVEN =
            Engine.wat2wasm("(module (func (export \"get\") (result i32) i32.const 7))");

    @TempDir Path folder;

    private static Engine engine() {
        return new Engine(EngineOptions.builder().build());
    }

    @Test
    void shouldTellImportsAndExportsOfAllKinds() {
        try (Engine engine = engine();
                Module module =
                        engine.compile(
                                Engine.wat2wasm(
                                        """
                                        (module
                                          (import "env" "f" (func (param i32 i64 f32 f64 v128 funcref externref exnref)))
                                          (import "env" "memory" (memory i64 3 9))
                                          (import "a" "global" (global (mut f64)))
                                          (table (export "table") 2 externref)
                                          (table (export "functions") 2 8 funcref)
                                          (tag (export "tag") (param i32))
                                          (export "second" (memory 0))
                                          (global (export "vector") v128 (v128.const i64x2 1 2))
                                          (func (export "é") (result i32) i32.const 1))
                                        """))) {
            assertThat(module.imports())
                    .containsExactly(
                            new ImportType(
                                    "env",
                                    "f",
                                    new FunctionType(List.of(ValueType.values()), List.of())),
                            new ImportType(
                                    "env", "memory", new MemoryType(3, OptionalLong.of(9), true)),
                            new ImportType("a", "global", new GlobalType(ValueType.F64, true)));
            assertThat(module.exports())
                    .containsExactly(
                            new ExportType(
                                    "table",
                                    new TableType(ValueType.EXTERNREF, 2, OptionalLong.empty())),
                            new ExportType(
                                    "functions",
                                    new TableType(ValueType.FUNCREF, 2, OptionalLong.of(8))),
                            new ExportType("tag", new TagType(FunctionType.of(ValueType.I32))),
                            new ExportType("second", new MemoryType(3, OptionalLong.of(9), true)),
                            new ExportType("vector", new GlobalType(ValueType.V128, false)),
                            new ExportType("é", FunctionType.of().returning(ValueType.I32)));
        }
    }

    @Test
    void shouldRunWhatItSerialized() throws IOException {
        try (Engine engine = engine();
                Module module = engine.compile(SEVEN)) {
            byte[] artefact = module.serialize();
            Path file = Files.write(folder.resolve("artefact"), artefact);
            try (Module fromBytes = engine.deserialize(artefact);
                    Module fromFile = engine.deserialize(file);
                    Linker linker = new Linker(engine);
                    Store store = new Store(engine, StoreOptions.of("data", 0))) {
                Slots slots = store.slots(1);
                for (Module loaded : List.of(fromBytes, fromFile)) {
                    slots.setI32(0, 0);
                    assertThat(linker.instantiate(store, loaded).function("get").call(slots))
                            .isNull();
                    assertThat(slots.i32(0)).isEqualTo(7);
                }
                assertThat(fromFile.exports()).isEqualTo(module.exports());
            }
        }
    }

    @Test
    void shouldRefuseAnArtefactOfAnotherConfiguration() {
        try (Engine engine = engine();
                Engine other = new Engine(EngineOptions.builder().fuel(true).build());
                Module module = engine.compile(SEVEN)) {
            byte[] artefact = module.serialize();
            assertThatThrownBy(() -> other.deserialize(artefact))
                    .isInstanceOf(CompileException.class);
        }
    }

    @Test
    void shouldRefuseWhatIsNoArtefact() {
        try (Engine engine = engine()) {
            assertThatThrownBy(() -> engine.deserialize(SEVEN))
                    .isInstanceOf(CompileException.class);
            assertThatThrownBy(() -> engine.deserialize(new byte[0]))
                    .isInstanceOf(CompileException.class);
            assertThatThrownBy(() -> engine.deserialize(folder.resolve("missing")))
                    .isInstanceOf(CompileException.class);
        }
    }

    @Test
    void shouldRefuseWhatIsNoValidModuleWithWasmtimesText() {
        try (Engine engine = engine()) {
            engine.validate(SEVEN);
            for (byte[] wasm :
                    List.of(
                            new byte[0],
                            "no wasm".getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
                assertThatThrownBy(() -> engine.compile(wasm)).isInstanceOf(CompileException.class);
                assertThatThrownBy(() -> engine.validate(wasm))
                        .isInstanceOf(CompileException.class);
            }
            byte[] invalid = Engine.wat2wasm("(module (func (result i32) i64.const 1))");
            assertThatThrownBy(() -> engine.compile(invalid))
                    .isInstanceOf(CompileException.class)
                    .hasMessageContaining("type mismatch");
        }
    }

    @Test
    void shouldRefuse64BitTablesWhoseSizeTheCApiCannotTell() {
        try (Engine engine = engine()) {
            byte[] own = Engine.wat2wasm("(module (table (export \"t\") i64 5000000000 funcref))");
            assertThatThrownBy(() -> engine.compile(own))
                    .isInstanceOf(CompileException.class)
                    .hasMessageContaining("64-bit table");
            byte[] imported =
                    Engine.wat2wasm("(module (import \"a\" \"b\" (table i64 1 funcref)))");
            assertThatThrownBy(() -> engine.compile(imported)).hasMessageContaining("64-bit table");
        }
    }

    @Test
    void shouldSayWhereATextIsWrong() {
        assertThatThrownBy(() -> Engine.wat2wasm("(module (func $f)"))
                .isInstanceOf(CompileException.class)
                .hasMessageContaining(":1:");
    }
}
