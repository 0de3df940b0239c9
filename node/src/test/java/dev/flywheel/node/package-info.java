/** Tests of the whole repository and of the running program. */
@NullMarked
package dev.flywheel.node;

import org.jspecify.annotations.NullMarked;
