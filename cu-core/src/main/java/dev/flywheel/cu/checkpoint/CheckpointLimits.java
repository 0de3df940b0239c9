package dev.flywheel.cu.checkpoint;

import dev.flywheel.cu.guest.GuestLimits;

/**
 * The limits of checkpoints, each with its reason. All are checked before anything is allocated.
 */
public final class CheckpointLimits {
    /** What is hashed and stored as one: the smallest page that any machine of ours tracks. */
    public static final int PAGE_BYTES = 4096;

    /** Lengths of memories are multiples of this: a page of WebAssembly. */
    public static final int MEMORY_UNIT_BYTES = 65_536;

    /** Largest memory: what a guest may have. */
    public static final long MEMORY_BYTES_MAX = GuestLimits.MEMORY_BYTES_MAX;

    /** Pages of the largest memory: 4,194,304, so that counts fit an int. */
    public static final int PAGES_MAX = (int) (MEMORY_BYTES_MAX / PAGE_BYTES);

    /**
     * Plain bytes of a frame: zstd gains little from more, and a reader needs one such buffer for
     * each file of a chain.
     */
    public static final int FRAME_BYTES_MAX = 256 << 10;

    /** Pages of a frame. */
    public static final int FRAME_PAGES_MAX = FRAME_BYTES_MAX / PAGE_BYTES;

    /** Most frames of a file: a writer fills each but the last. */
    public static final int FRAMES_MAX = PAGES_MAX / FRAME_PAGES_MAX + 1;

    /** Most runs of a file: every page by itself. */
    public static final int RUNS_MAX = PAGES_MAX;

    /** Longest table: the most frames and the most runs, 37.7 MB. */
    public static final int TABLE_BYTES_MAX =
            8 + FRAMES_MAX * Layout.FRAME_FIXED_BYTES + RUNS_MAX * Layout.RUN_BYTES;

    /**
     * Most table bytes of a whole chain. Deltas never outweigh their base for long, so three tables
     * of the longest are more than a writer makes.
     */
    public static final long CHAIN_TABLE_BYTES_MAX = 3L * TABLE_BYTES_MAX;

    /** Longest manifest: 10,000 globals (what a module may have) of 80 bytes each, and as much. */
    public static final int MANIFEST_BYTES_MAX = 2 << 20;

    /** Most globals: what a module may have. */
    public static final int GLOBALS_MAX = 10_000;

    /** Longest text of a manifest, e.g. the name of a global, which is the module author's. */
    public static final int TEXT_CHARS_MAX = 1024;

    /** Most entries of the extensible part of a place: one for each cron tag of a process. */
    public static final int EXTRAS_MAX = 256;

    /** Most deltas above a full checkpoint: each costs an open file and a buffer to restore. */
    public static final int DELTAS_MAX = 64;

    /** Largest file: the largest memory stored plain, with the longest table and manifest. */
    public static final long FILE_BYTES_MAX =
            MEMORY_BYTES_MAX + TABLE_BYTES_MAX + MANIFEST_BYTES_MAX + 1024;

    /** Most checkpoint files of one process; a policy keeps far fewer. */
    public static final int FILES_MAX = 10_000;

    /** Longest chain of full checkpoints kept by a policy. */
    public static final int CHAINS_KEPT_MAX = 1_000;

    private CheckpointLimits() {}
}
