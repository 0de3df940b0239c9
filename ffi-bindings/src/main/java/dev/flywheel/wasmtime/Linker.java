package dev.flywheel.wasmtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.flywheel.wasmtime.handle.Live;
import dev.flywheel.wasmtime.handle.NativeText;
import dev.flywheel.wasmtime.handle.Owned;
import dev.flywheel.wasmtime.raw.Layouts;
import dev.flywheel.wasmtime.raw.LinkerH;
import dev.flywheel.wasmtime.raw.WasmTypesH;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Names for what modules import. A linker that holds only host functions serves all stores of its
 * engine, from any thread, once it is filled; one that holds something of a store serves that store
 * only ({@link #copy} makes such a one cheaply). Instances keep what they need of it, so it may be
 * closed before them.
 */
public final class Linker implements AutoCloseable {

    private final Owned handle;

    public Linker(Engine engine) {
        this(LinkerH.wasmtime_linker_new(engine.pointer()));
    }

    private Linker(MemorySegment pointer) {
        this.handle = new Owned(Live.LINKER, pointer, LinkerH::wasmtime_linker_delete);
    }

    /**
     * Another linker with the same names; its own definitions stay its own. To be closed by the
     * caller.
     */
    public Linker copy() {
        return new Linker(LinkerH.wasmtime_linker_clone(handle.pointer()));
    }

    /**
     * Names a host function, which must take and give numbers only, and give one at most.
     *
     * @throws WasmtimeException when the name is taken
     */
    public void define(String module, String name, FunctionType type, HostFunction function) {
        if (!type.onlyNumbers() || type.results().size() > 1) {
            throw new IllegalArgumentException(
                    "host functions take numbers and give one at most: module="
                            + module
                            + " name="
                            + name
                            + " type="
                            + type);
        }
        MemorySegment functype = NativeTypes.functype(type);
        try (Arena arena = Arena.ofConfined()) {
            Name m = Name.of(arena, module);
            Name n = Name.of(arena, name);
            Store.refuse(
                    "host function cannot be defined: module=" + module + " name=" + name,
                    define(
                            m,
                            n,
                            functype,
                            HostFunctions.Entry.of(module + "." + name, type, function)));
        } finally {
            WasmTypesH.wasm_functype_delete(functype);
        }
    }

    /**
     * Once the C function was called, the native side owns the number and has it finalized, on an
     * error at once.
     */
    private MemorySegment define(
            Name module, Name name, MemorySegment functype, HostFunctions.Entry entry) {
        int number = HostFunctions.register(entry);
        boolean called = false;
        try {
            MemorySegment error =
                    LinkerH.wasmtime_linker_define_func_unchecked(
                            handle.pointer(),
                            module.bytes,
                            module.length,
                            name.bytes,
                            name.length,
                            functype,
                            HostFunctions.CALLBACK,
                            number,
                            HostFunctions.FINALIZER);
            called = true;
            return error;
        } finally {
            if (!called) {
                HostFunctions.unregister(number);
            }
        }
    }

    /**
     * Names something of an instance in {@code store}: from now on this linker serves that store
     * only.
     *
     * @throws WasmtimeException when the name is taken
     */
    public void define(Store store, String module, String name, Extern e) {
        if (e.store != store) {
            throw new IllegalArgumentException(
                    "not of this store: module=" + module + " name=" + name);
        }
        store.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment item = arena.allocate(Layouts.WASMTIME_EXTERN);
            item.set(JAVA_BYTE, 0, e.kind());
            MemorySegment.copy(
                    e.raw,
                    0,
                    item,
                    Layouts.offset(Layouts.WASMTIME_EXTERN, "of"),
                    e.raw.byteSize());
            Name m = Name.of(arena, module);
            Name n = Name.of(arena, name);
            Store.refuse(
                    "cannot be defined: module=" + module + " name=" + name,
                    LinkerH.wasmtime_linker_define(
                            handle.pointer(),
                            store.context,
                            m.bytes,
                            m.length,
                            n.bytes,
                            n.length,
                            item));
        } finally {
            store.exit();
        }
    }

    /**
     * Instantiates a module and runs its start function. With epochs or fuel on, set a deadline or
     * fuel first. On the thread that has the store.
     *
     * @throws InstantiationException when an import is unknown or of another type, a limit is
     *     reached, or the start trapped
     */
    public Instance instantiate(Store store, Module module) {
        store.enterGuest();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment instance = store.allocate(Layouts.WASMTIME_INSTANCE.byteSize());
            MemorySegment trap = arena.allocate(ADDRESS);
            MemorySegment error =
                    LinkerH.wasmtime_linker_instantiate(
                            handle.pointer(), store.context, module.pointer(), instance, trap);
            if (error.address() != 0) {
                throw rejected(store, error);
            }
            MemorySegment trapped = trap.get(ADDRESS, 0);
            if (trapped.address() != 0) {
                Trap start = Outcome.trapped(store, trapped);
                throw new InstantiationException(
                        "module trapped at its start: " + start.message(), start);
            }
            return new Instance(store, instance);
        } finally {
            store.exit();
        }
    }

    /** Idempotent. Any thread. */
    @Override
    public void close() {
        handle.close();
    }

    private static InstantiationException rejected(Store store, MemorySegment error) {
        if (store.hostFailure == null) {
            return new InstantiationException(
                    "module cannot be instantiated: " + NativeText.takeError(error), null);
        }
        Trap start = Outcome.failed(store, error);
        return new InstantiationException(
                "host function failed at the module's start: " + start.message(), start);
    }

    private record Name(MemorySegment bytes, long length) {
        static Name of(Arena arena, String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            return new Name(arena.allocateFrom(JAVA_BYTE, utf8), utf8.length);
        }
    }
}
