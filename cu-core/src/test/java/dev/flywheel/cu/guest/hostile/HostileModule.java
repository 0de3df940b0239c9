package dev.flywheel.cu.guest.hostile;

import java.util.ArrayList;
import java.util.List;

/**
 * A module that means no good.
 *
 * @param fragments what the refusal or the diagnostic holds; empty for one that runs well
 */
@SuppressWarnings("ArrayRecordComponent") // owned by the test that asked for it
public record HostileModule(
        String name, byte[] wasm, String format, Fate fate, List<String> fragments) {

    /** How far it may get. */
    public enum Fate {
        /** Loading refuses it. */
        REFUSED,
        /** It loads, and making a process of it refuses it. */
        FAILS_AT_START,
        /** A process is made, and each evaluation ends without an answer, by the guest's fault. */
        THROWS,
        /** A process is made, and a limit of the host ends each evaluation. */
        LIMITED,
        /** It answers. */
        RUNS
    }

    public static final String FORMAT = "wasm64-unknown-emscripten-draft_2024_02_15";

    static HostileModule refused(String name, byte[] wasm, String... fragments) {
        return new HostileModule(name, wasm, FORMAT, Fate.REFUSED, List.of(fragments));
    }

    /** All of them. */
    public static List<HostileModule> all() {
        List<HostileModule> all = new ArrayList<>(BrokenSections.all());
        all.addAll(BrokenContents.all());
        all.addAll(BrokenCode.all());
        all.addAll(Bombs.all());
        all.addAll(BadSurfaces.all());
        all.addAll(BadConduct.all());
        return List.copyOf(all);
    }

    /** Binaries that are just within a limit, each at another one. */
    public static List<byte[]> justWithinTheLimits() {
        return Bombs.harmless();
    }

    @Override
    public String toString() {
        return name;
    }
}
