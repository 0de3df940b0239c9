/** Messages that a process's cron tags make between those of its log. */
@NullMarked
package dev.flywheel.cu.unit.cron;

import org.jspecify.annotations.NullMarked;
