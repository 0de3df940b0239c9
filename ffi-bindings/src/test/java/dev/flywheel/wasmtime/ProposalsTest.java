package dev.flywheel.wasmtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One small module for each proposal of WebAssembly: those that are on compile, those that are off
 * are refused with a text that names them. Wasmtime's own defaults would take most of the second
 * list.
 */
class ProposalsTest {

    private static Engine engine;

    @BeforeAll
    static void open() {
        engine = new Engine(EngineOptions.builder().build());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    mutable globals        | (import "a" "b" (global (mut i32)))
                    sign extension         | (func (result i32) (i32.extend8_s (i32.const 255)))
                    saturating conversions | (func (result i32) (i32.trunc_sat_f32_s (f32.const 1)))
                    multiple values        | (func (result i32 i64) (i32.const 1) (i64.const 2))
                    multiple values, block | (func (result i32) (i32.const 1) (block (param i32) (result i32 i32) (i32.const 2)) drop)
                    bulk memory            | (memory 1) (data $d "abc") (func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop $d))
                    reference types        | (table 1 externref) (func (param externref) (table.set 0 (i32.const 0) (local.get 0)))
                    several tables         | (table 1 funcref) (table 1 funcref)
                    typed select           | (func (param funcref funcref) (result funcref) (select (result funcref) (local.get 0) (local.get 1) (i32.const 1)))
                    SIMD                   | (func (result v128) (i8x16.add (v128.const i64x2 1 2) (v128.const i64x2 1 2)))
                    64-bit memories        | (memory i64 1) (func (result i32) (i32.load (i64.const 0)))
                    exceptions             | (tag $t (param i32)) (func (result i32) (block (result i32) (try_table (catch $t 0) (throw $t (i32.const 1))) (i32.const 2)))
                    exception references   | (func (param exnref) (throw_ref (local.get 0)))
                    extended constants     | (global i32 (i32.add (i32.const 1) (i32.const 2)))
                    """)
    void shouldCompileWhatIsOn(String proposal, String fields) {
        try (Module module = engine.compile(Engine.wat2wasm("(module " + fields + ")"))) {
            assertThat(module.serialize()).as(proposal).isNotEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    threads                  | (memory 1) (func (drop (i32.atomic.load (i32.const 0))))          | threads
                    shared memories          | (memory 1 1 shared)                                               | threads
                    relaxed SIMD             | (func (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0))) | relaxed SIMD
                    tail calls               | (func $f return_call $f)                                          | tail calls
                    tail calls, indirect     | (table 1 funcref) (func (return_call_indirect (i32.const 0)))     | tail calls
                    several memories         | (memory 1) (memory 1)                                             | multiple memories
                    several memories, import | (import "a" "b" (memory 1)) (memory 1)                            | multiple memories
                    function references      | (func (param (ref func)))                                         | function references
                    calls by reference       | (type $t (func)) (func (param (ref null $t)) (call_ref $t (local.get 0))) | function references
                    tables with values       | (func $f) (table 1 funcref (ref.func $f))                         | function-references
                    structures               | (type (struct (field i32)))                                       | gc
                    arrays                   | (type (array i8))                                                 | gc
                    recursive types          | (rec (type (func)) (type (func)))                                 | gc
                    subtypes                 | (type (sub (func)))                                               | gc
                    any reference            | (func (param anyref))                                             | gc
                    small numbers            | (func (drop (ref.i31 (i32.const 1))))                             | gc
                    wide arithmetic          | (func (result i64 i64) (i64.mul_wide_u (i64.const 1) (i64.const 2))) | wide arithmetic
                    custom page sizes        | (memory 1 (pagesize 1))                                           | custom page sizes
                    stack switching          | (type $f (func)) (type (cont $f))                                 | stack switching
                    shared functions         | (type (shared (func)))                                            | shared
                    older exceptions         | (func try catch_all end)                                          | legacy_exceptions
                    """)
    void shouldRefuseWhatIsOff(String proposal, String fields, String named) {
        byte[] wasm = Engine.wat2wasm("(module " + fields + ")");
        assertThatThrownBy(() -> engine.compile(wasm))
                .as(proposal)
                .isInstanceOf(CompileException.class)
                .hasMessageContaining(named);
        assertThatThrownBy(() -> engine.validate(wasm)).isInstanceOf(CompileException.class);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    atomics on its own memory | (memory 1) (func (drop (i32.atomic.load (i32.const 0)))) | yes
                    several memories          | (memory 1) (memory 1)                                    | yes
                    relaxed SIMD              | (func (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0))) | no
                    """)
    void shouldTakeTheHostsOwnInstructionsOnlyWhenAskedTo(
            String proposal, String fields, String taken) {
        byte[] wasm = Engine.wat2wasm("(module " + fields + ")");
        try (Engine asked = new Engine(EngineOptions.builder().hostInstructions(true).build())) {
            if (taken.equals("yes")) {
                asked.compile(wasm).close();
            } else {
                assertThatThrownBy(() -> asked.compile(wasm))
                        .as(proposal)
                        .isInstanceOf(CompileException.class);
            }
        }
    }

    @Test
    void shouldMakeNoSharedMemoryEvenThen() {
        try (Guest guest = new Guest(options -> options.hostInstructions(true), "data")) {
            assertThatThrownBy(() -> guest.instantiate("(module (memory 1 1 shared))"))
                    .isInstanceOf(InstantiationException.class)
                    .hasMessageContaining("shared");
        }
    }

    @Test
    void shouldRefuseComponents() {
        byte[] wasm = Engine.wat2wasm("(component)");
        assertThatThrownBy(() -> engine.compile(wasm)).isInstanceOf(CompileException.class);
    }

    /**
     * Names of one module given once: 48.0.x does not know the form, 50.0.x has a switch for it.
     */
    @Test
    void shouldRefuseCompactImports() {
        byte[] wasm =
                HexFormat.of()
                        .parseHex(
                                "0061736d01000000"
                                        + "010401600000"
                                        + "020a"
                                        + "01016100"
                                        + "7f01"
                                        + "01620000");
        assertThatThrownBy(() -> engine.compile(wasm)).isInstanceOf(CompileException.class);
    }

    /** A hint for a place that does not exist: read, it would be an error. */
    @Test
    void shouldNotReadBranchHints() {
        byte[] wasm =
                HexFormat.of()
                        .parseHex(
                                "0061736d0100000001040160000003020100"
                                        + "001c"
                                        + "196d657461646174612e636f64652e6272616e63685f68696e74"
                                        + "0177"
                                        + "0a040102000b");
        engine.compile(wasm).close();
    }
}
