/** Tests of what keeps results. */
@NullMarked
package dev.flywheel.cu.unit.store;

import org.jspecify.annotations.NullMarked;
