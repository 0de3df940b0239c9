package dev.flywheel.wasmtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LiveObjectsCheck.class)
class InstanceTest {

    private static Guest empty() {
        return new Guest(options -> options, "data");
    }

    @Test
    void shouldNameAnUnknownImport() {
        try (Guest guest = empty()) {
            assertThatThrownBy(
                            () -> guest.instantiate("(module (import \"env\" \"nowhere\" (func)))"))
                    .isInstanceOf(InstantiationException.class)
                    .hasMessageContaining("env::nowhere")
                    .asInstanceOf(type(InstantiationException.class))
                    .extracting(InstantiationException::trap)
                    .isNull();
        }
    }

    @Test
    void shouldRefuseAnImportOfAnotherType() {
        try (Guest guest = empty()) {
            guest.linker.define("env", "f", FunctionType.of(ValueType.I32), call -> {});
            assertThatThrownBy(
                            () ->
                                    guest.instantiate(
                                            "(module (import \"env\" \"f\" (func (param i64))))"))
                    .isInstanceOf(InstantiationException.class)
                    .hasMessageContaining("env::f");
        }
    }

    @Test
    void shouldHandOverTheTrapOfAStartFunction() {
        try (Guest guest = empty()) {
            assertThatThrownBy(() -> guest.instantiate("(module (func $s unreachable) (start $s))"))
                    .isInstanceOf(InstantiationException.class)
                    .asInstanceOf(type(InstantiationException.class))
                    .extracting(InstantiationException::trap)
                    .extracting(Trap::code)
                    .isEqualTo(TrapCode.UNREACHABLE_CODE_REACHED);
        }
    }

    @Test
    void shouldHandOverTheTrapOfASegmentThatDoesNotFit() {
        try (Guest guest = empty()) {
            assertThatThrownBy(
                            () ->
                                    guest.instantiate(
                                            "(module (memory 1) (data (i32.const 65535) \"ab\"))"))
                    .asInstanceOf(type(InstantiationException.class))
                    .extracting(InstantiationException::trap)
                    .extracting(Trap::code)
                    .isEqualTo(TrapCode.MEMORY_OUT_OF_BOUNDS);
        }
    }

    @Test
    void shouldHandOverWhatAHostFunctionThrewAtTheStart() {
        try (Guest guest = empty()) {
            IllegalStateException thrown = new IllegalStateException("not now");
            guest.linker.define(
                    "env",
                    "f",
                    FunctionType.of(),
                    call -> {
                        throw thrown;
                    });
            assertThatThrownBy(
                            () ->
                                    guest.instantiate(
                                            "(module (import \"env\" \"f\" (func $f)) (start $f))"))
                    .isInstanceOf(InstantiationException.class)
                    .hasCause(thrown)
                    .hasMessageContaining("not now");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    (module (memory 17))                            | memory minimum size
                    (module (table 11 funcref))                     | table minimum size
                    (module (table 1 funcref) (table 1 funcref))    | table count too high
                    """)
    void shouldRefuseMoreThanTheStoreMayHold(String wat, String text) {
        try (Engine engine = new Engine(EngineOptions.builder().build());
                Linker linker = new Linker(engine);
                Module module = engine.compile(Engine.wat2wasm(wat));
                Store store = new Store(engine, new StoreOptions("data", 1 << 20, 10, 1, 1, 1))) {
            assertThatThrownBy(() -> linker.instantiate(store, module))
                    .isInstanceOf(InstantiationException.class)
                    .hasMessageContaining(text);
        }
    }

    @Test
    void shouldRefuseMoreInstancesThanTheStoreMayHold() {
        try (Engine engine = new Engine(EngineOptions.builder().build());
                Linker linker = new Linker(engine);
                Module module = engine.compile(Engine.wat2wasm("(module)"));
                Store store = new Store(engine, new StoreOptions("data", 1 << 20, 10, 1, 1, 1))) {
            assertThat(linker.instantiate(store, module)).isNotNull();
            assertThatThrownBy(() -> linker.instantiate(store, module))
                    .isInstanceOf(InstantiationException.class)
                    .hasMessageContaining("instance count too high");
        }
    }

    @Test
    void shouldReadAndSetGlobals() {
        try (Guest guest =
                Guest.of(
                        """
                        (module
                          (global (export "i32") (mut i32) (i32.const -1))
                          (global (export "i64") (mut i64) (i64.const 5000000000))
                          (global (export "f32") (mut f32) (f32.const 0.5))
                          (global (export "f64") (mut f64) (f64.const 0.25))
                          (global (export "fixed") i32 (i32.const 3)))
                        """)) {
            Instance instance = guest.instance();
            assertThat(instance.global("i32").i32()).isEqualTo(-1);
            assertThat(instance.global("i64").i64()).isEqualTo(5_000_000_000L);
            assertThat(instance.global("f32").f32()).isEqualTo(0.5f);
            assertThat(instance.global("f64").f64()).isEqualTo(0.25);
            instance.global("i32").setI32(9);
            instance.global("i64").setI64(-9);
            instance.global("f32").setF32(9.5f);
            instance.global("f64").setF64(-9.5);
            assertThat(instance.global("i32").i32()).isEqualTo(9);
            assertThat(instance.global("i64").i64()).isEqualTo(-9);
            assertThat(instance.global("f32").f32()).isEqualTo(9.5f);
            assertThat(instance.global("f64").f64()).isEqualTo(-9.5);
            assertThat(instance.global("fixed").type())
                    .isEqualTo(new GlobalType(ValueType.I32, false));
            assertThatThrownBy(() -> instance.global("fixed").setI32(1))
                    .hasMessageContaining("cannot be set");
            assertThatThrownBy(() -> instance.global("i32").i64())
                    .hasMessageContaining("another type");
        }
    }

    @Test
    void shouldReadAndSetTables() {
        try (Guest guest =
                Guest.of(
                        """
                        (module
                          (type $get (func (result i32)))
                          (table (export "table") 3 3 funcref)
                          (elem (i32.const 0) $one)
                          (func $one (export "one") (result i32) i32.const 1)
                          (func (export "call") (param i32) (result i32)
                            (call_indirect (type $get) (local.get 0))))
                        """)) {
            Table table = guest.instance().table("table");
            assertThat(table.size()).isEqualTo(3);
            assertThat(table.get(1)).isNull();
            Function first = Objects.requireNonNull(table.get(0));
            assertThat(first.call(guest.slots)).isNull();
            assertThat(guest.slots.i32(0)).isEqualTo(1);
            table.set(2, first);
            guest.slots.setI32(0, 2);
            assertThat(guest.call("call")).isNull();
            assertThat(guest.slots.i32(0)).isEqualTo(1);
            table.set(2, null);
            guest.slots.setI32(0, 2);
            assertThat(guest.trap("call").code()).isEqualTo(TrapCode.INDIRECT_CALL_TO_NULL);
            assertThatThrownBy(() -> table.set(3, first))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> table.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
            try (Guest other = Guest.of("(module (func (export \"f\")))")) {
                assertThatThrownBy(() -> table.set(0, other.function("f")))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("another store");
            }
        }
    }

    @Test
    void shouldLinkOneInstanceToAnotherWithoutTouchingTheSharedLinker() {
        try (Guest guest = empty();
                Linker own = guest.linker.copy()) {
            Instance helper =
                    guest.link(
                            """
                            (module
                              (memory (export "memory") 1)
                              (global (export "global") i32 (i32.const 5))
                              (table (export "table") 1 funcref)
                              (tag (export "tag"))
                              (func (export "f") (result i32) i32.const 6))
                            """);
            for (String name : java.util.List.of("memory", "global", "table", "tag", "f")) {
                Extern export = Objects.requireNonNull(helper.export(name), name);
                own.define(guest.store, "helper", name, export);
            }
            String wat =
                    """
                    (module
                      (import "helper" "memory" (memory 1))
                      (import "helper" "global" (global $g i32))
                      (import "helper" "table" (table 1 funcref))
                      (import "helper" "tag" (tag))
                      (import "helper" "f" (func $f (result i32)))
                      (func (export "sum") (result i32) (i32.add (call $f) (global.get $g))))
                    """;
            try (Module module = guest.engine.compile(Engine.wat2wasm(wat))) {
                Instance instance = own.instantiate(guest.store, module);
                assertThat(instance.function("sum").call(guest.slots)).isNull();
                assertThat(guest.slots.i32(0)).isEqualTo(11);
                assertThatThrownBy(() -> guest.linker.instantiate(guest.store, module))
                        .hasMessageContaining("helper::");
            }
        }
    }
}
