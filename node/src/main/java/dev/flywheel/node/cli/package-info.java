/**
 * The command line: parses, starts, prints for people, and turns failures into one clear line and
 * an exit code.
 */
@NullMarked
package dev.flywheel.node.cli;

import org.jspecify.annotations.NullMarked;
