/** Figures of page tracking. */
@NullMarked
package dev.flywheel.jmh.linux;

import org.jspecify.annotations.NullMarked;
