package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.GuestModule.Import;
import dev.flywheel.cu.guest.host.ImportNames;
import dev.flywheel.cu.guest.host.ModuleFormat;
import dev.flywheel.protocol.Id;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.ExportType;
import dev.flywheel.wasmtime.ExternType;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.GlobalType;
import dev.flywheel.wasmtime.ImportType;
import dev.flywheel.wasmtime.Linker;
import dev.flywheel.wasmtime.MemoryType;
import dev.flywheel.wasmtime.TableType;
import dev.flywheel.wasmtime.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a compiled module asks of its host and offers to it, checked.
 *
 * @param wanted its imports as it names them, without repetitions
 * @param imports the same, as the host knows them
 * @param memory type of its memory
 * @param stateGlobals exports of all its mutable globals but the gas counter
 */
record ModuleSurface(
        List<ImportType> wanted,
        List<Import> imports,
        MemoryType memory,
        List<String> stateGlobals) {

    private static final String GAS_MODULE = "metering";
    private static final String GAS_NAME = "usegas";

    static ModuleSurface of(Id moduleId, ModuleFormat format, CompiledModule compiled)
            throws ModuleRefusedException {
        List<ImportType> all = compiled.module().imports();
        List<ExportType> exports = compiled.module().exports();
        if (all.size() > GuestLimits.IMPORTS_MAX || exports.size() > GuestLimits.IMPORTS_MAX) {
            throw GuestEngine.refused(
                    moduleId,
                    "too many imports or exports: imports="
                            + all.size()
                            + " exports="
                            + exports.size()
                            + " max="
                            + GuestLimits.IMPORTS_MAX);
        }
        Map<String, ExternType> offered = new HashMap<>();
        exports.forEach(export -> offered.put(export.name(), export.type()));
        checkFunctions(moduleId, format, offered);
        checkTables(moduleId, offered);
        if (!(offered.get(format.exportName("memory")) instanceof MemoryType memory)) {
            throw GuestEngine.refused(moduleId, "it exports no memory");
        }
        List<ImportType> wanted = new ArrayList<>();
        List<Import> imports = new ArrayList<>();
        readImports(moduleId, format, all, wanted, imports);
        return new ModuleSurface(
                List.copyOf(wanted),
                List.copyOf(imports),
                memory,
                stateGlobals(exports, compiled.gasGlobal()));
    }

    private static void readImports(
            Id moduleId,
            ModuleFormat format,
            List<ImportType> all,
            List<ImportType> wanted,
            List<Import> imports)
            throws ModuleRefusedException {
        List<String> unknown = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ImportType each : all) {
            String name = format.importName(each.module(), each.name());
            boolean gas = each.module().equals(GAS_MODULE) && name.equals(GAS_NAME);
            if (!(each.type() instanceof FunctionType type)
                    || !(gas || ImportNames.isKnown(name, type))) {
                unknown.add(GuestEngine.quoted(each.module() + "." + each.name()) + type(each));
            } else if (seen.add(each.module() + '\0' + each.name())) {
                wanted.add(each);
                imports.add(new Import(name, type, gas));
            }
        }
        if (!unknown.isEmpty()) {
            int named = Math.min(unknown.size(), GuestLimits.NAMED_IMPORTS_MAX);
            throw GuestEngine.refused(
                    moduleId,
                    "it imports what no host has: "
                            + String.join(", ", unknown.subList(0, named))
                            + (named < unknown.size()
                                    ? " and " + (unknown.size() - named) + " more"
                                    : ""));
        }
    }

    private static String type(ImportType imported) {
        return imported.type() instanceof FunctionType type ? " " + type : " (no function)";
    }

    private static void checkFunctions(
            Id moduleId, ModuleFormat format, Map<String, ExternType> offered)
            throws ModuleRefusedException {
        ValueType pointer = format.family().pointerBytes() == 8 ? ValueType.I64 : ValueType.I32;
        FunctionType handle = FunctionType.of(pointer, pointer).returning(pointer);
        requireFunction(moduleId, format, offered, "handle", handle);
        boolean current = offered.get("emscripten_stack_get_current") != null;
        requireFunction(
                moduleId,
                format,
                offered,
                current ? "emscripten_stack_get_current" : "stackSave",
                FunctionType.of().returning(pointer));
        requireFunction(
                moduleId,
                format,
                offered,
                current ? "_emscripten_stack_restore" : "stackRestore",
                FunctionType.of(pointer));
        requireFunction(
                moduleId,
                format,
                offered,
                current ? "_emscripten_stack_alloc" : "stackAlloc",
                FunctionType.of(pointer).returning(pointer));
    }

    private static void requireFunction(
            Id moduleId,
            ModuleFormat format,
            Map<String, ExternType> offered,
            String name,
            FunctionType type)
            throws ModuleRefusedException {
        @Nullable ExternType found = offered.get(format.exportName(name));
        if (!type.equals(found)) {
            throw GuestEngine.refused(
                    moduleId,
                    "it exports no function "
                            + format.exportName(name)
                            + " "
                            + type
                            + (found == null ? "" : ", but " + found));
        }
    }

    private static void checkTables(Id moduleId, Map<String, ExternType> offered)
            throws ModuleRefusedException {
        for (ExternType type : offered.values()) {
            if (type instanceof TableType table
                    && table.minimum() > GuestLimits.TABLE_ELEMENTS_MAX) {
                throw GuestEngine.refused(
                        moduleId,
                        "its table is too large: elements="
                                + table.minimum()
                                + " max="
                                + GuestLimits.TABLE_ELEMENTS_MAX);
            }
        }
    }

    private static List<String> stateGlobals(List<ExportType> exports, String gasGlobal) {
        return exports.stream()
                .filter(e -> e.type() instanceof GlobalType type && type.mutable())
                .map(ExportType::name)
                .filter(name -> !name.equals(gasGlobal))
                .toList();
    }

    /** A linker for all instances: each import leads to the instance that calls it. */
    Linker linker(Engine engine) {
        Linker linker = new Linker(engine);
        for (int i = 0; i < wanted.size(); i++) {
            int number = i;
            ImportType each = wanted.get(i);
            linker.define(
                    each.module(),
                    each.name(),
                    imports.get(i).type(),
                    call -> ((GuestInstance) call.data()).imported(number, call));
        }
        return linker;
    }
}
