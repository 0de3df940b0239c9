/** Tests of the scripts that fetch and find what a build needs, with tools that fail on purpose. */
@NullMarked
package dev.flywheel.nativelib;

import org.jspecify.annotations.NullMarked;
