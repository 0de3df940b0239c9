/** Tests of compiling processes; see the package of the same name. */
@NullMarked
package dev.flywheel.cu.guest.compile;

import org.jspecify.annotations.NullMarked;
