package dev.flywheel.cu.module;

import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.InstructionReader;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.Opcodes;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmModule.Entity;
import dev.flywheel.cu.module.binary.WasmModule.Export;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.GlobalKind;
import dev.flywheel.cu.module.binary.WasmModule.Import;
import dev.flywheel.cu.module.binary.WasmModule.Kind;
import dev.flywheel.cu.module.binary.WasmModule.Limits;
import dev.flywheel.cu.module.binary.WasmModule.Memory;
import dev.flywheel.cu.module.binary.WasmModule.OfType;
import dev.flywheel.cu.module.binary.WasmModule.Signature;
import dev.flywheel.cu.module.binary.WasmModule.Table;
import dev.flywheel.cu.module.binary.WasmTypes;
import dev.flywheel.cu.module.pass.GasImport;
import dev.flywheel.cu.module.pass.Longjmp;
import dev.flywheel.cu.module.pass.Metering;
import dev.flywheel.wasmtime.ExportType;
import dev.flywheel.wasmtime.ExternType;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.GlobalType;
import dev.flywheel.wasmtime.ImportType;
import dev.flywheel.wasmtime.MemoryType;
import dev.flywheel.wasmtime.TableType;
import dev.flywheel.wasmtime.TagType;
import dev.flywheel.wasmtime.ValueType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Tells what a host needs to know of a module, in the engine's own types. What it does to tables
 * and segments is read at once, before passes whose code cannot be read; the rest when asked for.
 */
final class ShapeReader {

    private final WasmModule module;

    /** All of each kind, imported first: index spaces. */
    private final Map<Kind, List<ExternType>> spaces = new EnumMap<>(Kind.class);

    private final boolean dropsSegments;
    private final boolean changesTables;

    ShapeReader(WasmModule module) throws MalformedModuleException {
        this.module = module;
        this.dropsSegments = dropsSegments();
        this.changesTables = changesTables();
    }

    private void fillSpaces() {
        for (Kind kind : Kind.values()) {
            spaces.put(kind, new ArrayList<>());
        }
        for (Import i : module.imports) {
            add(WasmModule.kindOf(i.entity()), i.entity());
        }
        for (Function function : module.functions) {
            add(Kind.FUNCTION, new OfType(Kind.FUNCTION, function.type));
        }
        module.tables.forEach(table -> add(Kind.TABLE, table));
        module.memories.forEach(memory -> add(Kind.MEMORY, memory));
        module.globals.forEach(global -> add(Kind.GLOBAL, global.kind()));
        module.tags.forEach(tag -> add(Kind.TAG, new OfType(Kind.TAG, tag)));
    }

    /** Whether the module's pointers are i64. */
    static boolean memoryIs64(WasmModule module) {
        return !module.memories.isEmpty() && module.memories.getFirst().limits().is64();
    }

    ModuleShape shape(List<String> passes, boolean pointers64) {
        fillSpaces();
        List<ImportType> imports = new ArrayList<>();
        List<ImportType> answered = new ArrayList<>();
        boolean longjmp = passes.contains(new Longjmp().identity());
        boolean gas = passes.contains(new GasImport().identity());
        for (Import i : module.imports) {
            ImportType type = new ImportType(i.module(), i.name(), type(i.entity()));
            imports.add(type);
            if ((longjmp && Longjmp.answers(module, i)) || (gas && GasImport.answers(module, i))) {
                answered.add(type);
            }
        }
        List<ExportType> exports = new ArrayList<>();
        for (Export export : module.exports) {
            exports.add(new ExportType(export.name(), of(export)));
        }
        Optional<MemoryType> memory =
                module.memories.stream().findFirst().map(own -> (MemoryType) type(own));
        return new ModuleShape(
                imports,
                exports,
                module.functions.size(),
                memory,
                state(),
                new ModuleShape.Rewriting(passes, answered, pointers64));
    }

    /** Tables of the module's own. */
    List<TableType> tables() {
        return module.tables.stream().map(table -> (TableType) type(table)).toList();
    }

    private ModuleShape.State state() {
        Map<Integer, String> globals = names(Kind.GLOBAL);
        Map<Integer, String> tables = names(Kind.TABLE);
        List<ModuleShape.NamedGlobal> savedGlobals = new ArrayList<>();
        int imported = module.imported(Kind.GLOBAL);
        for (int i = 0; i < module.globals.size(); i++) {
            String name = globals.get(imported + i);
            if (name != null
                    && !name.equals(Metering.GAS_GLOBAL)
                    && module.globals.get(i).kind().mutable()) {
                savedGlobals.add(
                        new ModuleShape.NamedGlobal(
                                name, (GlobalType) type(module.globals.get(i).kind())));
            }
        }
        List<ModuleShape.NamedTable> savedTables = new ArrayList<>();
        int importedTables = module.imported(Kind.TABLE);
        for (int i = 0; i < module.tables.size(); i++) {
            String name = tables.get(importedTables + i);
            if (name != null) {
                savedTables.add(
                        new ModuleShape.NamedTable(name, (TableType) type(module.tables.get(i))));
            }
        }
        return new ModuleShape.State(savedGlobals, savedTables, dropsSegments, changesTables);
    }

    private boolean dropsSegments() throws MalformedModuleException {
        boolean passive =
                module.data.stream().anyMatch(data -> data.flags() == 1)
                        || module.elements.stream().anyMatch(e -> (e.flags() & 1) != 0);
        if (!passive) {
            return false; // dropping an active segment changes nothing: it is dropped at the start
        }
        for (Function function : module.functions) {
            InstructionReader in = new InstructionReader(function.code);
            while (in.next()) {
                if (in.opcode() == Opcodes.DATA_DROP || in.opcode() == Opcodes.ELEM_DROP) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean changesTables() throws MalformedModuleException {
        if (module.tables.isEmpty() && module.imported(Kind.TABLE) == 0) {
            return false;
        }
        for (Function function : module.functions) {
            InstructionReader in = new InstructionReader(function.code);
            while (in.next()) {
                switch (in.opcode()) {
                    case Opcodes.TABLE_SET,
                            Opcodes.TABLE_INIT,
                            Opcodes.TABLE_COPY,
                            Opcodes.TABLE_GROW,
                            Opcodes.TABLE_FILL -> {
                        return true;
                    }
                    default -> {}
                }
            }
        }
        return false;
    }

    /** The first name under which each of a kind is exported, by index. */
    private Map<Integer, String> names(Kind kind) {
        Map<Integer, String> names = new HashMap<>();
        for (Export export : module.exports) {
            if (export.kind() == kind) {
                names.putIfAbsent(export.index(), export.name());
            }
        }
        return names;
    }

    private void add(Kind kind, Entity entity) {
        space(kind).add(type(entity));
    }

    private ExternType of(Export export) {
        return space(export.kind()).get(export.index());
    }

    private List<ExternType> space(Kind kind) {
        return spaces.computeIfAbsent(kind, k -> new ArrayList<>());
    }

    private ExternType type(Entity entity) {
        return switch (entity) {
            case OfType of -> {
                FunctionType type = type(module.types.get(of.type()));
                yield of.kind() == Kind.TAG ? new TagType(type) : type;
            }
            case Table table ->
                    new TableType(
                            type(table.element()),
                            table.limits().minimum(),
                            maximum(table.limits()));
            case Memory memory ->
                    new MemoryType(
                            memory.limits().minimum(),
                            maximum(memory.limits()),
                            memory.limits().is64());
            case GlobalKind kind -> new GlobalType(type(kind.type()), kind.mutable());
        };
    }

    private static OptionalLong maximum(Limits limits) {
        return limits.maximum() < 0 ? OptionalLong.empty() : OptionalLong.of(limits.maximum());
    }

    private static FunctionType type(Signature signature) {
        return new FunctionType(types(signature.parameters()), types(signature.results()));
    }

    private static List<ValueType> types(Bytes types) {
        List<ValueType> list = new ArrayList<>(types.length());
        for (int i = 0; i < types.length(); i++) {
            list.add(type(types.at(i)));
        }
        return list;
    }

    private static ValueType type(int type) {
        return switch (type) {
            case WasmTypes.I32 -> ValueType.I32;
            case WasmTypes.I64 -> ValueType.I64;
            case WasmTypes.F32 -> ValueType.F32;
            case WasmTypes.F64 -> ValueType.F64;
            case WasmTypes.V128 -> ValueType.V128;
            case WasmTypes.FUNCREF -> ValueType.FUNCREF;
            case WasmTypes.EXTERNREF -> ValueType.EXTERNREF;
            default -> ValueType.OTHER_REFERENCE;
        };
    }
}
