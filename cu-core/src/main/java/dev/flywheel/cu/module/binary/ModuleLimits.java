package dev.flywheel.cu.module.binary;

/**
 * What a module may hold, each with its reason. Bytes alone bound nothing: 0.5 MB of one loop over
 * 50,000 locals take the compiler more than a minute. Figures are CPU time of Wasmtime 50 and the
 * largest of nineteen real modules.
 */
public final class ModuleLimits {

    /**
     * Our own copies: three at a time. The largest real module has 3.2 MB. No larger one is fetched
     * from a gateway.
     */
    public static final int MODULE_BYTES_MAX = 64 << 20;

    /** Entries of our own maps. Real: 250. */
    public static final int TYPES_MAX = 10_000;

    /** Each costs a linker entry in every instance. Real: 52. */
    public static final int IMPORTS_MAX = 1_000;

    /** As many as imports, though only those are looked at that a host calls. Real: 130. */
    public static final int EXPORTS_MAX = 1_000;

    /** Parameters and results of one type: the limit of every engine. */
    public static final int VALUES_MAX = 1_000;

    /** Names of imports, exports and custom sections: the limit of every engine. */
    public static final int NAME_BYTES_MAX = 100_000;

    /** 0.8 s and 269 MB of the compiler when they are empty. Real: 2,756. */
    public static final int FUNCTIONS_MAX = 50_000;

    /** Straight code is compiled at about 2 s a MB at worst. Real: 317 KB. */
    public static final int BODY_BYTES_MAX = 1 << 20;

    /** Compiling is quadratic in them: 1.3 s. Real: 9,158. */
    public static final int BLOCKS_MAX = 20_000;

    /** Of one body. Real: 8,017 (SQLite built for emscripten2 without optimisation). */
    public static final int LOCALS_MAX = 16_384;

    /** Over all bodies: 10 KB can declare 50,000,000, for 2.4 s. Real: 18,223. */
    public static final int LOCALS_SUM_MAX = 1_000_000;

    /** Locals times blocks of one body: the two together are what costs. Real: 919,020. */
    public static final long LOCALS_BY_BLOCKS_MAX = 20_000_000;

    /** Entries of one br_table: the limit of every engine. Real: 341. */
    public static final int BRANCH_TABLE_MAX = 65_520;

    /** Different labels among them: 60,000 take 4.3 s. Real: 273. */
    public static final int BRANCH_LABELS_MAX = 4_096;

    /** Of one body: 100,000 take 0.6 s and 206 MB. Real: 5,044. */
    public static final int CALLS_MAX = 50_000;

    /** Our own stacks of open blocks. Real: 289. */
    public static final int DEPTH_MAX = 10_000;

    /** 100,000 take 6 s. Real: 922. */
    public static final int DATA_SEGMENTS_MAX = 10_000;

    /** Of all segments: the compiler makes an image of them. Real: 450 KB. */
    public static final long DATA_BYTES_MAX = 64L << 20;

    /**
     * Segments and entries of all of them: one pass over them at each instantiation. Real: 1,064.
     */
    public static final int ELEMENT_SEGMENTS_MAX = 10_000;

    public static final int ELEMENTS_MAX = 1_000_000;

    /** Few, since all are saved with a process. Real: 1. */
    public static final int TABLES_MAX = 16;

    /** Elements at the start, of one table: saved with a process too. Real: 1,064. */
    public static final long TABLE_ELEMENTS_MAX = 1_000_000;

    /** A process has one memory. */
    public static final int MEMORIES_MAX = 1;

    /** Pages of a 64-bit memory: what its index can reach at all. */
    public static final long PAGES_MAX = 1L << 48;

    /** Saved with a process. Real: 6. */
    public static final int GLOBALS_MAX = 10_000;

    public static final int TAGS_MAX = 1_000;

    /** Clauses of one try_table or entries of one select: real ones have one. */
    public static final int CLAUSES_MAX = 1_000;

    /** Names, debug information and producers come in about six. */
    public static final int CUSTOM_SECTIONS_MAX = 1_000;

    /**
     * Rewriting adds to a body: charges of gas 39 %, narrowed addresses 125 %. What was inside the
     * limits may pass them by this factor afterwards.
     */
    public static final int REWRITTEN_FACTOR = 3;

    private ModuleLimits() {}
}
