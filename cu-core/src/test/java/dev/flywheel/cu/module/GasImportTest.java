package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.EngineOptions;
import dev.flywheel.wasmtime.Function;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.Global;
import dev.flywheel.wasmtime.GuestStack;
import dev.flywheel.wasmtime.ImportType;
import dev.flywheel.wasmtime.Instance;
import dev.flywheel.wasmtime.Linker;
import dev.flywheel.wasmtime.Module;
import dev.flywheel.wasmtime.Slots;
import dev.flywheel.wasmtime.Store;
import dev.flywheel.wasmtime.StoreOptions;
import dev.flywheel.wasmtime.Trap;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gas of modules that ask for it themselves: charged inside the module, to the unit. */
class GasImportTest {
    private static final EngineOptions OPTIONS =
            EngineOptions.builder().hostInstructions(true).build();

    private static byte[] module(String type) {
        return Engine.wat2wasm(
                """
                (module
                  (import "metering" "usegas" (func $gas (param TYPE)))
                  (table 1 funcref)
                  (elem (i32.const 0) func $gas)
                  (func (export "direct") (param TYPE) (call $gas (local.get 0)))
                  (func (export "indirect") (param TYPE)
                    (call_indirect (param TYPE) (local.get 0) (i32.const 0))))
                """
                        .replace("TYPE", type));
    }

    @ParameterizedTest
    @ValueSource(strings = {"i32", "i64"})
    void shouldChargeInsideTheModule(String type) throws Exception {
        PreparedModule prepared =
                ModulePipeline.prepare(module(type), new PreparationOptions(false, false));
        assertThat(prepared.gasGlobal()).contains("flywheel.gas");
        assertThat(prepared.shape().rewriting().answeredInside())
                .extracting(ImportType::name)
                .containsExactly("usegas");
        FutureTask<@Nullable Void> task =
                new FutureTask<>(
                        () -> {
                            checkCharges(prepared, type);
                            return null;
                        });
        GuestStack.threads("gas", OPTIONS).newThread(task).start();
        task.get();
    }

    private static void checkCharges(PreparedModule prepared, String type) {
        try (Engine engine = new Engine(OPTIONS);
                Module module = engine.compile(prepared.wasm());
                Linker linker = new Linker(engine);
                Store store = new Store(engine, StoreOptions.of(new Object(), 1 << 20))) {
            linker.define(
                    "metering",
                    "usegas",
                    (FunctionType) module.imports().getFirst().type(),
                    call -> {
                        throw new AssertionError("the import is called");
                    });
            Instance instance = linker.instantiate(store, module);
            Global gas = instance.global("flywheel.gas");
            gas.setI64(1000);
            Slots slots = store.slots(2);
            assertThat(charge(instance.function("direct"), slots, type, 400)).isNull();
            assertThat(gas.i64()).isEqualTo(600);
            assertThat(charge(instance.function("indirect"), slots, type, -50)).isNull();
            assertThat(gas.i64()).isEqualTo(650);
            // Up to the limit itself passes, one more does not.
            assertThat(charge(instance.function("direct"), slots, type, 650)).isNull();
            assertThat(charge(instance.function("direct"), slots, type, 1)).isNotNull();
            assertThat(gas.i64()).isEqualTo(-1);
        }
    }

    private static @Nullable Trap charge(Function function, Slots slots, String type, int amount) {
        if (type.equals("i64")) {
            slots.setI64(0, amount);
        } else {
            slots.setI32(0, amount);
        }
        return function.call(slots);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(param f64)", "(param i64 i64)", "(param i32) (result i32)"})
    void shouldLeaveOtherImportsOfThatNameAlone(String type) throws Exception {
        byte[] wasm =
                Engine.wat2wasm("(module (import \"metering\" \"usegas\" (func " + type + ")))");
        PreparedModule prepared =
                ModulePipeline.prepare(wasm, new PreparationOptions(false, false));
        assertThat(prepared.gasGlobal()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"i32", "i64"})
    void shouldRefuseTwoMeters(String type) {
        byte[] wasm =
                Engine.wat2wasm(
                        """
                        (module
                          (import "metering" "usegas" (func (param TYPE)))
                          (import "metering" "usegas" (func (param TYPE))))
                        """
                                .replace("TYPE", type));
        assertThatThrownBy(() -> ModulePipeline.prepare(wasm, new PreparationOptions(false, false)))
                .isInstanceOf(MalformedModuleException.class)
                .hasMessageContaining("two imports of metering.usegas");
    }
}
