@NullMarked
package dev.flywheel.cu.unit.peer;

import org.jspecify.annotations.NullMarked;
