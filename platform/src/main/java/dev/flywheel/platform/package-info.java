@NullMarked
package dev.flywheel.platform;

import org.jspecify.annotations.NullMarked;
