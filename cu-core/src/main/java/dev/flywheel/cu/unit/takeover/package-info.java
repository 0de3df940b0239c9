/**
 * Takes over what a NodeJS compute unit kept: its SQLite database and its file checkpoints become
 * results and checkpoints of this unit. Offline: neither unit runs meanwhile.
 *
 * <pre>
 *  database of the NodeJS unit (only read)                                    this unit's directory
 *    checkpoint_files --> NodeJsCheckpoint --> memory file --> MemoryImage -->  checkpoints/
 *    evaluations      --> NodeJsResult     --> ResultRow   --> ResultStore -->  results/
 * </pre>
 */
@NullMarked
package dev.flywheel.cu.unit.takeover;

import org.jspecify.annotations.NullMarked;
