/** Tests of checkpoints. */
@NullMarked
package dev.flywheel.cu.checkpoint;

import org.jspecify.annotations.NullMarked;
