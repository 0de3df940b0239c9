/** Tests of the compute unit over HTTP, on a scheduler and gateway that serve what a test makes. */
@NullMarked
package dev.flywheel.cu.unit;

import org.jspecify.annotations.NullMarked;
