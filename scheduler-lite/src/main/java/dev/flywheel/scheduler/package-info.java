@NullMarked
package dev.flywheel.scheduler;

import org.jspecify.annotations.NullMarked;
