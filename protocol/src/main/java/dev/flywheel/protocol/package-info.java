@NullMarked
package dev.flywheel.protocol;

import org.jspecify.annotations.NullMarked;
