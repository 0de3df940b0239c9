/**
 * Checkpoints: the states of processes as files, from which a process goes on without its whole
 * log. The format is written down in docs/checkpoint-format.md.
 *
 * <pre>
 *   memory, changed pages ──update──> StateTree ──root──> state hash
 *          |                              |
 *          └────────> CheckpointStore.write ──> full, delta, delta, ...   one file each, never changed
 *                                                   |
 *   zero memory <──restoreInto── CheckpointStore.newest, chain verified
 * </pre>
 */
@NullMarked
package dev.flywheel.cu.checkpoint;

import org.jspecify.annotations.NullMarked;
