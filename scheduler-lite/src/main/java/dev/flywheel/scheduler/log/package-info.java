/** What the journal's records say, and the index that finds them. */
@NullMarked
package dev.flywheel.scheduler.log;

import org.jspecify.annotations.NullMarked;
