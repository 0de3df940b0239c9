package dev.flywheel.scheduler.pipeline;

import dev.flywheel.protocol.Id;

/**
 * What a client is told.
 *
 * @param id of the message or process; of the assignment for an assigned id
 * @param timestamp of scheduling in milliseconds since 1970
 */
public record Receipt(Id id, long timestamp) {}
