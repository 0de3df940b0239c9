package dev.flywheel.node.doctor;

import dev.flywheel.cu.module.binary.ModuleLimits;

/** What the doctor waits for and holds, each bound with its reason. */
final class DoctorLimits {
    /** A machine that is there answers within a second, also over a long line. */
    static final int CONNECT_MS = 5_000;

    /** A person waits at the terminal; a process that must catch up first may take longer. */
    static final int ANSWER_MS = 30_000;

    /** Two entries of a log have at most 10 MiB each, escaped somewhat more. */
    static final long ANSWER_BYTES_MAX = 32L << 20;

    /** A module is read whole, as the unit does. */
    static final long MODULE_BYTES_MAX = ModuleLimits.MODULE_BYTES_MAX;

    /** After this a node takes the unit for dead and looks for another. */
    static final long ALIVE_MS = 100;

    /**
     * Tries of that, of which the fastest counts: the first makes the connection, and loads code.
     */
    static final int ALIVE_TRIES = 5;

    /** Clocks in HTTP headers have whole seconds, and the two are not read at once. */
    static final long CLOCK_MS = 5_000;

    /** Characters of an answer that are shown: what came from elsewhere is cut. */
    static final int SHOWN_CHARS_MAX = 160;

    /** Quarantined processes that have a line each. */
    static final int QUARANTINED_SHOWN_MAX = 10;

    private DoctorLimits() {}
}
