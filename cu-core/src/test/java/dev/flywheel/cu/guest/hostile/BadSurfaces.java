package dev.flywheel.cu.guest.hostile;

import dev.flywheel.cu.guest.hostile.HostileModule.Fate;
import java.util.List;

/** Valid modules that no host can serve: wrong imports and exports, sizes and formats. */
final class BadSurfaces extends Guests {

    private static final String V4 = "wasm32-unknown-emscripten4";
    private static final String V1 = "wasm32-unknown-emscripten";

    private BadSurfaces() {}

    static List<HostileModule> all() {
        BadSurfaces surfaces = new BadSurfaces();
        surfaces.imports();
        surfaces.exports();
        surfaces.sizes();
        surfaces.formats();
        return surfaces.collected();
    }

    private void refused(String name, AoModule module, String... fragments) {
        add(Fate.REFUSED, name, module, fragments);
    }

    private void imports() {
        String[][] cases = {
            {
                "unknown import",
                "(import \"env\" \"frobnicate\" (func (param i32)))",
                "it imports what its host does not have: env.frobnicate"
            },
            {
                "import of another type",
                "(import \"env\" \"emscripten_date_now\" (func (param i64) (result i32)))",
                "env.emscripten_date_now"
            },
            {
                "import with results too many",
                "(import \"env\" \"emscripten_date_now\" (func (result f64 f64)))",
                "env.emscripten_date_now"
            },
            {
                "import of vectors",
                "(import \"env\" \"fd_close\" (func (param v128) (result i32)))",
                "env.fd_close"
            },
            {
                "import of references",
                "(import \"env\" \"fd_close\" (func (param externref) (result i32)))",
                "env.fd_close"
            },
            {
                "import of functions",
                "(import \"env\" \"fd_close\" (func (param funcref) (result funcref)))",
                "env.fd_close"
            },
            {
                "import of exceptions",
                "(import \"env\" \"fd_close\" (func (param exnref) (result i32)))",
                "env.fd_close"
            },
            {
                "import of 1,000 parameters",
                "(import \"env\" \"fd_close\" (func (param" + " i32".repeat(1_000) + ")))",
                "env.fd_close"
            },
            {
                "import of a memory",
                "(import \"env\" \"memory\" (memory i64 1))",
                "too many memories or tables"
            },
            {
                "import of a table",
                "(import \"env\" \"table\" (table 1 funcref))",
                "env.table (no function)"
            },
            {"import of a global", "(import \"env\" \"g\" (global i32))", "env.g (no function)"},
            {"import of a tag", "(import \"env\" \"t\" (tag))", "env.t (no function)"},
            {
                "import of WASI",
                "(import \"wasi_snapshot_preview1\" \"proc_exit\" (func (param i32)))",
                "wasi_snapshot_preview1.proc_exit"
            },
            {
                "import without names",
                "(import \"\" \"\" (func))",
                "it imports what its host does not have: ."
            },
            {
                "import with control characters",
                "(import \"env\" \"a\\0a\\1b[31mb\" (func))",
                "env.a??[31mb"
            },
            {
                "import with a long name",
                "(import \"env\" \"" + "n".repeat(5_000) + "\" (func))",
                "…"
            },
            {
                "import of gas, two results",
                "(import \"metering\" \"usegas\" (func (result i32 i32)))",
                "its import metering.usegas has another type"
            },
            {
                "import of gas, a reference",
                "(import \"metering\" \"usegas\" (func (param externref)))",
                "its import metering.usegas has another type"
            },
        };
        for (String[] each : cases) {
            refused(each[0], new AoModule().with("import", each[1]), each[2]);
        }
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 1_001; i++) {
            many.append("(import \"env\" \"f").append(i).append("\" (func))");
        }
        refused(
                "1,001 imports",
                new AoModule().with("import", many.toString()),
                "too many imports: count=10");
    }

    private void exports() {
        refused("no handle", new AoModule().without("handle"), "it exports no function handle");
        refused(
                "handle is a global",
                new AoModule().with("handle", "(global (export \"handle\") i64 (i64.const 1))"),
                "it exports no function handle");
        refused(
                "handle is a memory",
                new AoModule()
                        .without("handle")
                        .with("memory", "(memory (export \"memory\") (export \"handle\") i64 1)"),
                "it exports no function handle");
        refused(
                "handle is a table",
                new AoModule().with("handle", "(table (export \"handle\") 1 funcref)"),
                "it exports no function handle");
        refused(
                "handle is a tag",
                new AoModule().with("handle", "(tag (export \"handle\"))"),
                "it exports no function handle");
        refused(
                "handle without parameters",
                new AoModule()
                        .with("handle", "(func (export \"handle\") (result i64) (i64.const 16))"),
                "it exports no function handle (i64, i64) -> (i64), but");
        refused(
                "handle of 32 bits",
                new AoModule()
                        .with(
                                "handle",
                                "(func (export \"handle\") (param i32 i32) (result i32) (i32.const 16))"),
                "it exports no function handle",
                "but");
        refused(
                "handle of floats",
                new AoModule()
                        .with(
                                "handle",
                                "(func (export \"handle\") (param f64 f64) (result f64) (f64.const 16))"),
                "it exports no function handle",
                "but");
        refused(
                "handle of references",
                new AoModule()
                        .with(
                                "handle",
                                "(func (export \"handle\") (param externref externref) (result externref) (local.get 0))"),
                "it exports no function handle",
                "but");
        refused(
                "handle with two results",
                new AoModule()
                        .with(
                                "handle",
                                "(func (export \"handle\") (param i64 i64) (result i64 i64) (i64.const 16) (i64.const 16))"),
                "it exports no function handle",
                "but");
        refused(
                "no memory exported",
                new AoModule().with("memory", "(memory i64 1)"),
                "it exports no memory");
        refused(
                "no memory at all",
                new AoModule().without("memory").without("data"),
                "it exports no memory");
        refused(
                "memory is a function",
                new AoModule()
                        .with("memory", "(memory i64 1)")
                        .with("f", "(func (export \"memory\"))"),
                "it exports no memory");
        refused(
                "no stack pointer",
                new AoModule().without("current").without("restore").without("alloc"),
                "it exports no function emscripten_stack_get_current");
        refused(
                "no stack allocation",
                new AoModule().without("alloc"),
                "it exports no function _emscripten_stack_alloc");
        refused(
                "no stack restoration",
                new AoModule().without("restore"),
                "it exports no function _emscripten_stack_restore");
        refused(
                "stack functions of another type",
                new AoModule()
                        .with(
                                "current",
                                "(func (export \"emscripten_stack_get_current\") (result i32) (i32.const 0))"),
                "it exports no function emscripten_stack_get_current",
                "but");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 1_001; i++) {
            many.append("(export \"f").append(i).append("\" (func 0))");
        }
        refused(
                "1,001 exports",
                new AoModule().with("f", many.toString()),
                "too many exports: count=10",
                " max=1000");
        refused(
                "export of our own name",
                new AoModule().with("f", "(export \"flywheel.gas\" (global $sp))"),
                "export name is reserved: prefix=flywheel.");
    }

    private void sizes() {
        refused(
                "table of 1,000,001 elements",
                new AoModule().with("table", "(table 1000001 funcref)"),
                "table too large: elements=1000001");
        refused(
                "table of 2^32-1 elements",
                new AoModule().with("table", "(table 4294967295 funcref)"),
                "table too large: elements=4294967295");
        refused(
                "64-bit table",
                new AoModule().with("table", "(table i64 2 funcref)").with("elem", ""),
                "64-bit tables are not supported");
        refused(
                "memory of 2^49 pages",
                new AoModule().with("memory", "(memory (export \"memory\") i64 0x1000000000001)"),
                "limits out of range");
        add(
                Fate.FAILS_AT_START,
                "memory of 2^47 pages",
                new AoModule().with("memory", "(memory (export \"memory\") i64 0x800000000000)"),
                "memory minimum size of 140737488355328 pages exceeds memory limits");
        add(
                Fate.FAILS_AT_START,
                "memory of 2^48 pages",
                new AoModule().with("memory", "(memory (export \"memory\") i64 0x1000000000000)"),
                "exceeds memory limits");
        add(
                Fate.FAILS_AT_START,
                "memory of 16 GiB and a page",
                new AoModule().with("memory", "(memory (export \"memory\") i64 262145)"),
                "it needs memoryBytes=17179934720 from the start");
        add(
                Fate.RUNS,
                "memory that may grow to 2^48 pages",
                new AoModule()
                        .with("memory", "(memory (export \"memory\") i64 1 0x1000000000000)"));
        add(
                Fate.RUNS,
                "table that may grow to 2^32-1",
                new AoModule().with("table", "(table 2 4294967295 funcref)"));
        add(
                Fate.RUNS,
                "16 tables",
                new AoModule().with("more", "(table 1000000 funcref)".repeat(15)));
        refused(
                "17 tables",
                new AoModule().with("more", "(table 1 funcref)".repeat(16)),
                "too many tables: count=17 max=16");
        refused(
                "table that is written",
                new AoModule().ctors("(table.set (i32.const 0) (ref.null func))"),
                "it changes its tables");
        refused(
                "table that grows",
                new AoModule().ctors("(drop (table.grow (ref.null func) (i32.const 1)))"),
                "it changes its tables");
        refused(
                "table that is filled",
                new AoModule().ctors("(table.fill (i32.const 0) (ref.null func) (i32.const 1))"),
                "it changes its tables");
        refused(
                "table that is copied",
                new AoModule().ctors("(table.copy (i32.const 0) (i32.const 0) (i32.const 1))"),
                "it changes its tables");
        refused(
                "segment that is dropped",
                new AoModule().ctors("(data.drop $d)").with("d", "(data $d \"abc\")"),
                "it drops segments");
        refused(
                "elements that are dropped",
                new AoModule().ctors("(elem.drop $e)").with("e", "(elem $e func $ctors)"),
                "it drops segments");
    }

    private void formats() {
        under(
                "wasm32-unknown-unknown",
                Fate.REFUSED,
                "unknown format",
                new AoModule(),
                "its Module-Format is unknown: \"wasm32-unknown-unknown\"");
        under(
                "wasm\u001b[31m\n",
                Fate.REFUSED,
                "format of control characters",
                new AoModule(),
                "its Module-Format is unknown: \"wasm?[31m?\"");
        under(
                "w".repeat(10_000),
                Fate.REFUSED,
                "format of 10,000 characters",
                new AoModule(),
                "…\"");
        under(
                V4,
                Fate.REFUSED,
                "64 bits under a format of 32",
                new AoModule(),
                "it exports no function handle",
                "family V64");
        under(
                V1,
                Fate.REFUSED,
                "64 bits under the first format",
                new AoModule(),
                "it exports no function G",
                "family V64");
        String gas = "gas cannot be counted";
        under(METERED, Fate.REFUSED, "gas in a module with tags", new AoModule(), gas, "tags");
        AoModule plain = new AoModule().without("tag");
        under(METERED, Fate.RUNS, "gas in a plain module", plain);
        under(
                METERED,
                Fate.REFUSED,
                "gas of vectors",
                new AoModule().without("tag").ctors("(drop (v128.const i64x2 0 0))"),
                "instruction without a price in gas: opcode=0xfd00c");
        under(
                METERED,
                Fate.REFUSED,
                "gas of bulk memory",
                new AoModule()
                        .without("tag")
                        .ctors("(memory.fill (i64.const 0) (i32.const 0) (i64.const 0))"),
                "instruction without a price in gas");
        under(
                METERED,
                Fate.REFUSED,
                "gas of its own",
                new AoModule()
                        .without("tag")
                        .with("import", "(import \"metering\" \"usegas\" (func (param i64)))"),
                "importing metering function is not allowed");
        under(
                METERED,
                Fate.REFUSED,
                "gas of passive data",
                new AoModule().without("tag").with("d", "(data \"abc\")"),
                gas,
                "segments other than active ones");
        under(
                METERED,
                Fate.REFUSED,
                "gas of computed globals",
                new AoModule()
                        .without("tag")
                        .with("g", "(global i32 (i32.add (i32.const 1) (i32.const 2)))"),
                gas,
                "an initialiser of several instructions");
    }
}
