package dev.flywheel.cu.unit;

/**
 * Numbers of checkpoints.
 *
 * @param written since the start
 * @param failed writes that failed since the start
 * @param resumed times that a process went on from one since the start
 * @param bytes of all on disk
 */
public record CheckpointCounters(long written, long failed, long resumed, long bytes) {}
