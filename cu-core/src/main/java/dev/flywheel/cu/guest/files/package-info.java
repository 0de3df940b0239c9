/** The in-memory file system of a guest. */
@NullMarked
package dev.flywheel.cu.guest.files;

import org.jspecify.annotations.NullMarked;
