/** Tests of evaluation. */
@NullMarked
package dev.flywheel.cu.guest;

import org.jspecify.annotations.NullMarked;
