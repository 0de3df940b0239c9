/**
 * The append-only log of a scheduler: what is in it was scheduled, and everything else is made from
 * it.
 */
@NullMarked
package dev.flywheel.scheduler.journal;

import org.jspecify.annotations.NullMarked;
