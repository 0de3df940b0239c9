package dev.flywheel.wasmtime;

import dev.flywheel.wasmtime.handle.Live;
import dev.flywheel.wasmtime.handle.NativeText;
import dev.flywheel.wasmtime.handle.Owned;
import dev.flywheel.wasmtime.raw.EngineH;
import dev.flywheel.wasmtime.raw.Layouts;
import dev.flywheel.wasmtime.raw.WasmH;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A compiled module. Any thread. Instances keep what they need of it, so it may be closed before
 * them.
 */
@SuppressWarnings("JavaLangClash") // WebAssembly's own word; java.lang's is about Java modules
public final class Module implements AutoCloseable {

    private final Owned handle;

    Module(MemorySegment pointer) {
        this.handle = new Owned(Live.MODULE, pointer, EngineH::wasmtime_module_delete);
    }

    /**
     * Native code and all, for {@link Engine#deserialize} of the same release, configuration and
     * kind of machine.
     */
    public byte[] serialize() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ret = arena.allocate(Layouts.WASM_VEC);
            MemorySegment error = EngineH.wasmtime_module_serialize(pointer(), ret);
            if (error.address() != 0) {
                throw new WasmtimeException(
                        "module cannot be serialized: " + NativeText.takeError(error));
            }
            try {
                return NativeText.bytes(ret);
            } finally {
                WasmH.wasm_byte_vec_delete(ret);
            }
        }
    }

    /** What it needs, in the binary's order. */
    public List<ImportType> imports() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment vec = arena.allocate(Layouts.WASM_VEC);
            EngineH.wasmtime_module_imports(pointer(), vec);
            try {
                return NativeTypes.imports(vec);
            } finally {
                WasmH.wasm_importtype_vec_delete(vec);
            }
        }
    }

    /** What it offers, in the binary's order. */
    public List<ExportType> exports() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment vec = arena.allocate(Layouts.WASM_VEC);
            EngineH.wasmtime_module_exports(pointer(), vec);
            try {
                return NativeTypes.exports(vec);
            } finally {
                WasmH.wasm_exporttype_vec_delete(vec);
            }
        }
    }

    /** Idempotent. Any thread. */
    @Override
    public void close() {
        handle.close();
    }

    MemorySegment pointer() {
        return handle.pointer();
    }
}
