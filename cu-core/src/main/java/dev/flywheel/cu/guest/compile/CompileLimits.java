package dev.flywheel.cu.guest.compile;

/**
 * What compiling may take, each with its reason. What a module may hold before it is compiled is in
 * {@code ModuleLimits}; the two together bound a compile: that bounds what is quick to count, this
 * what is left. Figures are of Wasmtime 50 on two cores of 2024.
 */
public final class CompileLimits {

    /**
     * Processor time of one compile. The largest real modules (llama, sqlite) take 6 to 8 s; a
     * module inside {@code ModuleLimits} can be made to take more than an hour.
     */
    public static final long CPU_MS = 60_000;

    /**
     * Wall clock of a compile over its processor time. The compiler runs at low priority: what an
     * idle machine compiles, a busy one shall compile too.
     */
    public static final long WALL_CLOCK_FACTOR = 4;

    /**
     * Memory of a compiling process, its own JVM included. llama takes it to 0.6 GB; some megabytes
     * of {@code const add} chains would take tens of gigabytes.
     */
    public static final long RESIDENT_BYTES_MAX = 2L << 30;

    /**
     * Java heap of a compiling process, in MiB: a module of the largest size, its rewritten form of
     * up to three times that, and what the passes hold of both.
     */
    static final int HEAP_MIB = 512;

    /** A second one, so that a module which takes long does not hold up all others. */
    public static final int CHILDREN = 2;

    /** Each may take {@link #RESIDENT_BYTES_MAX}. */
    public static final int CHILDREN_MAX = 8;

    /**
     * Modules that wait for a compiling process. At a usual second each, the last one waits as long
     * as clients do.
     */
    static final int QUEUE_MAX = 64;

    /**
     * Bytes of modules that wait or are compiled: they lie in the node's heap, which is small. Any
     * single module fits.
     */
    static final long QUEUE_BYTES_MAX = 96L << 20;

    /** Largest artefact: llama's has 16 MB. It lies in the node's heap for a moment. */
    public static final int ARTEFACT_BYTES_MAX = 64 << 20;

    /** Longest name in an artefact: ours has 16 characters. */
    static final int NAME_BYTES_MAX = 256;

    /** A refusal's text: the engine's texts quote names of the module, which may be long. */
    public static final int TEXT_BYTES_MAX = 4 << 10;

    /** What a compiling process says of itself first: versions, options, processor. */
    static final int HELLO_BYTES_MAX = 8 << 10;

    /**
     * Time from the start of a compiling process to its first word. It takes half a second; ten
     * other processes that start at once make it a few.
     */
    static final long START_MS = 60_000;

    /** How often a compiling process is looked at: it can take 2 GB a second at worst. */
    static final long WATCH_MS = 50;

    /** How often {@code ps} is asked, where the system has no cheaper way. */
    static final long WATCH_SLOWLY_MS = 1_000;

    /**
     * How long {@code ps} may take, which answers in 10 ms: one thread looks after all compiling
     * processes, and their other limits wait meanwhile.
     */
    static final long PS_MS = 1_000;

    /** How often a long compile is told of in the log. */
    static final long LOG_EVERY_MS = 5_000;

    /**
     * How long an unused compiling process is kept: bursts of new modules come while somebody
     * works, and starting one anew costs half a second.
     */
    static final long IDLE_MS = 3 * 60_000;

    /**
     * A compiling process larger than this after its work is ended: allocators give little back.
     */
    static final long KEPT_BYTES_MAX = 512L << 20;

    /** How long a killed process may take to be gone before its end is not waited for. */
    static final long END_MS = 5_000;

    /** Stack of the thread that prepares and compiles, in bytes: the engine's own needs 2 MiB. */
    static final long STACK_BYTES = 16 << 20;

    /** Lines of a compiling process's error output that go to the log; the rest is dropped. */
    static final int LOG_LINES_MAX = 200;

    /** Characters of such a line. */
    static final int LOG_LINE_CHARS_MAX = 400;

    /** Its last lines, for the text of the refusal: a panic says what it is in two. */
    static final int LAST_LINES = 3;

    /**
     * How long a refusal because of a limit or a crash holds. A newly published node of the same
     * module would cost a minute of a core each time; a machine that was short of memory may be
     * better by then.
     */
    public static final long REFUSAL_MS = 6L * 3_600_000;

    /** Refusals kept, and their bytes: some hundred bytes each, the oldest unused go first. */
    public static final int REFUSALS_MAX = 2_000;

    /** See {@link #REFUSALS_MAX}. */
    public static final long REFUSAL_BYTES_MAX = (long) REFUSALS_MAX * 1_024;

    private CompileLimits() {}
}
