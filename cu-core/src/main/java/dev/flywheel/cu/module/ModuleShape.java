package dev.flywheel.cu.module;

import dev.flywheel.wasmtime.ExportType;
import dev.flywheel.wasmtime.GlobalType;
import dev.flywheel.wasmtime.ImportType;
import dev.flywheel.wasmtime.MemoryType;
import dev.flywheel.wasmtime.TableType;
import java.util.List;
import java.util.Optional;

/**
 * What a host needs to know of a prepared module, without compiling it. Immutable.
 *
 * @param imports what the host must give, in the binary's order
 * @param exports what it offers, ours included (their names begin with {@code flywheel.})
 * @param functions functions of its own, those that passes added included
 * @param memory the memory of its own, as it is declared to the engine
 * @param state what makes up a process's state beside the memory's bytes
 * @param rewriting what was done to it
 */
public record ModuleShape(
        List<ImportType> imports,
        List<ExportType> exports,
        int functions,
        Optional<MemoryType> memory,
        State state,
        Rewriting rewriting) {

    public ModuleShape {
        imports = List.copyOf(imports);
        exports = List.copyOf(exports);
    }

    /** An exported global. */
    public record NamedGlobal(String name, GlobalType type) {}

    /** An exported table. */
    public record NamedTable(String name, TableType type) {}

    /**
     * What must be saved and restored with the memory.
     *
     * @param globals every mutable global of the module's own, but for the gas counter, each under
     *     a name that it is exported by
     * @param tables every table of the module's own, likewise
     * @param dropsSegments whether code drops segments of data or elements, which no host can undo:
     *     real modules never do
     * @param changesTables whether code changes a table: what a table then holds can't be saved,
     *     and real modules never do
     */
    public record State(
            List<NamedGlobal> globals,
            List<NamedTable> tables,
            boolean dropsSegments,
            boolean changesTables) {
        public State {
            globals = List.copyOf(globals);
            tables = List.copyOf(tables);
        }
    }

    /**
     * What the pipeline did.
     *
     * @param passes identities of the passes that changed something, in order
     * @param answeredInside imports that are never called any more, as the module does itself what
     *     they did. They are still imports: define them by anything of their type
     * @param pointers64 whether the guest's pointers are i64, whatever its memory is declared as
     */
    public record Rewriting(
            List<String> passes, List<ImportType> answeredInside, boolean pointers64) {
        public Rewriting {
            passes = List.copyOf(passes);
            answeredInside = List.copyOf(answeredInside);
        }
    }
}
