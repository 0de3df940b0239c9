/** Tests of cron tags and their ticks. */
@NullMarked
package dev.flywheel.cu.unit.cron;

import org.jspecify.annotations.NullMarked;
