/** What the scheduler's parts cost, each beside a peer. */
@NullMarked
package dev.flywheel.jmh.scheduler;

import org.jspecify.annotations.NullMarked;
