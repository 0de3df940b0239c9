/** What all ways of finding written pages must do alike. */
@NullMarked
package dev.flywheel.linux;

import org.jspecify.annotations.NullMarked;
