/**
 * Which pages of a piece of memory were written: asked from the kernel where it can tell (protected
 * pages, or private mappings of a file of memory), found by comparing where it cannot.
 *
 * <pre>
 *   PageTracking.probe()            once a process: which method works here, and why not the better one
 *       |-- over(memory, reserved)          -> PageTracker    the dirty pages, for delta checkpoints
 *       `-- restorePoint(memory, reserved)  -> RestorePoint   a last good copy, for undoing a failed evaluation
 *               `-- fork()                      -> MemoryFork     that copy as it is now, for others
 * </pre>
 */
@NullMarked
package dev.flywheel.linux;

import org.jspecify.annotations.NullMarked;
