/** Broken and hostile modules, each by name with what must be said of it. */
@NullMarked
package dev.flywheel.cu.guest.hostile;

import org.jspecify.annotations.NullMarked;
