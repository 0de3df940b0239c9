/** The compute unit. */
@NullMarked
package dev.flywheel.cu;

import org.jspecify.annotations.NullMarked;
