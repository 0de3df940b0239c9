/** Generated sequences of messages, and the reference's loader that answers them too. */
@NullMarked
package dev.flywheel.cu.guest.differential;

import org.jspecify.annotations.NullMarked;
