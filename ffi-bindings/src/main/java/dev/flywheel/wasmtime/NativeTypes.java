package dev.flywheel.wasmtime;

import static dev.flywheel.wasmtime.raw.WasmTypesH.*;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.flywheel.wasmtime.handle.NativeText;
import dev.flywheel.wasmtime.raw.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Reads types that native code lends, and makes those that it wants. */
final class NativeTypes {

    private static final int LIMITS_NO_MAXIMUM =
            -1; // wasm_limits_max_default, as an unsigned number

    private static final long REFTYPE = Layouts.offset(Layouts.WASMTIME_VALTYPE, "reftype");
    private static final long HEAPTYPE =
            REFTYPE + Layouts.offset(Layouts.WASMTIME_REFTYPE, "heaptype");
    private static final long LIMITS_MAX = Layouts.offset(Layouts.WASM_LIMITS, "max");

    private NativeTypes() {}

    static List<ImportType> imports(MemorySegment vec) {
        long size = NativeText.size(vec);
        List<ImportType> imports = new ArrayList<>();
        for (long i = 0; i < size; i++) {
            MemorySegment type = NativeText.element(vec, i);
            imports.add(
                    new ImportType(
                            NativeText.text(wasm_importtype_module(type)),
                            NativeText.text(wasm_importtype_name(type)),
                            extern(wasm_importtype_type(type))));
        }
        return List.copyOf(imports);
    }

    static List<ExportType> exports(MemorySegment vec) {
        long size = NativeText.size(vec);
        List<ExportType> exports = new ArrayList<>();
        for (long i = 0; i < size; i++) {
            MemorySegment type = NativeText.element(vec, i);
            exports.add(
                    new ExportType(
                            NativeText.text(wasm_exporttype_name(type)),
                            extern(wasm_exporttype_type(type))));
        }
        return List.copyOf(exports);
    }

    private static ExternType extern(MemorySegment type) {
        int kind = wasm_externtype_kind(type); // wasm_externkind_enum
        return switch (kind) {
            case 0 -> function(wasm_externtype_as_functype_const(type));
            case 1 -> global(wasm_externtype_as_globaltype_const(type));
            case 2 -> table(wasm_externtype_as_tabletype_const(type));
            case 3 -> memory(wasm_externtype_as_memorytype_const(type));
            case 4 ->
                    new TagType(
                            function(
                                    wasm_tagtype_functype(wasm_externtype_as_tagtype_const(type))));
            default -> throw new WasmtimeException("type of an unknown kind: kind=" + kind);
        };
    }

    static FunctionType function(MemorySegment type) {
        return new FunctionType(
                values(wasm_functype_params(type)), values(wasm_functype_results(type)));
    }

    static MemoryType memory(MemorySegment type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment max = arena.allocate(JAVA_LONG);
            boolean limited = wasmtime_memorytype_maximum(type, max);
            return new MemoryType(
                    wasmtime_memorytype_minimum(type),
                    limited ? OptionalLong.of(max.get(JAVA_LONG, 0)) : OptionalLong.empty(),
                    wasmtime_memorytype_is64(type));
        }
    }

    static TableType table(MemorySegment type) {
        MemorySegment limits =
                wasm_tabletype_limits(type).reinterpret(Layouts.WASM_LIMITS.byteSize());
        int max = limits.get(JAVA_INT, LIMITS_MAX);
        return new TableType(
                value(wasm_tabletype_element(type)),
                Integer.toUnsignedLong(limits.get(JAVA_INT, 0)),
                max == LIMITS_NO_MAXIMUM
                        ? OptionalLong.empty()
                        : OptionalLong.of(Integer.toUnsignedLong(max)));
    }

    static GlobalType global(MemorySegment type) {
        return new GlobalType(
                value(wasm_globaltype_content(type)), wasm_globaltype_mutability(type) != 0);
    }

    private static List<ValueType> values(MemorySegment vec) {
        long size = NativeText.size(vec);
        List<ValueType> values = new ArrayList<>();
        for (long i = 0; i < size; i++) {
            values.add(value(NativeText.element(vec, i)));
        }
        return values;
    }

    /**
     * Not by {@code wasm_valtype_kind}, which aborts the process on vectors and on most references.
     */
    private static ValueType value(MemorySegment type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(Layouts.WASMTIME_VALTYPE);
            wasmtime_valtype_new(type, out);
            try {
                int kind = out.get(JAVA_BYTE, 0);
                return switch (kind) {
                    case 0 -> ValueType.I32;
                    case 1 -> ValueType.I64;
                    case 2 -> ValueType.F32;
                    case 3 -> ValueType.F64;
                    case 4 -> ValueType.V128;
                    default -> reference(out);
                };
            } finally {
                wasmtime_valtype_delete(out);
            }
        }
    }

    private static ValueType reference(MemorySegment valtype) {
        boolean nullable = valtype.get(JAVA_BYTE, REFTYPE) != 0;
        int heap = valtype.get(JAVA_BYTE, HEAPTYPE);
        if (nullable && heap == 0) { // WASMTIME_HEAPTYPE_KIND_EXTERN
            return ValueType.EXTERNREF;
        }
        if (nullable && heap == 2) { // WASMTIME_HEAPTYPE_KIND_FUNC
            return ValueType.FUNCREF;
        }
        return ValueType.OTHER_REFERENCE;
    }

    /** An owned {@code wasm_functype_t} of numbers. */
    static MemorySegment functype(FunctionType type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment params = valtypes(arena, type.parameters());
            MemorySegment results = valtypes(arena, type.results());
            return wasm_functype_new(params, results);
        }
    }

    private static MemorySegment valtypes(Arena arena, List<ValueType> types) {
        MemorySegment owned = arena.allocate(ADDRESS, Math.max(1, types.size()));
        for (int i = 0; i < types.size(); i++) {
            owned.setAtIndex(ADDRESS, i, wasm_valtype_new((byte) types.get(i).wasmKind()));
        }
        MemorySegment vec = arena.allocate(Layouts.WASM_VEC);
        wasm_valtype_vec_new(vec, types.size(), owned);
        return vec;
    }
}
