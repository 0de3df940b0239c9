package dev.flywheel.cu.guest.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a module is told: by its tag, or by its names. */
class ModuleFormatTest {

    private static @Nullable Family told(
            String module, List<String> imports, Set<String> exports, boolean memory64) {
        return Family.of(List.of(module), imports, exports, memory64);
    }

    @Test
    void shouldTellAFamilyByItsNames() {
        List<String> none = List.of("exit");
        assertThat(told("a", List.of("a", "b"), Set.of("E", "G"), false)).isEqualTo(Family.V1);
        assertThat(told("env", List.of("getTempRet0"), Set.of("stackSave"), false))
                .isEqualTo(Family.V2);
        assertThat(told("env", List.of("system"), Set.of("stackSave"), false)).isEqualTo(Family.V2);
        assertThat(told("env", none, Set.of("stackSave"), false)).isEqualTo(Family.E3);
        assertThat(told("env", none, Set.of("asyncify_start_unwind"), false)).isEqualTo(Family.V4);
        assertThat(told("env", none, Set.of("asyncify_start_unwind"), true)).isEqualTo(Family.V64);
        assertThat(
                        told(
                                "env",
                                List.of("proc_exit"),
                                Set.of("_start", "_emscripten_stack_alloc"),
                                true))
                .isEqualTo(Family.HB);
        assertThat(told("env", none, Set.of("handle"), true)).isNull();
    }

    @Test
    void shouldHaveOneFamilyForEachTag() {
        assertThat(ModuleFormat.tags()).hasSize(7).doesNotHaveDuplicates();
        assertThat(ModuleFormat.of("")).isNull();
        assertThat(ModuleFormat.isMetered("wasm32-unknown-emscripten-metering")).isTrue();
        assertThat(ModuleFormat.isMetered("")).isFalse();
        assertThat(ModuleFormat.tagOf(Family.V4)).isEqualTo("wasm32-unknown-emscripten4");
        assertThat(ModuleFormat.tagOf(Family.HB)).isEmpty();
    }

    @Test
    void shouldKnowTheImportsOfItsFamilyOnly() {
        ModuleFormat first = ModuleFormat.untagged(Family.V1);
        assertThat(first.importName("a", "x")).isEqualTo("invoke_vii");
        assertThat(first.importName("a", "Z")).isNull();
        assertThat(first.importName("env", "exit")).isNull();
        assertThat(first.importName("metering", "usegas")).isEqualTo(ModuleFormat.GAS);
        ModuleFormat later = ModuleFormat.untagged(Family.V4);
        assertThat(later.importName("env", "exit")).isEqualTo("exit");
        assertThat(later.importName("a", "x")).isNull();
        assertThat(later.importName("my_lib", "exit")).isNull();
    }
}
