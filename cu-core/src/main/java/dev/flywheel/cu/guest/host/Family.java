package dev.flywheel.cu.guest.host;

import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One generation of guests: what differs between the emscripten builds that AO modules were made
 * with.
 */
public enum Family {
    /** First format; its imports and exports have one-letter names, and it has no files. */
    V1(4, 500L << 20, true, false, 4),
    /** 32 bits with readable names; {@code main} gets an argument. */
    V2(4, 500L << 20, true, false, 4),
    /** As {@link #V2} with a larger heap and exact argument sizes. */
    E3(4, (4L << 30) - 65_536, true, false, 0),
    /** 32 bits, pauses by asyncify. */
    V4(4, (4L << 30) - 65_536, false, true, 0),
    /** 64 bits, pauses by asyncify. */
    V64(8, 16L << 30, false, true, 0);

    private final int pointerBytes;
    private final long heapBytesMax;
    private final boolean callsMain;
    private final boolean dataFolder;
    private final int argumentBytesPerUnit;

    Family(
            int pointerBytes,
            long heapBytesMax,
            boolean callsMain,
            boolean dataFolder,
            int argumentBytesPerUnit) {
        this.pointerBytes = pointerBytes;
        this.heapBytesMax = heapBytesMax;
        this.callsMain = callsMain;
        this.dataFolder = dataFolder;
        this.argumentBytesPerUnit = argumentBytesPerUnit;
    }

    /** 4 or 8. */
    public int pointerBytes() {
        return pointerBytes;
    }

    /** Most bytes that the host's growth function grants. */
    public long heapBytesMax() {
        return heapBytesMax;
    }

    /** Whether {@code main} is called after the constructors. */
    public boolean callsMain() {
        return callsMain;
    }

    /** Whether the guest finds environment variables: exactly those that start in {@code main}. */
    public boolean hasEnvironment() {
        return callsMain;
    }

    /** Whether {@code /data} is made after boot. */
    public boolean hasDataFolder() {
        return dataFolder;
    }

    /**
     * Stack bytes taken for each UTF-16 unit of an argument; 0 where the exact UTF-8 length is
     * taken.
     */
    public int argumentBytesPerUnit() {
        return argumentBytesPerUnit;
    }

    /** Whether the guest unwinds its stack around imports that take time. */
    public boolean hasAsyncify() {
        return this == V4 || this == V64;
    }

    /**
     * The family that a module's names tell, or null when they tell none: a check against its tag.
     *
     * @param importModules the modules that it imports from
     * @param imports the names of its imports
     * @param exports the names of its exports
     */
    public static @Nullable Family of(
            Collection<String> importModules,
            Collection<String> imports,
            Set<String> exports,
            boolean memory64) {
        if (importModules.contains("a")) {
            return V1;
        }
        if (exports.contains("asyncify_start_unwind")) {
            return memory64 ? V64 : V4;
        }
        if (exports.contains("stackSave")) {
            return imports.contains("getTempRet0") ? V2 : E3;
        }
        return null;
    }
}
