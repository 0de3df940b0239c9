package dev.flywheel.wasmtime.handle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.flywheel.wasmtime.raw.EngineH;
import dev.flywheel.wasmtime.raw.Layouts;
import dev.flywheel.wasmtime.raw.WasmH;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Bytes, names and error texts that native code hands over. */
public final class NativeText {

    /**
     * Longer texts are cut: an error that quotes a module's own names can be as long as the module
     * likes.
     */
    static final long TEXT_BYTES_MAX = 16 << 10;

    /** The size of a pointer or size_t: the pinned libraries are all for 64-bit machines. */
    private static final long DATA_OFFSET = Layouts.offset(Layouts.WASM_VEC, "data");

    private NativeText() {}

    /** The bytes of a borrowed {@code wasm_byte_vec_t}. */
    public static byte[] bytes(MemorySegment vec) {
        return data(vec, Long.MAX_VALUE).toArray(JAVA_BYTE);
    }

    /** A borrowed {@code wasm_name_t} or message: UTF-8, without a closing zero. */
    public static String text(MemorySegment vec) {
        byte[] bytes = data(vec, TEXT_BYTES_MAX).toArray(JAVA_BYTE);
        int length = bytes.length;
        if (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** Element {@code i} of a borrowed vector of pointers. */
    public static MemorySegment element(MemorySegment vec, long i) {
        MemorySegment whole = vec.reinterpret(Layouts.WASM_VEC.byteSize());
        long size = whole.get(JAVA_LONG, 0);
        return whole.get(ADDRESS, DATA_OFFSET)
                .reinterpret(size * ADDRESS.byteSize())
                .getAtIndex(ADDRESS, i);
    }

    /** How many elements a borrowed vector has. */
    public static long size(MemorySegment vec) {
        return vec.reinterpret(Layouts.WASM_VEC.byteSize()).get(JAVA_LONG, 0);
    }

    /** The text of an owned {@code wasmtime_error_t}, which is freed. */
    public static String takeError(MemorySegment error) {
        try {
            return error(error);
        } finally {
            EngineH.wasmtime_error_delete(error);
        }
    }

    /** The text of a borrowed {@code wasmtime_error_t}. */
    public static String error(MemorySegment error) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(Layouts.WASM_VEC);
            EngineH.wasmtime_error_message(error, message);
            return takeText(message);
        }
    }

    /** The text of a borrowed {@code wasm_trap_t}. */
    public static String trap(MemorySegment trap) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(Layouts.WASM_VEC);
            WasmH.wasm_trap_message(trap, message);
            return takeText(message);
        }
    }

    private static String takeText(MemorySegment vec) {
        try {
            return text(vec);
        } finally {
            WasmH.wasm_byte_vec_delete(vec);
        }
    }

    private static MemorySegment data(MemorySegment vec, long bytesMax) {
        MemorySegment whole = vec.reinterpret(Layouts.WASM_VEC.byteSize());
        long size = whole.get(JAVA_LONG, 0);
        return whole.get(ADDRESS, DATA_OFFSET).reinterpret(Math.min(size, bytesMax));
    }
}
