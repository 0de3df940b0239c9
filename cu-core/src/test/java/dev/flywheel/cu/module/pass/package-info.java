/** Passes that others are tested by. */
@NullMarked
package dev.flywheel.cu.module.pass;

import org.jspecify.annotations.NullMarked;
