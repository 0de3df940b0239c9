package dev.flywheel.messenger;

/** What clients, processes and other units may make the messenger hold, do or wait for. */
public final class MessengerLimits {
    /**
     * Requests in flight. Each may hold a body of 10 MiB, and its scheduler answers within
     * milliseconds, so that more would only wait.
     */
    static final int REQUESTS_MAX = 1_000;

    /**
     * Tasks worked on at once, each on a virtual thread that mostly waits for another unit. Far
     * more than the cores can sign for, few enough that their answers fit into memory.
     */
    static final int WORKERS = 64;

    /**
     * Results of one process asked for at once. Its evaluations follow one another anyway; two hide
     * the way to the compute unit, and a process that hangs holds no more workers than that.
     */
    static final int RESULTS_PER_PROCESS = 2;

    /** Items on the way to one process, so that they arrive in the order of the outbox. */
    static final int SENDS_PER_PROCESS = 1;

    /**
     * Open tasks from which clients are refused (503). One takes about 200 bytes of memory and its
     * item on disk.
     */
    static final int OPEN_TASKS_MAX = 100_000;

    /**
     * Entries of one outbox that are delivered; the rest is dropped and counted. A signature takes
     * about 3 ms, so this is half a minute of one core.
     */
    static final int OUTBOX_ENTRIES_MAX = 10_000;

    /**
     * Entries that are signed and recorded in one transaction: bounds what a crash signs again, and
     * the memory held.
     */
    static final int EXPAND_ENTRIES = 64;

    /** Processes of one assignment or {@code Assignments} tag; more are dropped and counted. */
    static final int ASSIGN_PROCESSES_MAX = 100;

    /** Pushes of one chain at full speed: above what real conversations take (about a hundred). */
    static final int CHAIN_FREE_PUSHES = 1_000;

    /** Pause between pushes of a longer chain, so that an endless one costs at most 10 a second. */
    static final long CHAIN_INTERVAL_MS = 100;

    /**
     * Pushes of one chain in all; then it is cut. At the slow pace this is close to three hours.
     */
    static final int CHAIN_PUSHES_MAX = 100_000;

    /** Messages one after the other in one chain; then it is cut. */
    static final int CHAIN_DEPTH_MAX = 10_000;

    /** First pause after a failure; doubles with each further one, as in the reference. */
    static final long RETRY_FIRST_MS = 1_000;

    /** Longest pause: a unit that comes back should not wait longer for what it missed. */
    static final long RETRY_MAX_MS = 60_000;

    /** Times that a unit may answer with a refusal or nonsense; the reference's number. */
    static final int REFUSALS_MAX = 10;

    /** Age at which a task whose unit never answers is given up: an operator's night and day. */
    static final long GIVE_UP_MS = 24L * 60 * 60 * 1000;

    /** Pause between two looks at the cron results of a process, as in the reference. */
    static final long CRON_INTERVAL_MS = 10_000;

    /** Cron results of one page, as the reference asks. */
    static final int CRON_PAGE = 50;

    /** A stored cron cursor older than this is forgotten at start, as in the reference. */
    static final long CURSOR_STALE_MS = 24L * 60 * 60 * 1000;

    /** Monitored processes: each costs a request every ten seconds. */
    static final int MONITORS_MAX = 1_000;

    /** Time for a local scheduler or gateway to answer, a power-safe commit included. */
    static final int SU_ANSWER_MS = 30_000;

    /** A process record with its data, which is at most one item body. */
    static final long SU_ANSWER_BYTES_MAX = 32L * 1024 * 1024;

    /** Time for an evaluation that is waited for; then the task waits and asks again. */
    static final int CU_ANSWER_MS = 300_000;

    /** Above the largest result that a compute unit keeps (100 MB), with the JSON around it. */
    static final long CU_ANSWER_BYTES_MAX = 128L * 1024 * 1024;

    /** Time to connect to a unit. */
    static final int CONNECT_MS = 5_000;

    /** Processes whose scheduler and module are remembered, about 300 bytes each. */
    static final int PROCESSES_CACHED = 10_000;

    /** Scheduler locations remembered. */
    static final int LOCATIONS_CACHED = 1_000;

    /** Longest time that a scheduler's location is believed, whatever it says itself. */
    static final long LOCATION_MS_MAX = 60L * 60 * 1000;

    /** Traces are kept this long, as in the reference. */
    static final long TRACE_MS = 2L * 60 * 60 * 1000;

    /** Traces kept at most: the newest. About 200 bytes each. */
    static final int TRACES_MAX = 50_000;

    /** Traces of one page. */
    static final int TRACE_PAGE_MAX = 1_000;

    /** Traces of a page when the query names no number. */
    static final int TRACE_PAGE = 10;

    /** Writes waiting for the outbox's writer; who comes then waits. */
    static final int WRITES_WAITING_MAX = 4_096;

    /** Writes in one commit: at 256 the commit's own cost no longer shows. */
    static final int WRITES_PER_COMMIT = 256;

    /**
     * How long the queue sleeps at most while something waits for its time, so that it sees a
     * changed clock.
     */
    static final long CLOCK_LOOK_MS = 100;

    /** Characters of a peer's answer that are repeated in an error. */
    static final int ANSWER_CHARS_MAX = 1_000;

    private MessengerLimits() {}
}
