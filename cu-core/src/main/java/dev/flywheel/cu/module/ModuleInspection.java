package dev.flywheel.cu.module;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.ModuleMeasure;
import dev.flywheel.cu.module.binary.ModuleReader;
import dev.flywheel.cu.module.binary.SectionSummary;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.wasmtime.ExportType;
import dev.flywheel.wasmtime.ImportType;
import dev.flywheel.wasmtime.MemoryType;
import dev.flywheel.wasmtime.TableType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that can be told of a binary without compiling it, as far as it can be read. Nothing of it is
 * run; no native library is needed. Immutable.
 *
 * @param sections up to the first that is broken
 * @param imports empty if the binary cannot be read
 * @param exports likewise
 * @param memory of its own
 * @param tables of its own
 * @param pointers64 whether its pointers are i64
 * @param measures each limit beside what the module has of it; empty if it cannot be read
 * @param passes what each pass alone would do; empty if it cannot be read
 * @param refusal why this host does not take it, with the offset; empty if it does, as far as can
 *     be told without the engine, which alone checks types
 */
public record ModuleInspection(
        List<SectionSummary> sections,
        List<ImportType> imports,
        List<ExportType> exports,
        Optional<MemoryType> memory,
        List<TableType> tables,
        boolean pointers64,
        List<ModuleMeasure> measures,
        List<PassTrial> passes,
        Optional<String> refusal) {

    public ModuleInspection {
        sections = List.copyOf(sections);
        imports = List.copyOf(imports);
        exports = List.copyOf(exports);
        tables = List.copyOf(tables);
        measures = List.copyOf(measures);
        passes = List.copyOf(passes);
    }

    /** Looks at a binary, whatever it is. Some hundred milliseconds a megabyte. */
    public static ModuleInspection of(byte[] wasm) {
        List<SectionSummary> sections = SectionSummary.of(wasm);
        WasmModule module;
        ShapeReader reader;
        List<ModuleMeasure> measures;
        try {
            module = ModuleReader.read(wasm);
            measures = ModuleMeasure.of(module, wasm.length);
            reader = new ShapeReader(module);
        } catch (MalformedModuleException e) {
            return new ModuleInspection(
                    sections,
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    List.of(),
                    false,
                    List.of(),
                    List.of(),
                    Optional.of(e.getMessage() + RewrittenModule.hint(wasm)));
        }
        ModuleShape shape = reader.shape(List.of(), ShapeReader.memoryIs64(module));
        List<PassTrial> passes = new ArrayList<>();
        for (Pass pass : Pass.values()) {
            passes.add(PassTrial.of(wasm, pass));
        }
        return new ModuleInspection(
                sections,
                shape.imports(),
                shape.exports(),
                shape.memory(),
                reader.tables(),
                shape.rewriting().pointers64(),
                measures,
                passes,
                refusal(wasm));
    }

    private static Optional<String> refusal(byte[] wasm) {
        try {
            ModulePipeline.prepare(wasm, PreparationOptions.UNMETERED);
            return Optional.empty();
        } catch (MalformedModuleException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
