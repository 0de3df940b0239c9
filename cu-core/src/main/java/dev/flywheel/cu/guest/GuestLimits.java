package dev.flywheel.cu.guest;

/**
 * The limits of evaluation, each with its reason; what a module may hold is in {@code
 * ModuleLimits}.
 */
public final class GuestLimits {

    /**
     * Longest name of an unknown import that a refusal quotes: it is the module author's text in
     * our log.
     */
    public static final int QUOTED_NAME_CHARS_MAX = 120;

    /** Most unknown imports that a refusal names; the rest is counted. */
    public static final int NAMED_IMPORTS_MAX = 8;

    /**
     * Longest answer of a guest. The longest that is recorded of the reference has 17 MB (aos
     * prints 8 MiB, and gives it twice); four times that, and still below what a data item may
     * have.
     */
    public static final int OUTPUT_BYTES_MAX = 64 << 20;

    /**
     * Deepest nesting of an answer. Lua's encoder stops at about 200 levels, other guests at some
     * thousands; each level costs this reader a frame when the answer must be written anew.
     */
    public static final int ANSWER_DEPTH_MAX = 10_000;

    /**
     * Wasm stack. Guests recurse to 99,000 frames on the reference's worker threads; 8 MiB is what
     * every guest that works there needs at most.
     */
    public static final long WASM_STACK_BYTES = 8 << 20;

    /**
     * What an instance takes besides the pages of its memory (store, tables, page tables, files,
     * what the JVM keeps of it): 300 instances of a guest with 16 KiB of pages took 370 to 470 KiB
     * each.
     */
    public static final long INSTANCE_BYTES = 448 << 10;

    /**
     * One step of the clock that ends evaluations: short against any limit, 100 wake-ups a second.
     */
    public static final long TICK_MS = 10;

    /**
     * Default wall clock of one evaluation. The reference has none; model runs take minutes, so a
     * unit that wants less says so.
     */
    public static final long DEFAULT_WALL_CLOCK_MS = 10 * 60_000;

    /** Wall clock of a module's constructors: those of aos take less than a millisecond. */
    public static final long BOOT_WALL_CLOCK_MS = 60_000;

    /**
     * Most linear memory of one process unless the operator says otherwise: what the 64-bit format
     * may grow to on the reference.
     */
    public static final long MEMORY_BYTES_MAX = 16L << 30;

    /**
     * Most bytes of compiled artefacts kept on disk: about 400 aos modules; the oldest unused go
     * first.
     */
    public static final long ARTEFACT_BYTES_MAX = 1L << 30;

    /**
     * Most bytes of files that a guest may hold during one evaluation; they are ours, not its
     * linear memory.
     */
    public static final long FILE_BYTES_MAX = 256L << 20;

    /**
     * Most bytes of a mapped file on our heap at once: a guest chooses the length, and its memory
     * may be larger than the heap.
     */
    public static final int MAPPED_BYTES_AT_ONCE = 16 << 20;

    /** Most file-system nodes during one evaluation. */
    public static final int FILE_NODES_MAX = 100_000;

    /**
     * Longest path, joined to its directory: PATH_MAX of the guests' own C library. With it no
     * stream, of which there are 4,097, holds more than 4 KiB of names.
     */
    public static final int PATH_BYTES_MAX = 4096;

    /** Most pieces of one read or write: IOV_MAX of the guests' own C library, which sends two. */
    public static final int IO_VECTORS_MAX = 1024;

    /**
     * Most bytes of one read from a random device, as Linux gives at most 32 MiB; the read is short
     * then.
     */
    public static final int RANDOM_BYTES_MAX = 32 << 20;

    /**
     * Longest strftime pattern and longest name of a time zone in it: Lua asks for one conversion
     * at a time, and each can become as long as the zone's name.
     */
    public static final int TIME_PATTERN_BYTES_MAX = 4096;

    /** See {@link #TIME_PATTERN_BYTES_MAX}; real names have at most 27 bytes. */
    public static final int TIME_ZONE_BYTES_MAX = 256;

    /** Most bytes of terminal output kept for the log from one evaluation; more is dropped. */
    public static final int CONSOLE_BYTES_MAX = 16 << 10;

    /** Most weavedrive pauses in one evaluation: a {@code require} of Lua has 9. */
    public static final int PAUSES_MAX = 100_000;

    /**
     * Largest image that processes of one module share when they sleep: aos has 2 MiB after its
     * first message, of which another process changes 40 KiB. A large first process is no image of
     * the others.
     */
    public static final long IMAGE_BYTES_MAX = 16 << 20;

    private GuestLimits() {}
}
