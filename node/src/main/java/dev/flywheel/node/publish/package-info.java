/**
 * What a node publishes into its own gateway when it starts: modules and the location of its
 * scheduler.
 */
@NullMarked
package dev.flywheel.node.publish;

import org.jspecify.annotations.NullMarked;
