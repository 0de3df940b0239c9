@NullMarked
package dev.flywheel.cu.unit.http;

import org.jspecify.annotations.NullMarked;
