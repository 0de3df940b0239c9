package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.pass.Metering;
import dev.flywheel.wasmtime.ExportType;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.ImportType;
import dev.flywheel.wasmtime.MemoryType;
import dev.flywheel.wasmtime.Module;
import dev.flywheel.wasmtime.ValueType;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModulePipelineTest {

    private static final Set<String> WITHOUT_GAS = Set.of("sqlite", "llama");

    @ParameterizedTest
    @MethodSource("dev.flywheel.cu.module.Samples#allNames")
    void shouldMakeModulesThatTheEngineTakes(String name) {
        byte[] wasm = Samples.wasm(name);
        byte[] published = wasm.clone();
        Bench.use(
                bench -> {
                    for (boolean narrowed : new boolean[] {false, true}) {
                        for (boolean metered : new boolean[] {false, true}) {
                            PreparationOptions options = new PreparationOptions(metered, narrowed);
                            if (metered && WITHOUT_GAS.contains(name)) {
                                assertRefused(wasm, options);
                                continue;
                            }
                            PreparedModule prepared = ModulePipeline.prepare(wasm, options);
                            bench.engine.validate(prepared.wasm());
                            assertThat(prepared.gasGlobal().isPresent()).isEqualTo(metered);
                        }
                    }
                });
        assertThat(wasm).as("the published binary").isEqualTo(published);
    }

    private static void assertRefused(byte[] wasm, PreparationOptions options) {
        assertThatExceptionOfType(MalformedModuleException.class)
                .isThrownBy(() -> ModulePipeline.prepare(wasm, options));
    }

    @ParameterizedTest
    @MethodSource("dev.flywheel.cu.module.Samples#guestNames")
    void shouldTellTheShapeThatTheEngineSees(String name) {
        Bench.use(
                bench -> {
                    PreparedModule prepared =
                            ModulePipeline.prepare(Samples.wasm(name), PreparationOptions.METERED);
                    try (Module module = bench.engine.compile(prepared.wasm())) {
                        assertThat(prepared.shape().imports()).isEqualTo(module.imports());
                        assertThat(prepared.shape().exports()).isEqualTo(module.exports());
                    }
                });
    }

    @Test
    void shouldTellWhatAHostNeedsToKnowOfAos() throws MalformedModuleException {
        PreparedModule prepared =
                ModulePipeline.prepare(
                        Samples.wasm("aos2_0_6"), new PreparationOptions(true, true));
        ModuleShape shape = prepared.shape();
        assertThat(shape.rewriting().passes())
                .containsExactly("gas-2", "longjmp-2", "narrow-2", "expose-1", "interrupt-1");
        assertThat(ModulePipeline.IDENTITY.split(" ")).containsAll(shape.rewriting().passes());
        assertThat(shape.rewriting().pointers64()).isTrue();
        assertThat(shape.memory()).contains(new MemoryType(1088, OptionalLong.of(8192), false));
        ValueType p = ValueType.I64;
        assertThat(shape.rewriting().answeredInside())
                .containsExactlyInAnyOrder(
                        new ImportType("env", "invoke_vjj", FunctionType.of(p, p, p)),
                        new ImportType("env", "_emscripten_throw_longjmp", FunctionType.of()));
        assertThat(shape.imports()).hasSize(31);
        assertThat(shape.exports())
                .contains(new ExportType("handle", FunctionType.of(p, p).returning(p)));
        List<ModuleShape.NamedGlobal> globals = shape.state().globals();
        assertThat(globals).hasSize(6);
        assertThat(globals.stream().map(ModuleShape.NamedGlobal::name))
                .allMatch(each -> each.startsWith("flywheel.global."))
                .doesNotContain(Metering.GAS_GLOBAL);
        assertThat(shape.state().tables().stream().map(ModuleShape.NamedTable::name))
                .containsExactly("__indirect_function_table");
        assertThat(prepared.gasGlobal()).contains("flywheel.gas");
    }

    @Test
    void shouldPrepareTheSameFromTheSame() throws MalformedModuleException {
        byte[] wasm = Samples.wasm("process");
        PreparationOptions options = new PreparationOptions(true, true);
        assertThat(ModulePipeline.prepare(wasm, options).wasm())
                .isEqualTo(ModulePipeline.prepare(wasm, options).wasm());
    }
}
