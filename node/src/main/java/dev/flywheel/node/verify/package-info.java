/**
 * Replays of logs, and comparisons of what they give with what others have.
 *
 * <pre>
 *   log of the scheduler --&gt; Replay (a compute unit of its own) --&gt; StateHash --+
 *   another compute unit, by /state-hash ----------------------&gt; StateHash --+--&gt; Difference
 *   checkpoint file, read only --------------------------------&gt; StateHash --+
 * </pre>
 */
@NullMarked
package dev.flywheel.node.verify;

import org.jspecify.annotations.NullMarked;
