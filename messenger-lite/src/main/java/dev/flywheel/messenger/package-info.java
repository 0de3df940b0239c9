@NullMarked
package dev.flywheel.messenger;

import org.jspecify.annotations.NullMarked;
