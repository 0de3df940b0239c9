package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.wasmtime.Engine;
import org.junit.jupiter.api.Test;

class StateExposureTest {

    private static final String GUEST =
            """
            (module
              (import "env" "constant" (global i32))
              (global $a (mut i32) (i32.const 1))
              (global $b i64 (i64.const 2))
              (global $c (export "c") (mut i64) (i64.const 3))
              (global $d (mut f64) (f64.const 4))
              (table $t 2 funcref)
              (table $u (export "u") 3 funcref)
              (elem (table $t) (i32.const 0) func $add)
              (func $add (export "add") (param i32)
                (global.set $a (i32.add (global.get $a) (local.get 0)))
                (table.set $t (i32.const 0) (ref.null func))))
            """;

    @Test
    void shouldExportWhatIsNotYetExported() throws Exception {
        PreparedModule prepared =
                ModulePipeline.prepare(Engine.wat2wasm(GUEST), PreparationOptions.UNMETERED);
        assertThat(prepared.shape().state().globals().stream().map(ModuleShape.NamedGlobal::name))
                .containsExactly("flywheel.global.1", "c", "flywheel.global.4");
        assertThat(prepared.shape().state().tables().stream().map(ModuleShape.NamedTable::name))
                .containsExactly("flywheel.table.0", "u");
        assertThat(prepared.shape().state().dropsSegments()).isFalse();
    }

    @Test
    void shouldLetTheHostSaveAndRestore() {
        Bench.use(
                bench -> {
                    String wat = GUEST.replace("(import \"env\" \"constant\" (global i32))", "");
                    bench.instantiate(
                            ModulePipeline.prepare(
                                            Engine.wat2wasm(wat), PreparationOptions.UNMETERED)
                                    .wasm());
                    var table = bench.instance().table("flywheel.table.0");
                    var function = table.get(0);
                    bench.result("add", 41);
                    var global = bench.instance().global("flywheel.global.0");
                    assertThat(global.i32()).isEqualTo(42);
                    assertThat(table.get(0)).isNull();
                    global.setI32(1);
                    table.set(0, function);
                    bench.result("add", 1);
                    assertThat(global.i32()).isEqualTo(2);
                });
    }

    @Test
    void shouldTellOfSegmentsThatCodeDrops() throws Exception {
        String wat =
                """
                (module (memory 1) (data $d "abc")
                  (func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)) DROP))
                """;
        assertThat(drops(wat.replace("DROP", "(data.drop $d)"))).isTrue();
        assertThat(drops(wat.replace("DROP", ""))).isFalse();
    }

    private static boolean drops(String wat) throws Exception {
        return ModulePipeline.prepare(Engine.wat2wasm(wat), PreparationOptions.UNMETERED)
                .shape()
                .state()
                .dropsSegments();
    }
}
