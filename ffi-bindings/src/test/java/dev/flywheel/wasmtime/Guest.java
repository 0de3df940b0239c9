package dev.flywheel.wasmtime;

import java.util.function.UnaryOperator;

/** An engine, a linker, a store and one instance in it, for tests: closed together. */
final class Guest implements AutoCloseable {

    static final long MEMORY_BYTES_MAX = 16 << 20;

    final Engine engine;
    final Linker linker;
    final Store store;
    final Slots slots;
    private @org.jspecify.annotations.Nullable Instance instance;

    Guest(UnaryOperator<EngineOptions.Builder> options, Object data) {
        engine = new Engine(options.apply(EngineOptions.builder()).build());
        linker = new Linker(engine);
        store = new Store(engine, StoreOptions.of(data, MEMORY_BYTES_MAX));
        slots = store.slots(8);
    }

    static Guest of(String wat) {
        return new Guest(options -> options, "data").instantiate(wat);
    }

    Guest instantiate(String wat) {
        instance = link(wat);
        return this;
    }

    /** One more instance in the same store. */
    Instance link(String wat) {
        try (Module module = engine.compile(Engine.wat2wasm(wat))) {
            return linker.instantiate(store, module);
        }
    }

    Instance instance() {
        Instance made = instance;
        if (made == null) {
            throw new IllegalStateException("instantiate first");
        }
        return made;
    }

    Function function(String name) {
        return instance().function(name);
    }

    @org.jspecify.annotations.Nullable
    Trap call(String name) {
        return function(name).call(slots);
    }

    /** Calls what must trap. */
    Trap trap(String name) {
        Trap trap = call(name);
        if (trap == null) {
            throw new AssertionError("returned, and should have trapped: function=" + name);
        }
        return trap;
    }

    @Override
    public void close() {
        store.close();
        linker.close();
        engine.close();
    }
}
