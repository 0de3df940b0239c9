package dev.flywheel.cu.guest.hostile;

import dev.flywheel.cu.guest.hostile.HostileModule.Fate;
import java.util.ArrayList;
import java.util.List;

/** Collects valid modules that are no good guests. */
abstract class Guests {

    static final String METERED = "wasm64-unknown-emscripten-draft_2024_10_16-metering";

    private final List<HostileModule> all = new ArrayList<>();

    final List<HostileModule> collected() {
        return List.copyOf(all);
    }

    final void add(Fate fate, String name, AoModule module, String... fragments) {
        under(HostileModule.FORMAT, fate, name, module, fragments);
    }

    final void under(String format, Fate fate, String name, AoModule module, String... fragments) {
        all.add(
                new HostileModule(
                        "guest: " + name, module.wasm(), format, fate, List.of(fragments)));
    }
}
