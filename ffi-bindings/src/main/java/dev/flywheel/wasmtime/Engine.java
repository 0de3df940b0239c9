package dev.flywheel.wasmtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.flywheel.wasmtime.handle.Live;
import dev.flywheel.wasmtime.handle.NativeText;
import dev.flywheel.wasmtime.handle.Owned;
import dev.flywheel.wasmtime.raw.EngineH;
import dev.flywheel.wasmtime.raw.Layouts;
import dev.flywheel.wasmtime.raw.WasmH;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Compiles modules and holds the configuration that they and their stores share. Any thread.
 * Modules, linkers and stores keep what they need of it, so it may be closed before them.
 */
public final class Engine implements AutoCloseable {

    private final EngineOptions options;
    private final Owned handle;

    /**
     * @throws WasmtimeException when there is no usable Wasmtime library
     */
    public Engine(EngineOptions options) {
        WasmtimeLibrary.load();
        this.options = options;
        this.handle =
                new Owned(
                        Live.ENGINE,
                        WasmH.wasm_engine_new_with_config(EngineConfig.of(options)),
                        WasmH::wasm_engine_delete);
    }

    /** What this engine was made with. */
    public EngineOptions options() {
        return options;
    }

    /**
     * Moves the epoch on: guests whose deadline has come are stopped at their next check, a loop's
     * head or a function's entry. Any thread, at any time until close; takes a few ns.
     */
    public void incrementEpoch() {
        EngineH.wasmtime_engine_increment_epoch(pointer());
    }

    /**
     * Checks a binary without compiling it.
     *
     * @throws CompileException with Wasmtime's text when it is not valid
     */
    public void validate(byte[] wasm) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, wasm);
            refuse(EngineH.wasmtime_module_validate(pointer(), bytes, wasm.length));
        }
    }

    /**
     * Compiles a binary; takes from milliseconds to many seconds, in which the thread cannot be
     * interrupted.
     *
     * @return to be closed by the caller
     * @throws CompileException with Wasmtime's text when it is not valid
     */
    public Module compile(byte[] wasm) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, wasm);
            MemorySegment ret = arena.allocate(ADDRESS);
            refuse(EngineH.wasmtime_module_new(pointer(), bytes, wasm.length, ret));
            Module module = new Module(ret.get(ADDRESS, 0));
            if (TableScan.has64BitTable(wasm)) {
                module.close();
                throw new CompileException("64-bit tables are not supported");
            }
            return module;
        }
    }

    /**
     * Loads what {@link Module#serialize} gave: native code that will run as it is. Never pass
     * bytes from outside: check that they are this node's own first.
     *
     * @return to be closed by the caller
     * @throws CompileException when they are of another release, configuration or machine
     */
    public Module deserialize(byte[] artefact) {
        return deserialize(MemorySegment.ofArray(artefact));
    }

    /**
     * The same from any memory, which is copied: it may go afterwards. Memory outside of the heap
     * is passed on as it is.
     */
    public Module deserialize(MemorySegment artefact) {
        try (Arena arena = Arena.ofConfined()) {
            long length = artefact.byteSize();
            MemorySegment bytes =
                    artefact.isNative()
                            ? artefact
                            : arena.allocateFrom(JAVA_BYTE, artefact, JAVA_BYTE, 0, length);
            MemorySegment ret = arena.allocate(ADDRESS);
            refuse(EngineH.wasmtime_module_deserialize(pointer(), bytes, length, ret));
            return new Module(ret.get(ADDRESS, 0));
        }
    }

    /**
     * The same from a file, which is mapped: it must not be changed or truncated while the module
     * lives (replace it by a rename).
     */
    public Module deserialize(Path artefact) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ret = arena.allocate(ADDRESS);
            refuse(
                    EngineH.wasmtime_module_deserialize_file(
                            pointer(), arena.allocateFrom(artefact.toString()), ret));
            return new Module(ret.get(ADDRESS, 0));
        }
    }

    /**
     * The binary of a module in the text format.
     *
     * @throws CompileException with line and column when it is not well-formed
     */
    public static byte[] wat2wasm(String wat) {
        WasmtimeLibrary.load();
        byte[] utf8 = wat.getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ret = arena.allocate(Layouts.WASM_VEC);
            refuse(
                    EngineH.wasmtime_wat2wasm(
                            arena.allocateFrom(JAVA_BYTE, utf8), utf8.length, ret));
            try {
                return NativeText.bytes(ret);
            } finally {
                WasmH.wasm_byte_vec_delete(ret);
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

    private static void refuse(MemorySegment error) {
        if (error.address() != 0) {
            throw new CompileException(NativeText.takeError(error));
        }
    }
}
