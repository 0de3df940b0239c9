/** Directories and files that a unit owns: created private, locked, replaced atomically. */
@NullMarked
package dev.flywheel.platform.files;

import org.jspecify.annotations.NullMarked;
