/** Tests of the pipeline's parts. */
@NullMarked
package dev.flywheel.cu.unit.pipeline;

import org.jspecify.annotations.NullMarked;
