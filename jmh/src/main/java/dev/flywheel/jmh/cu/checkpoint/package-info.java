/** Figures of checkpoints. */
@NullMarked
package dev.flywheel.jmh.cu.checkpoint;

import org.jspecify.annotations.NullMarked;
