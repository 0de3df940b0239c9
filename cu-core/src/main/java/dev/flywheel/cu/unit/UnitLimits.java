package dev.flywheel.cu.unit;

import dev.flywheel.cu.checkpoint.CheckpointLimits;

/** What the compute unit makes itself hold, ask or wait for, each bound with its reason. */
public final class UnitLimits {

    /** Body of a dry run: the reference's limit (its web server's default). */
    public static final long BODY_BYTES_MAX = 1 << 20;

    /**
     * Requests that wait or run. A waiting reader costs some kilobytes and no thread; beyond this
     * something polls without bounds.
     */
    public static final int REQUESTS_MAX = 20_000;

    /** Wishes that wait for one process, so that one slow process cannot take all of the above. */
    public static final int WANTS_A_PROCESS_MAX = 10_000;

    /** Dry runs that wait in the whole unit: the reference's queue. */
    public static final int DRY_RUNS_MAX = 3_000;

    /**
     * Dry runs, and reads of memories and hashes, that one caller from another machine has under
     * way: twice what the unit answers at once, and far from all that may wait.
     */
    public static final int QUESTIONS_A_CALLER_MAX = 64;

    /**
     * Looks (dry runs, memory images) at one process at once: each has an instance of its own, and
     * a place in the queue of guest threads.
     */
    public static final int LOOKS_A_PROCESS_MAX = 8;

    /** Looks at all processes at once, so that half of the guest threads stay for evaluations. */
    public static final int LOOKS_MAX = 32; // of GUEST_THREADS_MAX

    /**
     * How long a fork is kept for the next look at the same state, in milliseconds: clients that
     * ask again do so within seconds.
     */
    public static final long SPARE_VIEW_MS = 5_000;

    /** Forks kept so, of all processes together; each has the pages that a look touched. */
    public static final int SPARE_VIEWS_MAX = 16;

    /**
     * How long a question about the present waits for an evaluation under way, in milliseconds,
     * before it is answered from the state before: the age that the reference lets a state have.
     */
    public static final long LOOK_PATIENCE_MS = 100;

    /** Processes at earlier places at once: each replays a part of its log. */
    public static final int PAST_PROCESSES_MAX = 4;

    /**
     * Memory images written at once: each is a file of the size of a process's memory and a disk at
     * full speed.
     */
    public static final int STATE_READS_MAX = 2;

    /**
     * Memory of the states whose trees of hashes are kept for questions about their nodes, in
     * bytes. A tree has some 35 bytes for each page of 4096 that is not zero: 70 MB for all of
     * this.
     */
    public static final long STATE_TREES_BYTES_MAX = 8L << 30;

    /** How many are kept, however small: so many comparisons go on at once on a busy day. */
    public static final int STATE_TREES_MAX = 64;

    /** How long they are kept, in milliseconds: who compares asks for six nodes, one by one. */
    public static final long STATE_TREE_MS = 60_000;

    /**
     * Commands to the dispatch thread that wait; it handles each in microseconds. A power of two.
     */
    public static final int COMMANDS = 8_192;

    /** Results that wait for their commit: what a commit of some milliseconds lets pile up. */
    public static final int RESULTS_IN_FLIGHT = 1_024;

    /**
     * Bytes of results that wait for their commit. Results have at most 16 MiB, so some always fit.
     */
    public static final int RESULT_KIBIBYTES_IN_FLIGHT = 128 * 1024;

    /** Rows of one commit. */
    public static final int ROWS_A_COMMIT_MAX = 512;

    /**
     * Ids of evaluated messages remembered per process besides the database; more than can be in
     * flight to it.
     */
    public static final int RECENT_MESSAGES = 2 * RESULTS_IN_FLIGHT;

    /** Answers kept in memory, in bytes: some ten thousand of usual size. */
    public static final long ANSWER_BYTES_MAX = 64L << 20;

    /** An answer larger than this is read from the database each time. */
    public static final int CACHED_ANSWER_BYTES_MAX = 4 << 20;

    /**
     * Processes known without an instance: record, environment, place in the log, and where their
     * memory sleeps, some ten kilobytes each.
     */
    public static final int PROCESSES_KNOWN_MAX = 20_000;

    /**
     * What an instance is expected to take until it is known, in memory and copy: after some
     * messages aos takes 4.3 MiB, aos with SQLite 7.8.
     */
    public static final long NEW_PROCESS_BYTES = 8L << 20;

    /**
     * How far processes may be beyond their budget of memory before no instance is added while none
     * is idle, in percent of it. What an evaluation takes is known when it ends, and most end
     * within milliseconds; the part of the machine that the budget leaves has room for it.
     */
    public static final int MEMORY_MARGIN_PERCENT = 10;

    /** A refusal for want of memory is told in the log so often: callers can cause many of them. */
    public static final long REFUSAL_LOG_MS = 1_000;

    /** Processes whose memory {@code /status} lists, those that take most. */
    public static final int STATUS_PROCESSES_MAX = 100;

    /** Compiled modules kept that no process uses; loading one again takes about 0.1 ms. */
    public static final int UNUSED_MODULES_MAX = 8;

    /** Entries asked for in one page, as the reference does. */
    public static final int PAGE_ENTRIES = 1_000;

    /**
     * Documents that are read at once from schedulers and gateways: a page may have {@link
     * #DOCUMENT_BYTES_MAX}.
     */
    public static final int FETCHES_MAX = 32;

    /** Largest document of a peer: a page of 1,000 large messages, or a module. */
    public static final long DOCUMENT_BYTES_MAX = 256L << 20;

    /**
     * Bytes of a page of a log. A larger page is asked for again in smaller parts, so this bounds
     * what a scheduler can make the unit hold, not what a log may have.
     */
    public static final long PAGE_JSON_BYTES_MAX = 32L << 20;

    /** Bytes of a page with one entry: a message of 10 MiB of which each byte is escaped. */
    public static final long ENTRY_JSON_BYTES_MAX = 64L << 20;

    /**
     * Characters of data up to which the dispatch thread itself prepares a message, which it may
     * have to hash: some hundred microseconds.
     */
    public static final int PREPARED_CHARS_AT_ONCE = 64 << 10;

    /** A page that is too large is asked for again with as many entries divided by this. */
    public static final int PAGE_DIVISOR = 10;

    /** An assigned transaction's data as text: the largest item that schedulers take. */
    public static final int ASSIGNED_BYTES_MAX = 10 << 20;

    /** Characters of a peer's error that are passed on. */
    public static final int PEER_ERROR_CHARS_MAX = 1_000;

    /** Time for connecting to a peer, in milliseconds. */
    public static final int PEER_CONNECT_MS = 5_000;

    /** Time for a peer's whole answer, in milliseconds: a module of 100 MB over a slow line. */
    public static final int PEER_ANSWER_MS = 60_000;

    /**
     * Waits between the tries of one call, in milliseconds, for peers that cannot be reached or
     * answer 5xx. A reader waits 1.5 s at most for a peer that is down; the messenger tries for
     * minutes itself.
     */
    static final long[] RETRY_MS = {100, 400, 1_000};

    /** Calls to a peer that fail one after the other until it is left alone for a while. */
    public static final int BREAKER_FAILURES = 5;

    /**
     * How long a peer is left alone at first, in milliseconds; twice as long after each call that
     * fails then. Short, since a node that starts anew is wanted at once.
     */
    public static final long BREAKER_MS_MIN = 1_000;

    /** How long a peer is left alone at most, in milliseconds. */
    public static final long BREAKER_MS_MAX = 15_000;

    /** Peers whose failures are remembered; the messages of a log can name many. */
    public static final int BREAKERS_MAX = 1_000;

    /** Redirects followed for one call: a scheduler's router needs one. */
    public static final int REDIRECTS_MAX = 3;

    /** Schedulers of processes remembered. */
    public static final int LOCATIONS_MAX = 10_000;

    /**
     * How long a scheduler's location is believed at least and at most, in milliseconds, whatever
     * its Time-To-Live says.
     */
    public static final long LOCATION_MS_MIN = 10_000;

    /** See {@link #LOCATION_MS_MIN}: a day. */
    public static final long LOCATION_MS_MAX = 24L * 3_600_000;

    /** Blocks asked for in one query, as the reference does. */
    public static final int BLOCKS_A_QUERY = 90;

    /** Blocks remembered: about two years of the chain, 16 bytes each. */
    public static final int BLOCKS_MAX = 600_000;

    /** Queries for blocks in one read; a process idle for longer catches up over several reads. */
    public static final int BLOCK_QUERIES_MAX = 200;

    /** Cron intervals of a process: each is looked at for every tick. */
    public static final int CRONS_MAX = 100;

    /**
     * Time after which a guest thread leaves a process whose log goes on to others that wait, in
     * milliseconds: short against what a person notices.
     */
    public static final long SLICE_MS = 20;

    /**
     * A guest thread longer than this in one step is replaced while others wait, in milliseconds.
     */
    public static final long STUCK_MS = 100;

    /**
     * Guest threads at most, those in long evaluations included; each has a stack of some
     * mebibytes.
     */
    public static final int GUEST_THREADS_MAX = 64;

    /**
     * How long an evaluation that hit a limit of this host is not tried again, in milliseconds:
     * each try may cost minutes.
     */
    public static final long HOST_LIMIT_PAUSE_MS = 30_000;

    /** How long a store that cannot be written is left alone, in milliseconds. */
    public static final long STORE_PAUSE_MS = 5_000;

    /**
     * Entries that a process rather evaluates than go on from a checkpoint after them: reading one
     * takes as long as some messages.
     */
    public static final long JUMP_ENTRIES = 20;

    /** A process that needs longer than this for what is wanted of it is shown as catching up. */
    public static final long CATCH_UP_MS = 2_000;

    /** Time between two lines of the log about it, in milliseconds. */
    public static final long CATCH_UP_LINE_MS = 10_000;

    /** The next page of a log is asked for when no more entries than this are left of the last. */
    public static final int PREFETCH_ENTRIES = PAGE_ENTRIES / 2;

    /** How long a checkpoint that could not be written is not tried again, in milliseconds. */
    public static final long CHECKPOINT_PAUSE_MS = 10_000;

    /**
     * How long an instance that is to be closed waits for its last checkpoint, in milliseconds: a
     * full one of some GiB.
     */
    public static final long CHECKPOINT_WAIT_MS = 10_000;

    /**
     * Time between two checkpoints of a process that are begun because a HyperBEAM node asked, in
     * milliseconds. It asks after each slot that somebody waits for; whatever is not in a
     * checkpoint is evaluated again from the log, at most {@code checkpoint.ms} of it.
     */
    public static final long SNAPSHOT_APART_MS = 10_000;

    /** Memories that are taken over at once: each is unpacked at the speed of a disk and a core. */
    public static final int STATE_IMPORTS_MAX = 1;

    /** Age that a state may have for a HyperBEAM node's dry run, as in the unit it comes with. */
    public static final long NODE_DRY_RUN_AGE_MS = 2_000;

    /** A memory that a HyperBEAM node posts: the largest one, should packing make it longer. */
    public static final long STATE_BODY_BYTES_MAX = CheckpointLimits.MEMORY_BYTES_MAX + (64L << 20);

    /**
     * Body that a HyperBEAM node may post: an entry whose message has 10 MiB, escaped. It is held
     * in memory while it is read; only the node that the operator named is let have so much.
     */
    public static final long NODE_BODY_BYTES_MAX = 64L << 20;

    /**
     * Time between two questions to a scheduler about a process whose readers bring other entries
     * than those that were evaluated, in milliseconds: any reader can cause them.
     */
    public static final long CONFLICT_APART_MS = 10_000;

    /** Processes with such questions that are remembered; more are not asked about for a while. */
    public static final int CONFLICTS_KNOWN_MAX = 1_000;

    /** Processes of one NodeJS unit that are taken over: their ids are held in memory, sorted. */
    public static final int IMPORT_PROCESSES_MAX = 1_000_000;

    /**
     * Small text in a NodeJS unit's database (ids, numbers, names of crons); 44 to 80 are usual.
     */
    public static final int IMPORT_TEXT_BYTES_MAX = 1_024;

    /** Tags of a module or process, or the description of a checkpoint, there. */
    public static final int IMPORT_JSON_BYTES_MAX = 1 << 20;

    /** Bytes of results in one commit of a takeover; their number is that of all commits. */
    public static final long IMPORT_COMMIT_BYTES_MAX = 8L << 20;

    /** Reasons for rows left out that are named for one process; more are counted. */
    public static final int IMPORT_REASONS_MAX = 5;

    /** Rows of a page of results when the client names no number. */
    public static final int RESULTS_DEFAULT = 25;

    /** Rows of a page of cron results when the client names no number. */
    public static final int CRON_RESULTS_DEFAULT = 500;

    /** Rows of a page at most, whatever the client asks for; the reference's cap for cron. */
    public static final int PAGE_ROWS_MAX = 1_000;

    /** Bytes of a page of results; it ends early, at least one row is in it. */
    public static final long PAGE_BYTES_MAX = 32L << 20;

    /** Age in milliseconds that a process may have for a dry run which names none. */
    public static final long DRY_RUN_AGE_MS = 100;

    /** Highest base-layer block before which hash chains are not checked, as in the reference. */
    public static final long HASH_CHAIN_HEIGHT = 1_440_000;

    private UnitLimits() {}

    /** Waits between the tries of one call to a peer, in milliseconds; a copy. */
    public static long[] retryMs() {
        return RETRY_MS.clone();
    }
}
