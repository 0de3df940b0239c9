package dev.flywheel.node.cli;

/**
 * What the program's exit status says. 143 and 130 (ended by SIGTERM or Ctrl-C, after draining)
 * come from the JVM.
 */
final class ExitCode {
    static final int OK = 0;

    /** Something that should not happen; the log has the details. */
    static final int FAILURE = 1;

    /** A wrong command line or setting. */
    static final int USAGE = 2;

    static final int PORT_IN_USE = 3;

    /** The data directory is held by another node, not writable, or full. */
    static final int DATA_DIRECTORY = 4;

    /** The Wasmtime library is missing or not the pinned one. */
    static final int LIBRARY = 5;

    /** A step of the demo gave no or a wrong answer. */
    static final int DEMO = 6;

    /** No JDK 25 or later; given by bin/flywheel, which finds it out before Java runs. */
    static final int JDK = 7;

    private ExitCode() {}
}
