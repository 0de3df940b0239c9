@NullMarked
package dev.flywheel.jmh;

import org.jspecify.annotations.NullMarked;
