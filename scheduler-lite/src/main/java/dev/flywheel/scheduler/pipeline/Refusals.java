package dev.flywheel.scheduler.pipeline;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;

/** The reference's error texts, byte for byte, and our own where it has none. */
public final class Refusals {
    private Refusals() {}

    /** What the reference's builder says around an error in an item's bytes. */
    public static StatusException bytes(String what) {
        return builder("Byte error in builder: ByteError(\\\"" + escaped(escaped(what)) + "\\\")");
    }

    /** What the reference's builder says around its own errors. */
    public static StatusException builder(String what) {
        return new StatusException(400, "error in builder: BuilderError(\"" + what + "\")");
    }

    /** Text inside a quoted text, as Rust prints it. */
    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    static StatusException exists(String what) {
        return new StatusException(400, "MessageExists(\"" + what + " already exists\")");
    }

    /** The reference's local store numbers such messages from 0, its other store fails. */
    public static StatusException unknownProcess(Object process) {
        return new StatusException(
                400,
                "Process "
                        + process
                        + " is not scheduled here. Post its Process item first, or ask the scheduler that its Scheduler tag names.");
    }

    static StatusException behindFailure(Id process) {
        return new StatusException(
                503,
                "An earlier entry of process "
                        + process
                        + " could not be written, so this one was not scheduled. Send it again.");
    }

    static StatusException notWritten(Id process, String why) {
        return new StatusException(
                507,
                "The message for process "
                        + process
                        + " was not scheduled: "
                        + why
                        + ". Free disk space, then send it again.");
    }

    static StatusException notIndexed(Id process, String why) {
        return new StatusException(
                503,
                "The message for process "
                        + process
                        + " is in the journal, but the index cannot be written yet: "
                        + why
                        + ". Free disk space; the message need not be sent again.");
    }

    static StatusException notSynced(Id process, String why) {
        return new StatusException(
                503,
                "The message for process "
                        + process
                        + " is scheduled, but may not survive a power cut: "
                        + why);
    }

    static StatusException busy(String what) {
        return new StatusException(
                503, "The scheduler has too much work (" + what + "). Send it again in a second.");
    }
}
