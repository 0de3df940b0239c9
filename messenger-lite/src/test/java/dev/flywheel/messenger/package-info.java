/** Tests of the messenger unit against recording schedulers and compute units. */
@NullMarked
package dev.flywheel.messenger;

import org.jspecify.annotations.NullMarked;
