/**
 * Evaluation: modules compiled once, processes that keep their memory between messages, and the
 * outcome of each message.
 *
 * <pre>
 *   GuestEngine ──load──> GuestModule ──newProcess──> GuestProcess ──evaluate──> Evaluation
 *   (one per node)        (one per module)            (one per AO process)
 * </pre>
 */
@NullMarked
package dev.flywheel.cu.guest;

import org.jspecify.annotations.NullMarked;
