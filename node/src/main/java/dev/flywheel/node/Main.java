package dev.flywheel.node;

import dev.flywheel.node.cli.CommandLines;

/** The program {@code flywheel}. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the JVM with its exit status. */
    public static void main(String[] arguments) {
        System.exit(CommandLines.run(arguments));
    }
}
