package dev.flywheel.scheduler.log;

/**
 * What the index knows of an entry.
 *
 * @param position of its record in the journal
 * @param timestamp time of scheduling in milliseconds since 1970
 */
public record IndexRow(LogEntry.Kind kind, long nonce, long timestamp, long position) {}
