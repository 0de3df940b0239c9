package dev.flywheel.cu.guest.hostile;

import dev.flywheel.wasmtime.Engine;
import java.util.LinkedHashMap;
import java.util.Map;

/** The text of the smallest module that answers as AO wants, part by part. */
public final class AoModule {

    private final Map<String, String> parts = new LinkedHashMap<>();

    /** One that answers x to every message. */
    public AoModule() {
        parts.put("import", "(import \"env\" \"emscripten_date_now\" (func $now (result f64)))");
        parts.put("memory", "(memory (export \"memory\") i64 1 16)");
        parts.put("table", "(table (export \"__indirect_function_table\") 2 funcref)");
        parts.put("tag", "(tag $tag (param i32))");
        parts.put("sp", "(global $sp (mut i64) (i64.const 32768))");
        parts.put(
                "current",
                "(func (export \"emscripten_stack_get_current\") (result i64) (global.get $sp))");
        parts.put(
                "restore",
                "(func (export \"_emscripten_stack_restore\") (param i64) (global.set $sp (local.get 0)))");
        parts.put(
                "alloc",
                """
                (func $alloc (export "_emscripten_stack_alloc") (param i64) (result i64)
                  (global.set $sp (i64.sub (global.get $sp) (local.get 0))) (global.get $sp))""");
        parts.put("unwind", "(func (export \"asyncify_start_unwind\"))");
        parts.put("ctors", "(func $ctors (export \"__wasm_call_ctors\"))");
        parts.put(
                "handle", "(func (export \"handle\") (param i64 i64) (result i64) (i64.const 16))");
        parts.put("start", "(start $ctors)");
        parts.put("elem", "(elem (i32.const 0) func $ctors)");
        parts.put(
                "data",
                "(data (i64.const 16) \"{\\\"ok\\\":true,\\\"response\\\":{\\\"Output\\\":{\\\"data\\\":\\\"x\\\"},"
                        + "\\\"Messages\\\":[],\\\"Spawns\\\":[],\\\"Assignments\\\":[]}}\\00\")");
    }

    /** Another text for a part, or one more part. */
    public AoModule with(String part, String text) {
        parts.put(part, text);
        return this;
    }

    AoModule without(String part) {
        if (parts.remove(part) == null) {
            throw new IllegalArgumentException("no such part: " + part);
        }
        return this;
    }

    /** {@code handle} with this code. */
    public AoModule handle(String code) {
        return with(
                "handle",
                "(func $handle (export \"handle\") (param i64 i64) (result i64) " + code + ")");
    }

    /** The constructors with this code. */
    AoModule ctors(String code) {
        return with("ctors", "(func $ctors (export \"__wasm_call_ctors\") " + code + ")");
    }

    /** Its binary. */
    public byte[] wasm() {
        return Engine.wat2wasm("(module\n" + String.join("\n", parts.values()) + ")");
    }
}
