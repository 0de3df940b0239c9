package dev.flywheel.scheduler;

/** What a client may make the scheduler hold or wait for, and what it allows itself. */
public final class SchedulerLimits {
    /**
     * Requests in flight. Each may hold a body of 10 MiB, most hold 2 KiB; the pipeline's own
     * bounds refuse earlier.
     */
    public static final int REQUESTS_MAX = 4_000;

    /** Slots of the ring (a power of two): half a second of work at 2,000 messages a second. */
    public static final int RING_SLOTS = 1_024;

    /** Looks at the stage before until a stage naps: some microseconds, as short stages take. */
    public static final int LOOKS_BEFORE_NAP = 200;

    /** A nap in nanoseconds: short beside a signature (1.5 to 6 ms), long beside the wake-up. */
    public static final long NAP_NS = 50_000;

    /**
     * Bytes of items between their arrival and their answer: six of the largest items, or 30,000
     * usual ones. Keeps well inside a heap of 512 MiB.
     */
    public static final long IN_FLIGHT_BYTES_MAX = 64L * 1024 * 1024;

    /** Records of one group commit: at 160 us a sync, more gains nothing in rate and costs wait. */
    public static final int BATCH_RECORDS_MAX = 128;

    /** Threads that check signatures, and as many that sign: both are bound by the cores. */
    public static final int CRYPTO_THREADS =
            Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8);

    /**
     * Processes whose end of log is kept in memory; about 300 bytes each. The reference's value.
     */
    public static final int PROCESS_LOGS_MAX = 20_000;

    /**
     * Free space below which nothing is accepted any more: one block of the journal (it grows in
     * steps of 64 MiB, sparse) and a write-ahead log of the index.
     */
    public static final long FREE_BYTES_MIN = 96L * 1024 * 1024;

    /** Entries of a page when a client does not say. The reference's value. */
    public static final int PAGE_ENTRIES_DEFAULT = 100;

    /** Most entries of a page; more are on the next one. The reference asks for 1,000. */
    public static final int PAGE_ENTRIES_MAX = 5_000;

    /**
     * JSON of a page after which it ends, so that a few readers at once fit the heap; a page has at
     * least one entry.
     */
    public static final int PAGE_BYTES_MAX = 32 * 1024 * 1024;

    /** Threads that read journal and index for answers. */
    public static final int READ_THREADS = 8;

    /** Calls to the gateway on behalf of clients at once (assigns, spawns with On-Boot). */
    public static final int GATEWAY_CALLS_MAX = 64;

    /** Excluded fields of one assignment: there are four that mean anything. */
    public static final int EXCLUDES_MAX = 16;

    /** Characters of one excluded field's name; the longest that means anything has nine. */
    public static final int EXCLUDE_CHARS_MAX = 64;

    /** Time between two questions for the block height. The reference's value. */
    public static final int HEIGHT_REFRESH_MS = 5_000;

    /** The same while no height is known at all, and everything waits for it. */
    public static final int HEIGHT_RETRY_MS = 250;

    /** Confirmations that an assigned base-layer transaction needs. The reference's default. */
    public static final int SETTLEMENT_DEPTH_DEFAULT = 20;

    /** Data of an assigned transaction that is hashed to find it again: a large item's data. */
    public static final long ASSIGNED_BYTES_MAX = 64L * 1024 * 1024;

    /** Time to connect to the gateway. */
    public static final int GATEWAY_CONNECT_MS = 3_000;

    /** Time for a gateway's whole answer. */
    public static final int GATEWAY_ANSWER_MS = 30_000;

    /**
     * First pause before an upload is tried again; it doubles. The reference's value, as the next.
     */
    public static final int UPLOAD_RETRY_MS_MIN = 1_000;

    /** The longest. */
    public static final int UPLOAD_RETRY_MS_MAX = 32_000;

    /**
     * Pause before what was scheduled is uploaded: longer than a small evaluation, too short to be
     * noticed by somebody who looks an item up.
     */
    public static final int UPLOAD_DELAY_MS = 25;

    /**
     * Uploads after which the place in the journal is written down: so many are repeated after a
     * kill.
     */
    public static final int UPLOADS_BETWEEN_NOTES = 64;

    /** Records indexed in one transaction when the index is made again. */
    public static final int REBUILD_BATCH = 5_000;

    /** How long closing waits for what is in the ring. */
    public static final int CLOSE_MS = 10_000;

    /**
     * Records that are checked again when a journal opens, before the one that is known to be good.
     * A power cut can lose any page that the kernel wrote not back yet, about 30 s of work.
     */
    public static final long JOURNAL_TAIL_RECORDS = 100_000;

    /**
     * Largest record in bytes: an item of 10 MiB and its assignment. The queue maps blocks of 64
     * MiB and takes records up to a quarter of one.
     */
    public static final int JOURNAL_RECORD_BYTES_MAX = 12 * 1024 * 1024;

    /** Size of the mapped blocks; files are sparse, so it costs address space only. */
    public static final int JOURNAL_BLOCK_BYTES = 64 * 1024 * 1024;

    /** Readers kept open; more readers at once wait for one. */
    public static final int JOURNAL_TAILERS = 8;

    /** A read takes microseconds; who waits this long has found a bug or a dead disk. */
    public static final int JOURNAL_WAIT_MS = 30_000;

    private SchedulerLimits() {}
}
