package dev.flywheel.cu.checkpoint;

import java.util.SequencedMap;

/**
 * A state but for its memory.
 *
 * @param globals the bits of each mutable global by name, in the order of the prepared module's
 *     exports
 */
public record CheckpointState(
        CheckpointOrigin origin, CheckpointPlace place, SequencedMap<String, Long> globals) {}
