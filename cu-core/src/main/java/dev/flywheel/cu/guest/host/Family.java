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
    V1(4, 500L << 20, 4),
    /** 32 bits with readable names; {@code main} gets an argument. */
    V2(4, 500L << 20, 4),
    /** As {@link #V2} with a larger heap and exact argument sizes. */
    E3(4, (4L << 30) - 65_536, 0),
    /** 32 bits, pauses by asyncify. */
    V4(4, (4L << 30) - 65_536, 0),
    /** 64 bits, pauses by asyncify. */
    V64(8, 16L << 30, 0),
    /**
     * HyperBEAM's own builds: standalone programs of 64 bits that grow their memory themselves, and
     * of whose imports their host answers few. Arguments come by {@code malloc}.
     */
    HB(8, 16L << 30, 0);

    /**
     * The exports by which a host moves the guest's stack pointer.
     *
     * @param save answers it
     * @param restore sets it
     * @param allocate moves it down by some bytes, and further to a multiple of 16, and answers it
     */
    public record StackNames(String save, String restore, String allocate) {}

    private static final StackNames OLDER_STACK =
            new StackNames("stackSave", "stackRestore", "stackAlloc");

    private static final StackNames NEWER_STACK =
            new StackNames(
                    "emscripten_stack_get_current",
                    "_emscripten_stack_restore",
                    "_emscripten_stack_alloc");

    private final int pointerBytes;
    private final long heapBytesMax;
    private final int argumentBytesPerUnit;

    Family(int pointerBytes, long heapBytesMax, int argumentBytesPerUnit) {
        this.pointerBytes = pointerBytes;
        this.heapBytesMax = heapBytesMax;
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

    /** What its stack functions are called. */
    public StackNames stackNames() {
        return callsMain() ? OLDER_STACK : NEWER_STACK;
    }

    /** Whether the C library is that of the first two families. */
    public boolean early() {
        return this == V1 || this == V2;
    }

    /** Whether {@code main} is called after the constructors. */
    public boolean callsMain() {
        return early() || this == E3;
    }

    /** Whether constructors, and {@code main} where it is called, run before the first message. */
    public boolean boots() {
        return this != HB;
    }

    /** Whether the guest finds environment variables: exactly those that start in {@code main}. */
    public boolean hasEnvironment() {
        return callsMain();
    }

    /** Whether it has files. */
    public boolean hasFiles() {
        return this != V1 && this != HB;
    }

    /** Whether {@code /data} is made after boot. */
    public boolean hasDataFolder() {
        return hasAsyncify();
    }

    /**
     * Whether arguments of {@code handle} lie on the guest's stack; by {@code malloc} otherwise.
     */
    public boolean hasArgumentsOnStack() {
        return this != HB;
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
     * The family that a module's names tell, or null when they tell none.
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
        if (exports.contains("_start") && imports.contains("proc_exit")) {
            return memory64 ? HB : null;
        }
        if (exports.contains("asyncify_start_unwind")
                || exports.contains("_emscripten_stack_alloc")) {
            return memory64 ? V64 : V4;
        }
        if (exports.contains("stackSave") && !memory64) {
            boolean early = ImportNames.EARLY_ONLY.stream().anyMatch(imports::contains);
            return early ? V2 : E3;
        }
        return null;
    }
}
