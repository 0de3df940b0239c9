package dev.flywheel.wasmtime;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.flywheel.wasmtime.raw.Layouts;
import dev.flywheel.wasmtime.raw.LinkerH;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An instantiated module. It lives until its store is closed. Exports are looked up once and kept,
 * so that asking again is cheap; hot paths keep them in fields.
 */
public final class Instance {

    private static final long OF = Layouts.offset(Layouts.WASMTIME_EXTERN, "of");

    private final Store store;
    private final MemorySegment raw;
    private final Map<String, Extern> known = new HashMap<>();

    Instance(Store store, MemorySegment raw) {
        this.store = store;
        this.raw = raw;
    }

    /**
     * @throws WasmtimeException when the module exports no function of that name
     */
    public Function function(String name) {
        return require(name, Function.class);
    }

    /** The exported function of that name, or null when there is none. */
    public @Nullable Function functionOrNull(String name) {
        return export(name) instanceof Function function ? function : null;
    }

    /**
     * @throws WasmtimeException when the module exports no memory of that name
     */
    public Memory memory(String name) {
        return require(name, Memory.class);
    }

    /**
     * @throws WasmtimeException when the module exports no table of that name
     */
    public Table table(String name) {
        return require(name, Table.class);
    }

    /**
     * @throws WasmtimeException when the module exports no global of that name
     */
    public Global global(String name) {
        return require(name, Global.class);
    }

    /** Whatever is exported under that name, or null. */
    public @Nullable Extern export(String name) {
        Extern found = known.get(name);
        if (found == null) {
            found = lookUp(name);
            if (found != null) {
                known.put(name, found);
            }
        }
        return found;
    }

    private <T extends Extern> T require(String name, Class<T> kind) {
        Extern found = export(name);
        if (!kind.isInstance(found)) {
            throw new WasmtimeException(
                    "module exports no "
                            + kind.getSimpleName().toLowerCase(java.util.Locale.ROOT)
                            + " of that name: name="
                            + name
                            + " found="
                            + (found == null ? "nothing" : found.getClass().getSimpleName()));
        }
        return kind.cast(found);
    }

    private @Nullable Extern lookUp(String name) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        store.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment item = arena.allocate(Layouts.WASMTIME_EXTERN);
            if (!LinkerH.wasmtime_instance_export_get(
                    store.context, raw, arena.allocateFrom(JAVA_BYTE, utf8), utf8.length, item)) {
                return null;
            }
            // Functions, memories, tables, globals and tags own nothing: no wasmtime_extern_delete
            // for them. Shared
            // memories would, but engines are made without them.
            long bytes = Layouts.WASMTIME_EXTERN_UNION.byteSize();
            MemorySegment part = store.allocate(bytes);
            MemorySegment.copy(item, OF, part, 0, bytes);
            byte kind = item.get(JAVA_BYTE, 0);
            return switch (kind) {
                case Extern.FUNC -> new Function(store, part);
                case Extern.GLOBAL -> new Global(store, part);
                case Extern.TABLE -> new Table(store, part);
                case Extern.MEMORY -> new Memory(store, part);
                case Extern.TAG -> new Tag(store, part);
                default ->
                        throw new WasmtimeException(
                                "export of an unknown kind: name=" + name + " kind=" + kind);
            };
        } finally {
            store.exit();
        }
    }
}
