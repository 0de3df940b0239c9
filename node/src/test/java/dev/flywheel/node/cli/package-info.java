/** Tests of the command line, most of them in a JVM of their own. */
@NullMarked
package dev.flywheel.node.cli;

import org.jspecify.annotations.NullMarked;
