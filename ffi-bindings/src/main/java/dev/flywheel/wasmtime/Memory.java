package dev.flywheel.wasmtime;

import dev.flywheel.wasmtime.handle.NativeText;
import dev.flywheel.wasmtime.raw.ExternH;
import dev.flywheel.wasmtime.raw.WasmTypesH;
import java.lang.foreign.MemorySegment;

/** A linear memory. Use it on the thread that has the store. */
public final class Memory extends Extern {

    private final MemoryType type;
    private MemorySegment view = MemorySegment.NULL;

    Memory(Store store, MemorySegment raw) {
        super(store, raw);
        MemorySegment memorytype = ExternH.wasmtime_memory_type(store.context, raw);
        try {
            this.type = NativeTypes.memory(memorytype);
        } finally {
            WasmTypesH.wasm_memorytype_delete(memorytype);
        }
    }

    /** Its limits as declared, not its present size. */
    public MemoryType type() {
        return type;
    }

    /**
     * All of it. The segment is the same until the memory grew or moved: ask again after each call
     * into the guest. A view that is kept longer shows the old size; where memories may move
     * ({@link EngineOptions#memoryMayMove}) its use can end the JVM. It ends with the store.
     */
    public MemorySegment view() {
        long size = ExternH.wasmtime_memory_data_size(store.context, raw);
        long address = ExternH.wasmtime_memory_data(store.context, raw);
        MemorySegment known = view;
        if (known.byteSize() == size && known.address() == address) {
            return known;
        }
        view = store.adopt(address, size);
        return view;
    }

    /** Where it starts in this process's address space: fixed unless memories may move. */
    public long address() {
        return ExternH.wasmtime_memory_data(store.context, raw);
    }

    public long byteSize() {
        return ExternH.wasmtime_memory_data_size(store.context, raw);
    }

    /** In pages of 64 KiB. */
    public long sizePages() {
        return ExternH.wasmtime_memory_size(store.context, raw);
    }

    /**
     * Adds pages of zeros.
     *
     * @return false when that would pass its maximum or the store's limit; nothing has changed then
     */
    public boolean grow(long deltaPages) {
        if (deltaPages < 0) {
            throw new IllegalArgumentException("a memory cannot shrink: deltaPages=" + deltaPages);
        }
        store.enter();
        try {
            MemorySegment error =
                    ExternH.wasmtime_memory_grow(store.context, raw, deltaPages, store.scratch);
            if (error.address() != 0) {
                NativeText.takeError(error); // says only that growth failed
                return false;
            }
            return true;
        } finally {
            store.exit();
        }
    }

    /** A way to take its present pages away from the guest. */
    public RevocablePages revocable() {
        return new RevocablePages(view());
    }

    @Override
    byte kind() {
        return MEMORY;
    }
}
