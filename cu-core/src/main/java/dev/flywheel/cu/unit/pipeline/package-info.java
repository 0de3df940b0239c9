/** From a reader's wish to an evaluated, recorded result: one writer for each piece of state. */
@NullMarked
package dev.flywheel.cu.unit.pipeline;

import org.jspecify.annotations.NullMarked;
