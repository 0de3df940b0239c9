@NullMarked
package dev.flywheel.cu;

import org.jspecify.annotations.NullMarked;
