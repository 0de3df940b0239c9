package dev.flywheel.cu.module.binary;

import dev.flywheel.cu.module.binary.WasmModule.Data;
import dev.flywheel.cu.module.binary.WasmModule.Element;
import dev.flywheel.cu.module.binary.WasmModule.Export;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.Import;
import dev.flywheel.cu.module.binary.WasmModule.Section;
import dev.flywheel.cu.module.binary.WasmModule.Signature;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One of {@link ModuleLimits}, and how much of it a module has.
 *
 * @param name what is counted
 * @param value the module's; of what is counted for each function, type or table the largest
 * @param limit most that is accepted in a module as published
 */
public record ModuleMeasure(String name, long value, long limit) {

    /**
     * Checks nesting as {@link ModuleCheck} does, and almost no limits: the reader's own hold, so
     * that nothing here is out of bounds.
     */
    private static final int MEASURING_FACTOR = 1_000;

    public boolean isWithin() {
        return value <= limit;
    }

    /**
     * All of them.
     *
     * @throws MalformedModuleException if code is not properly nested
     */
    public static List<ModuleMeasure> of(WasmModule module, long bytes)
            throws MalformedModuleException {
        List<ModuleMeasure> all = new ArrayList<>();
        all.add(new ModuleMeasure("module bytes", bytes, ModuleLimits.MODULE_BYTES_MAX));
        counts(module, all);
        bodies(module, all);
        segments(module, all);
        return List.copyOf(all);
    }

    private static void counts(WasmModule module, List<ModuleMeasure> all) {
        long values = 0;
        for (Signature type : module.types) {
            values = Math.max(values, type.parameters().length());
            values = Math.max(values, type.results().length());
        }
        long names = 0;
        for (Import i : module.imports) {
            names = Math.max(names, Math.max(utf8(i.module()), utf8(i.name())));
        }
        for (Export export : module.exports) {
            names = Math.max(names, utf8(export.name()));
        }
        long customs = 0;
        for (Section section : module.order) {
            if (section.number() == WasmModule.CUSTOM) {
                customs++;
                names = Math.max(names, utf8(section.name()));
            }
        }
        long elements = 0;
        for (WasmModule.Table table : module.tables) {
            elements = Math.max(elements, table.limits().minimum());
        }
        long pages = 0;
        for (WasmModule.Memory memory : module.memories) {
            pages = Math.max(pages, Math.max(memory.limits().minimum(), memory.limits().maximum()));
        }
        all.add(new ModuleMeasure("types", module.types.size(), ModuleLimits.TYPES_MAX));
        all.add(new ModuleMeasure("values of a type", values, ModuleLimits.VALUES_MAX));
        all.add(new ModuleMeasure("imports", module.imports.size(), ModuleLimits.IMPORTS_MAX));
        all.add(
                new ModuleMeasure(
                        "functions", module.functions.size(), ModuleLimits.FUNCTIONS_MAX));
        all.add(new ModuleMeasure("tables", module.tables.size(), ModuleLimits.TABLES_MAX));
        all.add(new ModuleMeasure("table elements", elements, ModuleLimits.TABLE_ELEMENTS_MAX));
        all.add(new ModuleMeasure("memories", module.memories.size(), ModuleLimits.MEMORIES_MAX));
        all.add(new ModuleMeasure("memory pages", pages, ModuleLimits.PAGES_MAX));
        all.add(new ModuleMeasure("tags", module.tags.size(), ModuleLimits.TAGS_MAX));
        all.add(new ModuleMeasure("globals", module.globals.size(), ModuleLimits.GLOBALS_MAX));
        all.add(new ModuleMeasure("exports", module.exports.size(), ModuleLimits.EXPORTS_MAX));
        all.add(new ModuleMeasure("custom sections", customs, ModuleLimits.CUSTOM_SECTIONS_MAX));
        all.add(new ModuleMeasure("name bytes", names, ModuleLimits.NAME_BYTES_MAX));
    }

    private static long utf8(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void bodies(WasmModule module, List<ModuleMeasure> all)
            throws MalformedModuleException {
        BodyCheck check = new BodyCheck(MEASURING_FACTOR, module);
        long locals = 0;
        for (Function function : module.functions) {
            locals += function.localCount();
            check.check(function);
        }
        BodyPeaks peaks = check.peaks;
        all.add(new ModuleMeasure("body bytes", peaks.bytes, ModuleLimits.BODY_BYTES_MAX));
        all.add(new ModuleMeasure("body blocks", peaks.blocks, ModuleLimits.BLOCKS_MAX));
        all.add(new ModuleMeasure("body nesting", peaks.depth, ModuleLimits.DEPTH_MAX));
        all.add(new ModuleMeasure("body locals", peaks.locals, ModuleLimits.LOCALS_MAX));
        all.add(new ModuleMeasure("locals of all bodies", locals, ModuleLimits.LOCALS_SUM_MAX));
        all.add(
                new ModuleMeasure(
                        "body locals x blocks",
                        peaks.localsByBlocks,
                        ModuleLimits.LOCALS_BY_BLOCKS_MAX));
        all.add(new ModuleMeasure("body calls", peaks.calls, ModuleLimits.CALLS_MAX));
        all.add(
                new ModuleMeasure(
                        "br_table entries", peaks.branchEntries, ModuleLimits.BRANCH_TABLE_MAX));
        all.add(
                new ModuleMeasure(
                        "br_table labels", peaks.branchLabels, ModuleLimits.BRANCH_LABELS_MAX));
        all.add(new ModuleMeasure("try_table clauses", peaks.clauses, ModuleLimits.CLAUSES_MAX));
    }

    private static void segments(WasmModule module, List<ModuleMeasure> all) {
        long bytes = 0;
        for (Data data : module.data) {
            bytes += data.content().length();
        }
        long entries = 0;
        for (Element element : module.elements) {
            entries += element.functions().length + element.expressions().size();
        }
        all.add(
                new ModuleMeasure(
                        "data segments", module.data.size(), ModuleLimits.DATA_SEGMENTS_MAX));
        all.add(new ModuleMeasure("data bytes", bytes, ModuleLimits.DATA_BYTES_MAX));
        all.add(
                new ModuleMeasure(
                        "element segments",
                        module.elements.size(),
                        ModuleLimits.ELEMENT_SEGMENTS_MAX));
        all.add(new ModuleMeasure("table entries", entries, ModuleLimits.ELEMENTS_MAX));
    }
}
