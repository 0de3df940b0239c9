/** What the scheduler asks of a gateway, and what it gives to it. */
@NullMarked
package dev.flywheel.scheduler.gateway;

import org.jspecify.annotations.NullMarked;
