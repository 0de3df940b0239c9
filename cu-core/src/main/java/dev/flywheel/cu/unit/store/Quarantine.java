package dev.flywheel.cu.unit.store;

import dev.flywheel.protocol.Id;
import org.jspecify.annotations.Nullable;

/**
 * A process whose scheduler gave two different entries for one place of its log.
 *
 * @param process the process
 * @param nonce the place
 * @param evaluatedMessage what was evaluated here; null where that is not known any more
 * @param evaluatedAssignment its assignment, likewise
 * @param otherMessage what the scheduler has there now
 * @param otherAssignment its assignment
 * @param sinceMs when it was found
 */
public record Quarantine(
        Id process,
        long nonce,
        @Nullable String evaluatedMessage,
        @Nullable String evaluatedAssignment,
        String otherMessage,
        String otherAssignment,
        long sinceMs) {}
