@NullMarked
package dev.flywheel.node;

import org.jspecify.annotations.NullMarked;
