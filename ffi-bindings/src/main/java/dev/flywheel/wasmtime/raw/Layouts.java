package dev.flywheel.wasmtime.raw;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.UnionLayout;
import java.util.List;

/**
 * Structs of the C API, names letter for letter; a test holds them against what a C compiler
 * printed for the headers ({@code make native-layout}). All of them hold for 64-bit machines only,
 * as does the pinned library.
 */
public final class Layouts {

    /** {@code wasm_byte_vec_t} and all other vectors: how many, and where. */
    public static final StructLayout WASM_VEC =
            MemoryLayout.structLayout(JAVA_LONG.withName("size"), ADDRESS.withName("data"))
                    .withName("wasm_byte_vec_t");

    public static final StructLayout WASM_LIMITS =
            MemoryLayout.structLayout(JAVA_INT.withName("min"), JAVA_INT.withName("max"))
                    .withName("wasm_limits_t");

    public static final StructLayout WASMTIME_FUNC =
            MemoryLayout.structLayout(JAVA_LONG.withName("store_id"), ADDRESS.withName("__private"))
                    .withName("wasmtime_func_t");

    public static final StructLayout WASMTIME_TABLE = twoPart("wasmtime_table_t");
    public static final StructLayout WASMTIME_MEMORY = twoPart("wasmtime_memory_t");
    public static final StructLayout WASMTIME_TAG = twoPart("wasmtime_tag_t");

    public static final StructLayout WASMTIME_GLOBAL =
            MemoryLayout.structLayout(
                            JAVA_LONG.withName("store_id"),
                            JAVA_INT.withName("__private1"),
                            JAVA_INT.withName("__private2"),
                            JAVA_INT.withName("__private3"),
                            MemoryLayout.paddingLayout(4))
                    .withName("wasmtime_global_t");

    public static final StructLayout WASMTIME_INSTANCE =
            MemoryLayout.structLayout(
                            JAVA_LONG.withName("store_id"), JAVA_LONG.withName("__private"))
                    .withName("wasmtime_instance_t");

    public static final UnionLayout WASMTIME_EXTERN_UNION =
            MemoryLayout.unionLayout(
                            WASMTIME_FUNC.withName("func"),
                            WASMTIME_GLOBAL.withName("global"),
                            WASMTIME_TABLE.withName("table"),
                            WASMTIME_MEMORY.withName("memory"),
                            ADDRESS.withName("sharedmemory"),
                            WASMTIME_TAG.withName("tag"))
                    .withName("wasmtime_extern_union_t");

    public static final StructLayout WASMTIME_EXTERN =
            MemoryLayout.structLayout(
                            JAVA_BYTE.withName("kind"),
                            MemoryLayout.paddingLayout(7),
                            WASMTIME_EXTERN_UNION.withName("of"))
                    .withName("wasmtime_extern_t");

    /** The same for exnref, externref and anyref. */
    public static final StructLayout WASMTIME_EXNREF =
            MemoryLayout.structLayout(
                            JAVA_LONG.withName("store_id"),
                            JAVA_INT.withName("__private1"),
                            JAVA_INT.withName("__private2"),
                            ADDRESS.withName("__private3"))
                    .withName("wasmtime_exnref_t");

    public static final UnionLayout WASMTIME_VALUNION =
            MemoryLayout.unionLayout(
                            JAVA_INT.withName("i32"),
                            JAVA_LONG.withName("i64"),
                            JAVA_FLOAT.withName("f32"),
                            JAVA_DOUBLE.withName("f64"),
                            WASMTIME_EXNREF.withName("exnref"),
                            WASMTIME_FUNC.withName("funcref"),
                            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("v128"))
                    .withName("wasmtime_valunion_t");

    public static final StructLayout WASMTIME_VAL =
            MemoryLayout.structLayout(
                            JAVA_BYTE.withName("kind"),
                            MemoryLayout.paddingLayout(7),
                            WASMTIME_VALUNION.withName("of"))
                    .withName("wasmtime_val_t");

    /** One parameter or result of an unchecked call. Little-endian on every machine. */
    public static final UnionLayout WASMTIME_VAL_RAW =
            MemoryLayout.unionLayout(
                            JAVA_INT.withName("i32"),
                            JAVA_LONG.withName("i64"),
                            JAVA_FLOAT.withName("f32"),
                            JAVA_DOUBLE.withName("f64"),
                            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("v128"),
                            ADDRESS.withName("funcref"))
                    .withName("wasmtime_val_raw_t");

    public static final StructLayout WASMTIME_HEAPTYPE =
            MemoryLayout.structLayout(
                            JAVA_BYTE.withName("kind"),
                            MemoryLayout.paddingLayout(7),
                            ADDRESS.withName("of"))
                    .withName("wasmtime_heaptype_t");

    public static final StructLayout WASMTIME_REFTYPE =
            MemoryLayout.structLayout(
                            JAVA_BOOLEAN.withName("nullable"),
                            MemoryLayout.paddingLayout(7),
                            WASMTIME_HEAPTYPE.withName("heaptype"))
                    .withName("wasmtime_reftype_t");

    public static final StructLayout WASMTIME_VALTYPE =
            MemoryLayout.structLayout(
                            JAVA_BYTE.withName("kind"),
                            MemoryLayout.paddingLayout(7),
                            WASMTIME_REFTYPE.withName("reftype"))
                    .withName("wasmtime_valtype_t");

    /** All structs and unions above, for the test that compares them with the C compiler's. */
    public static final List<GroupLayout> ALL =
            List.of(
                    WASM_VEC,
                    WASM_LIMITS,
                    WASMTIME_FUNC,
                    WASMTIME_TABLE,
                    WASMTIME_MEMORY,
                    WASMTIME_TAG,
                    WASMTIME_GLOBAL,
                    WASMTIME_INSTANCE,
                    WASMTIME_EXTERN_UNION,
                    WASMTIME_EXTERN,
                    WASMTIME_EXNREF,
                    WASMTIME_VALUNION,
                    WASMTIME_VAL,
                    WASMTIME_VAL_RAW,
                    WASMTIME_HEAPTYPE,
                    WASMTIME_REFTYPE,
                    WASMTIME_VALTYPE);

    private Layouts() {}

    /** Byte offset of a member, for the places that read it with a plain value layout. */
    public static long offset(GroupLayout layout, String member) {
        return layout.byteOffset(groupElement(member));
    }

    /**
     * The first two members are an anonymous struct in C, which is padded before the third follows.
     */
    private static StructLayout twoPart(String name) {
        return MemoryLayout.structLayout(
                        JAVA_LONG.withName("store_id"),
                        JAVA_INT.withName("__private1"),
                        MemoryLayout.paddingLayout(4),
                        JAVA_INT.withName("__private2"),
                        MemoryLayout.paddingLayout(4))
                .withName(name);
    }
}
