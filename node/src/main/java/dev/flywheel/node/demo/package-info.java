/**
 * The first conversation with a fresh process, over the same HTTP as any client, against any
 * network.
 */
@NullMarked
package dev.flywheel.node.demo;

import org.jspecify.annotations.NullMarked;
