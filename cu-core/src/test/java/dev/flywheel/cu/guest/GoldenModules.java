package dev.flywheel.cu.guest;

import dev.flywheel.protocol.Id;
import java.util.HashMap;
import java.util.Map;

/** The real modules on one engine, each loaded once under each format. Thread-safe. */
final class GoldenModules implements AutoCloseable {
    private final GuestEngine engine;
    private final Map<String, GuestModule> loaded = new HashMap<>();

    GoldenModules(GuestEngine engine) {
        this.engine = engine;
    }

    /** The module of a scenario, under its format. */
    synchronized GuestModule load(GoldenScenario scenario) throws Exception {
        String key = scenario.module() + " " + scenario.format();
        GuestModule module = loaded.get(key);
        if (module == null) {
            byte[] wasm = Aos.module(scenario.module());
            module = engine.load(Id.sha256(wasm), wasm, scenario.format());
            loaded.put(key, module);
        }
        return module;
    }

    @Override
    public void close() {
        loaded.values().forEach(GuestModule::close);
    }
}
