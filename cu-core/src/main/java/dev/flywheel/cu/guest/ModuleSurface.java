package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.GuestModule.Import;
import dev.flywheel.cu.guest.host.Family;
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
import dev.flywheel.wasmtime.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a compiled module asks of its host and offers to it, checked.
 *
 * @param format what it is served as
 * @param wanted its imports as it names them, without repetitions
 * @param imports the same, as the host knows them
 * @param memory type of its memory
 * @param stateGlobals exports of all its mutable globals but the gas counter
 */
record ModuleSurface(
        ModuleFormat format,
        List<ImportType> wanted,
        List<Import> imports,
        MemoryType memory,
        List<String> stateGlobals) {

    /**
     * @param tagged what its tag says; null when it has none
     */
    static ModuleSurface of(Id moduleId, @Nullable ModuleFormat tagged, CompiledModule compiled)
            throws ModuleRefusedException {
        List<ImportType> all = compiled.module().imports();
        List<ExportType> exports = compiled.module().exports();
        if (all.stream().anyMatch(each -> ImportNames.catchesExceptions(each.name()))) {
            throw GuestEngine.refused(
                    moduleId,
                    "it catches C++ exceptions with the help of its host"
                            + " (env.__cxa_find_matching_catch_*), which no host of AO modules"
                            + " gives; build it with -fwasm-exceptions");
        }
        Map<String, ExternType> offered = new HashMap<>();
        exports.forEach(export -> offered.put(export.name(), export.type()));
        Family told = told(all, offered);
        if (tagged == null && told == null && !offered.containsKey("handle")) {
            throw GuestEngine.refused(
                    moduleId,
                    "it exports no function handle, so it is no program of an AO process");
        }
        ModuleFormat format = format(moduleId, tagged, told);
        String other = format.family() == told || told == null ? "" : asAnother(told);
        checkFunctions(moduleId, format, offered, other);
        if (!(offered.get(format.exportName("memory")) instanceof MemoryType memory)) {
            throw GuestEngine.refused(moduleId, "it exports no memory");
        }
        List<ImportType> wanted = new ArrayList<>();
        List<Import> imports = new ArrayList<>();
        readImports(moduleId, format, all, wanted, imports, other);
        return new ModuleSurface(
                format,
                List.copyOf(wanted),
                List.copyOf(imports),
                memory,
                stateGlobals(exports, compiled.gasGlobal()));
    }

    /** The family that its names tell, if any. */
    private static @Nullable Family told(
            List<ImportType> imports, Map<String, ExternType> offered) {
        boolean wide =
                offered.values().stream()
                        .anyMatch(type -> type instanceof MemoryType memory && memory.is64());
        return Family.of(
                imports.stream().map(ImportType::module).toList(),
                imports.stream().map(ImportType::name).toList(),
                offered.keySet(),
                wide);
    }

    private static ModuleFormat format(
            Id moduleId, @Nullable ModuleFormat tagged, @Nullable Family told)
            throws ModuleRefusedException {
        if (tagged != null) {
            return tagged;
        }
        if (told == null) {
            throw GuestEngine.refused(
                    moduleId,
                    "it has no Module-Format, and its imports and exports are those of no form"
                            + " that is known; publish it with one of "
                            + ModuleFormat.tags());
        }
        return ModuleFormat.untagged(told);
    }

    /** For a refusal: what the module looks like instead. */
    private static String asAnother(Family told) {
        String tag = ModuleFormat.tagOf(told);
        return "; its imports and exports are those of family "
                + told
                + (tag.isEmpty()
                        ? ", which runs without a Module-Format"
                        : ", whose Module-Format is " + tag);
    }

    private static void readImports(
            Id moduleId,
            ModuleFormat format,
            List<ImportType> all,
            List<ImportType> wanted,
            List<Import> imports,
            String other)
            throws ModuleRefusedException {
        List<String> unknown = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ImportType each : all) {
            String name = format.importName(each.module(), each.name());
            if (!(each.type() instanceof FunctionType type)
                    || name == null
                    || !isKnown(format, name, type)) {
                unknown.add(GuestEngine.quoted(each.module() + "." + each.name()) + type(each));
            } else if (seen.add(each.module() + '\0' + each.name())) {
                wanted.add(each);
                imports.add(new Import(name, type));
            }
        }
        if (!unknown.isEmpty()) {
            int named = Math.min(unknown.size(), GuestLimits.NAMED_IMPORTS_MAX);
            throw GuestEngine.refused(
                    moduleId,
                    "it imports what its host does not have: "
                            + String.join(", ", unknown.subList(0, named))
                            + (named < unknown.size()
                                    ? " and " + (unknown.size() - named) + " more"
                                    : "")
                            + other);
        }
    }

    private static boolean isKnown(ModuleFormat format, String name, FunctionType type) {
        return name.equals(ModuleFormat.GAS) || ImportNames.isKnown(format.family(), name, type);
    }

    private static String type(ImportType imported) {
        return imported.type() instanceof FunctionType type ? " " + type : " (no function)";
    }

    private static void checkFunctions(
            Id moduleId, ModuleFormat format, Map<String, ExternType> offered, String other)
            throws ModuleRefusedException {
        ValueType pointer = format.family().pointerBytes() == 8 ? ValueType.I64 : ValueType.I32;
        Family.StackNames stack = format.family().stackNames();
        Map<String, FunctionType> needed = new LinkedHashMap<>();
        needed.put("handle", FunctionType.of(pointer, pointer).returning(pointer));
        needed.put(stack.save(), FunctionType.of().returning(pointer));
        needed.put(stack.restore(), FunctionType.of(pointer));
        needed.put(stack.allocate(), FunctionType.of(pointer).returning(pointer));
        if (!format.family().hasArgumentsOnStack()) {
            needed.put("malloc", FunctionType.of(pointer).returning(pointer));
        }
        for (Map.Entry<String, FunctionType> each : needed.entrySet()) {
            String name = format.exportName(each.getKey());
            @Nullable ExternType found = offered.get(name);
            if (!each.getValue().equals(found)) {
                throw GuestEngine.refused(
                        moduleId,
                        "it exports no function "
                                + name
                                + " "
                                + each.getValue()
                                + (found == null ? "" : ", but " + found)
                                + other);
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
