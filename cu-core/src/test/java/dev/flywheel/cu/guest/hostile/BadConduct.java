package dev.flywheel.cu.guest.hostile;

import dev.flywheel.cu.guest.hostile.HostileModule.Fate;
import java.util.List;

/** Valid guests whose code does harm, when they start or when they are asked. */
final class BadConduct extends Guests {

    private static final String LOOP = "(loop $l (br $l))";

    private BadConduct() {}

    static List<HostileModule> all() {
        BadConduct conduct = new BadConduct();
        conduct.starts();
        conduct.evaluations();
        return conduct.collected();
    }

    private void starts() {
        add(Fate.RUNS, "nothing wrong", new AoModule());
        starts("start traps", new AoModule().ctors("unreachable"), "unreachable");
        starts(
                "start divides by zero",
                new AoModule().ctors("(drop (i32.div_s (i32.const 1) (i32.const 0)))"),
                "divide by zero");
        starts(
                "start reads outside",
                new AoModule().ctors("(drop (i32.load (i64.const -1)))"),
                "out of bounds");
        starts("start throws", new AoModule().ctors("(throw $tag (i32.const 1))"), "value: null");
        starts("start recurses", new AoModule().ctors("(call $ctors)"), "stack");
        starts(
                "start calls a null entry",
                new AoModule().ctors("(call_indirect (i32.const 1))"),
                "null function");
        starts(
                "start calls beyond the table",
                new AoModule().ctors("(call_indirect (i32.const 9))"),
                "table");
        starts(
                "start calls by another type",
                new AoModule().ctors("(drop (call_indirect (result i32) (i32.const 0)))"),
                "signature mismatch");
        starts(
                "elements outside of the table",
                new AoModule().with("elem", "(elem (i32.const 2) func $ctors)"),
                "table");
        starts(
                "data outside, offset that is computed",
                new AoModule().with("d", "(data (i64.add (i64.const 65535) (i64.const 1)) \"a\")"),
                "memory");
        AoModule quiet = new AoModule().with("start", "");
        starts(
                "constructors trap",
                new AoModule().with("start", "").ctors("unreachable"),
                "unreachable");
        starts(
                "constructors want an argument",
                quiet.with("ctors", "(func $ctors (export \"__wasm_call_ctors\") (param i32))"),
                "another type");
        starts(
                "constructors want a reference",
                new AoModule()
                        .with("start", "")
                        .with("elem", "")
                        .with("ctors", "(func (export \"__wasm_call_ctors\") (param externref))"),
                "another type");
        starts(
                "constructors give references",
                new AoModule()
                        .with("start", "")
                        .with("elem", "")
                        .with(
                                "ctors",
                                "(func (export \"__wasm_call_ctors\") (result externref) (ref.null extern))"),
                "another type");
        starts(
                "constructors give 9 values",
                new AoModule()
                        .with("start", "")
                        .with("elem", "")
                        .with(
                                "ctors",
                                "(func (export \"__wasm_call_ctors\") (result"
                                        + " i64".repeat(9)
                                        + ")"
                                        + "(i64.const 1)".repeat(9)
                                        + ")"),
                "another type");
        starts(
                "constructors give 1,000 values",
                new AoModule()
                        .with("start", "")
                        .with("elem", "")
                        .with(
                                "ctors",
                                "(func (export \"__wasm_call_ctors\") (result"
                                        + " i64".repeat(1_000)
                                        + ")"
                                        + "(i64.const 1)".repeat(1_000)
                                        + ")"),
                "another type");
        add(
                Fate.RUNS,
                "constructors give a float",
                new AoModule()
                        .with("start", "")
                        .with("elem", "")
                        .with(
                                "ctors",
                                "(func (export \"__wasm_call_ctors\") (result f32) (f32.const 1))"));
        // The reference's writes there are lost as well: JavaScript's arrays ignore them.
        add(
                Fate.RUNS,
                "stack ends outside of memory",
                new AoModule()
                        .with(
                                "init",
                                "(func (export \"emscripten_stack_init\")) (func (export \"emscripten_stack_get_end\") (result i64) (i64.const 0x7fffffffffffffff))"));
        add(
                Fate.RUNS,
                "stack ends below memory",
                new AoModule()
                        .with(
                                "init",
                                "(func (export \"emscripten_stack_init\")) (func (export \"emscripten_stack_get_end\") (result i64) (i64.const -4))"));
        starts(
                "stack without an end",
                new AoModule().with("init", "(func (export \"emscripten_stack_init\"))"),
                "it fails while it starts");
        add(
                Fate.REFUSED,
                "global of a reference",
                new AoModule().with("g", "(global (mut externref) (ref.null extern))"),
                "it changes a global of type ",
                "which no host can put back");
        add(
                Fate.REFUSED,
                "global of a function",
                new AoModule().with("g", "(global (mut funcref) (ref.func $ctors))"),
                "it changes a global of type ",
                "which no host can put back");
        add(
                Fate.REFUSED,
                "global of a vector",
                new AoModule().with("g", "(global (mut v128) (v128.const i64x2 1 2))"),
                "it changes a global of type ",
                "which no host can put back");
        add(
                Fate.REFUSED,
                "global of an exception",
                new AoModule().with("g", "(global (mut exnref) (ref.null exn))"),
                "it changes a global of type OTHER_REFERENCE");
    }

    private void starts(String name, AoModule module, String... fragments) {
        add(Fate.FAILS_AT_START, name, module, fragments);
    }

    private void evaluations() {
        thrown("handle traps", "unreachable", "unreachable");
        thrown(
                "handle divides by zero",
                "(i64.div_u (i64.const 1) (i64.const 0))",
                "divide by zero");
        thrown(
                "handle overflows a division",
                "(i64.div_s (i64.const 0x8000000000000000) (i64.const -1))",
                "divide result unrepresentable");
        thrown("handle converts NaN", "(i64.trunc_f64_s (f64.const nan))");
        thrown(
                "handle writes below memory",
                "(i32.store (i64.const -1) (i32.const 1)) (i64.const 16)",
                "out of bounds");
        thrown(
                "handle writes at 2^32",
                "(i32.store (i64.const 0x100000000) (i32.const 1)) (i64.const 16)",
                "out of bounds");
        thrown(
                "handle writes with a large offset",
                "(i32.store offset=0xfffffffffffffff0 (i64.const 16) (i32.const 1)) (i64.const 16)",
                "out of bounds");
        thrown(
                "handle fills all of the address space",
                "(memory.fill (i64.const 0) (i32.const 1) (i64.const -1)) (i64.const 16)",
                "out of bounds");
        thrown(
                "handle copies over the end",
                "(memory.copy (i64.const 0) (i64.const 65000) (i64.const 65000)) (i64.const 16)",
                "out of bounds");
        thrown("handle throws", "(throw $tag (i32.const 1))");
        thrown("handle recurses", "(call $handle (local.get 0) (local.get 1))", "stack");
        thrown("handle answers outside of memory", "(i64.const 0x7fffffffffffffff)");
        thrown("handle answers below memory", "(i64.const -1)");
        thrown("handle answers at the end of memory", "(i64.const 65536)");
        thrown("handle answers nothing", "(i64.const 60000)");
        add(
                Fate.THROWS,
                "handle answers without an end",
                new AoModule()
                        .with("memory", "(memory (export \"memory\") i64 1 1)")
                        .handle(
                                "(memory.fill (i64.const 0) (i32.const 120) (i64.const 65536)) (i64.const 0)"));
        thrown("handle calls a null entry", "(call_indirect (i32.const 1)) (i64.const 16)");
        thrown(
                "handle clobbers its stack pointer",
                "(global.set $sp (i64.const -8)) (call $alloc (i64.const 8))");
        add(
                Fate.RUNS,
                "stack allocation gives an address outside",
                new AoModule()
                        .with(
                                "alloc",
                                "(func (export \"_emscripten_stack_alloc\") (param i64) (result i64) (i64.const 0x7ffffffffffffff0))"));
        add(
                Fate.THROWS,
                "stack allocation gives a negative address",
                new AoModule()
                        .with(
                                "alloc",
                                "(func (export \"_emscripten_stack_alloc\") (param i64) (result i64) (i64.const -100))"));
        add(
                Fate.THROWS,
                "stack allocation traps",
                new AoModule()
                        .with(
                                "alloc",
                                "(func (export \"_emscripten_stack_alloc\") (param i64) (result i64) unreachable)"),
                "unreachable");
        limited("handle loops", LOOP + "(i64.const 16)");
        limited(
                "handle loops in a handler",
                "(block $b (try_table (catch_all $b) (throw $tag (i32.const 1)))) "
                        + LOOP
                        + "(i64.const 16)");
        limited(
                "handle throws in a loop",
                "(loop $l (block $b (try_table (catch_all $b) (throw $tag (i32.const 1)))) (br $l)) (i64.const 16)");
        limited(
                "handle calls the host in a loop",
                "(loop $l (drop (call $now)) (br $l)) (i64.const 16)");
        add(
                Fate.LIMITED,
                "stack allocation loops",
                new AoModule()
                        .with(
                                "alloc",
                                "(func (export \"_emscripten_stack_alloc\") (param i64) (result i64) "
                                        + LOOP
                                        + " (i64.const 1))"));
        add(
                Fate.RUNS,
                "handle grows to its maximum",
                new AoModule().handle("(drop (memory.grow (i64.const 15))) (i64.const 16)"));
        add(
                Fate.RUNS,
                "handle grows beyond its maximum",
                new AoModule()
                        .handle(
                                "(drop (memory.grow (i64.const 0x7fffffffffffffff))) (i64.const 16)"));
        add(
                Fate.RUNS,
                "handle grows by a negative number",
                new AoModule().handle("(drop (memory.grow (i64.const -1))) (i64.const 16)"));
        under(
                METERED,
                Fate.THROWS,
                "gas runs out",
                new AoModule().without("tag").handle(LOOP + "(i64.const 16)"),
                "out of gas!");
    }

    private void thrown(String name, String code, String... fragments) {
        add(Fate.THROWS, name, new AoModule().handle(code), fragments);
    }

    private void limited(String name, String code) {
        add(Fate.LIMITED, name, new AoModule().handle(code));
    }
}
