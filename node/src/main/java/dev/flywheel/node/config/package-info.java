/**
 * The node's configuration: one table of settings, read from a file, the environment and flags,
 * checked before anything starts.
 */
@NullMarked
package dev.flywheel.node.config;

import org.jspecify.annotations.NullMarked;
