package dev.flywheel.cu.unit;

/** Where a unit can be told to stand still until it is killed, in the order of a message's way. */
enum KillStage {
    /** Its store is opened, and what an interrupted write left is about to be removed. */
    DRAFT_FOUND,
    /** The first frame of a checkpoint is read, there is no process yet. */
    WAKING,
    /** A process goes on from a checkpoint, its first message is not evaluated yet. */
    WOKEN,
    /** A guest runs, or has just ended; nobody was told. */
    EVALUATING,
    /** A message is evaluated, its result is not on its way to the store yet. */
    EVALUATED,
    /** A result is in the store's transaction, which is not committed. */
    STORING,
    /** Results are committed, their readers are not answered. */
    STORED,
    /** A checkpoint is due, its fork is taken. */
    FORK_TAKEN,
    /** Likewise since the process is put away. */
    PUTTING_AWAY,
    /** The results of all that a checkpoint contains are stored, none of its bytes is. */
    RESULTS_STORED,
    /** Half of a checkpoint's first frame is written. */
    FRAMES,
    /** All bytes are written, not synced. */
    BEFORE_SYNC,
    /** The draft is synced, and has not got its name. */
    BEFORE_RENAME,
    /** It has its name, which is not synced. */
    RENAMED,
    /** The name is synced, older checkpoints are there still. */
    NAME_SYNCED,
    /** One of the older checkpoints is removed, others of its chain are not. */
    REMOVING,
    /** A process is put away: its last checkpoint is written, its instance is there still. */
    PUT_AWAY,
    /** Its instance is gone, its memory lies on the disk; nobody was told. */
    ASLEEP,
    /** An instance is about to be closed while the unit closes. */
    CLOSING,
    /** All is closed but the engine. */
    CLOSED;

    /** Whether it comes only when the unit closes. */
    boolean isAtClose() {
        return this == CLOSING || this == CLOSED;
    }
}
