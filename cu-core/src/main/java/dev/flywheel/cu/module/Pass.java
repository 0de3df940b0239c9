package dev.flywheel.cu.module;

import dev.flywheel.cu.module.pass.GasImport;
import dev.flywheel.cu.module.pass.Interruption;
import dev.flywheel.cu.module.pass.LegacyExceptions;
import dev.flywheel.cu.module.pass.Longjmp;
import dev.flywheel.cu.module.pass.MemoryNarrowing;
import dev.flywheel.cu.module.pass.Metering;
import dev.flywheel.cu.module.pass.ModulePass;
import dev.flywheel.cu.module.pass.StateExposure;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What can be done to a module, in the order in which it is done. Gas is counted on the module as
 * published, so that nothing that later passes add is charged. (Older exceptions come first, and
 * never meet it: the reference cannot meter such modules.)
 */
public enum Pass {
    /** Exceptions of the older kind become those that the engine knows. */
    LEGACY(new LegacyExceptions()),
    /** Gas is counted, as the reference does. */
    GAS(new Metering()),
    /** Gas that a module counts by itself is counted in place. */
    GAS_IMPORT(new GasImport()),
    /** C's longjmp, and catching it, stays inside of the module. */
    LONGJMP(new Longjmp()),
    /** A 64-bit memory of less than 4 GiB is addressed with 32 bits. */
    NARROW(new MemoryNarrowing()),
    /** What belongs to a process's state is exported. */
    EXPOSE(new StateExposure()),
    /** A host can stop what runs. The last one: our reader refuses what it makes. */
    INTERRUPT(new Interruption());

    @SuppressWarnings("ImmutableEnumChecker") // passes are stateless
    final ModulePass pass;

    Pass(ModulePass pass) {
        this.pass = pass;
    }

    /** Its name in lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Name and version of what it does, e.g. {@code longjmp-1}. */
    public String identity() {
        return pass.identity();
    }

    /** The pass of that {@link #text}, or null when there is none. */
    public static @Nullable Pass of(String text) {
        for (Pass each : values()) {
            if (each.text().equals(text)) {
                return each;
            }
        }
        return null;
    }
}
